// Changes of the host's links, for JavaScript: rtnetlink(7). Needs no privileges.
//
//   dump()                every link of this network namespace: answers of RTM_GETLINK, one after the other, as the kernel gave them
//   links = open()        a subscription to links that appear, vanish, go up or down or change their name
//   arm(links, callback)  calls back once when something changed
//   take(links)           whether anything changed since the call before
//   close(links)          idempotent

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <node_api.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "watch.h"

namespace {

struct Links {
  int fd = -1;
  picket::Watch* watch = nullptr;
};

void Shut(Links* links) {
  if (links->watch != nullptr) links->watch->Close();
  links->watch = nullptr;
  if (links->fd >= 0) close(links->fd);
  links->fd = -1;
}

// The watch is left to the end of the environment, where finalizers of what is left run.
void Finalize(napi_env, void* data, void*) {
  Links* links = static_cast<Links*>(data);
  if (links->watch == nullptr && links->fd >= 0) close(links->fd);
  delete links;
}

// Whether the answer is complete; what came is added to `answer`.
bool ReceiveDump(int fd, std::vector<char>* answer) {
  std::vector<char> message(1 << 16);
  for (;;) {
    ssize_t length = recv(fd, message.data(), message.size(), 0);
    if (length <= 0) return false;
    unsigned left = static_cast<unsigned>(length);
    for (auto* header = reinterpret_cast<nlmsghdr*>(message.data()); NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE) return true;
      if (header->nlmsg_type == NLMSG_ERROR) return false;
      const char* octets = reinterpret_cast<const char*>(header);
      answer->insert(answer->end(), octets, octets + NLMSG_ALIGN(header->nlmsg_len));
    }
  }
}

napi_value Dump(napi_env env, napi_callback_info) {
  struct {
    nlmsghdr header;
    ifinfomsg link;
  } request = {};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_GETLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  std::vector<char> answer;
  const bool complete =
      fd >= 0 && send(fd, &request, sizeof request, 0) == sizeof request && ReceiveDump(fd, &answer);
  if (fd >= 0) close(fd);
  if (!complete) {
    napi_throw_error(env, "EIO", "the kernel does not list its links");
    return nullptr;
  }
  void* memory;
  napi_value buffer;
  napi_value result;
  napi_create_arraybuffer(env, answer.size(), &memory, &buffer);
  memcpy(memory, answer.data(), answer.size());
  napi_create_typedarray(env, napi_uint8_array, answer.size(), buffer, 0, &result);
  return result;
}

napi_value Open(napi_env env, napi_callback_info) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK;
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    const char* reason = strerror(errno);
    if (fd >= 0) close(fd);
    napi_throw_error(env, "EIO", reason);
    return nullptr;
  }
  Links* links = new Links();
  links->fd = fd;
  napi_value object;
  napi_create_object(env, &object);
  napi_wrap(env, object, links, Finalize, nullptr, nullptr);
  return object;
}

Links* Unwrap(napi_env env, napi_callback_info info, napi_value* arguments) {
  size_t count = 2;
  void* links = nullptr;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  if (count < 1 || napi_unwrap(env, arguments[0], &links) != napi_ok) {
    napi_throw_type_error(env, nullptr, "expected links");
    return nullptr;
  }
  return static_cast<Links*>(links);
}

napi_value Arm(napi_env env, napi_callback_info info) {
  napi_value arguments[2] = {};
  Links* links = Unwrap(env, info, arguments);
  if (links == nullptr) return nullptr;
  if (links->watch == nullptr && links->fd >= 0) links->watch = picket::Watch::Open(env, links->fd);
  napi_value result;
  napi_get_boolean(env, links->watch != nullptr && links->watch->Arm(arguments[1]), &result);
  return result;
}

napi_value Take(napi_env env, napi_callback_info info) {
  napi_value arguments[2] = {};
  Links* links = Unwrap(env, info, arguments);
  if (links == nullptr) return nullptr;
  char message[8192];
  bool changed = false;
  // ENOBUFS: more changed than the socket holds.
  while (links->fd >= 0) {
    ssize_t length = recv(links->fd, message, sizeof message, MSG_DONTWAIT);
    if (length < 0 && errno != ENOBUFS) break;
    changed = true;
  }
  napi_value result;
  napi_get_boolean(env, changed, &result);
  return result;
}

napi_value Close(napi_env env, napi_callback_info info) {
  napi_value arguments[2] = {};
  Links* links = Unwrap(env, info, arguments);
  if (links != nullptr) Shut(links);
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"dump", nullptr, Dump, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"open", nullptr, Open, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"arm", nullptr, Arm, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"take", nullptr, Take, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"close", nullptr, Close, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
  return exports;
}
