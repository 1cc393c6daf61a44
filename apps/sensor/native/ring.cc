// A receive ring of the Linux kernel (AF_PACKET, TPACKET_V3) for JavaScript. The whole ring is one ArrayBuffer; blocks are
// read in place, one native call a block. See Documentation/networking/packet_mmap.rst in the kernel's sources.
//
//   socket = openSocket(cooked)   a packet socket that receives nothing yet; the one call that needs CAP_NET_RAW
//   closeSocket(socket)           not while a ring is over it
//   ring = open(socket, index, { blockSize, blockCount, retireMs, filter, promiscuous, ignoreOutgoing })
//                         over the interface with that index of the kernel; filter: see setFilter
//   ring.memory           ArrayBuffer over blockCount blocks of blockSize octets; detached by close
//   next(ring)            number of the block that is ready, -1 when none is; the same until release
//   release(ring)         hands that block back to the kernel
//   isReady(ring, ahead)  whether the block that comes so many after the next one is ready, too
//   pending(ring)         packets in the block that the kernel still fills; sure once the filter passes none
//   setFilter(ring, instructions)   classic BPF, eight octets each (struct sock_filter): octets to copy of a packet, 0 for none of it
//   statistics(socket, counts)   fills a Uint32Array of 3: packets the filter let pass, those of them the kernel had no room
//                         for, and how often every block was full; each since the call before
//   joinFanout(socket, group)    the bound socket takes its share of its interface's packets from now on, both directions of
//                         a conversation together; returns the group, a new one for group -1. Until closeSocket
//   arm(ring, callback)   calls back once when a block is ready; false where the event loop cannot tell
//   close(ring)           idempotent; afterwards next is -1, memory is detached and the socket may be opened again

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <node_api.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <unistd.h>

#include "watch.h"

#ifndef PACKET_FANOUT_FLAG_UNIQUEID
#define PACKET_FANOUT_FLAG_UNIQUEID 0x2000
#endif
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

namespace {

struct Ring {
  int fd = -1;
  uint8_t* memory = nullptr;
  size_t size = 0;
  uint32_t block_size = 0;
  uint32_t block_count = 0;
  uint32_t current = 0;
  picket::Watch* watch = nullptr;
  packet_mreq membership = {};
  // Held by the JavaScript object and by its ArrayBuffer, which die in any order.
  int owners = 1;
};

struct Options {
  int32_t interface_index;
  uint32_t block_size;
  uint32_t block_count;
  uint32_t retire_ms;
  sock_fprog filter;
  bool promiscuous;
  bool ignore_outgoing;
};

void Unmap(Ring* ring) {
  if (ring->memory != nullptr) munmap(ring->memory, ring->size);
  ring->memory = nullptr;
}

int AttachFilter(int fd, const sock_fprog& program) {
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int LetNothingPass(int fd) {
  sock_filter instruction = BPF_STMT(BPF_RET | BPF_K, 0);
  return AttachFilter(fd, {1, &instruction});
}

// Leaves the socket as openSocket gave it, but for the interface it is bound to. The ring must be unmapped.
void Reset(Ring* ring) {
  if (ring->fd < 0) return;
  if (ring->watch != nullptr) ring->watch->Close();
  ring->watch = nullptr;
  LetNothingPass(ring->fd);
  tpacket_req3 none = {};
  setsockopt(ring->fd, SOL_PACKET, PACKET_RX_RING, &none, sizeof none);
  if (ring->membership.mr_ifindex != 0)
    setsockopt(ring->fd, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &ring->membership, sizeof ring->membership);
  ring->fd = -1;
}

void Disown(Ring* ring) {
  if (--ring->owners == 0) delete ring;
}

void FinalizeObject(napi_env, void* data, void*) {
  Disown(static_cast<Ring*>(data));
}

void FinalizeMemory(napi_env, void*, void* hint) {
  Ring* ring = static_cast<Ring*>(hint);
  Unmap(ring);
  Disown(ring);
}

napi_value ThrowErrno(napi_env env, const char* step, int error) {
  char message[160];
  snprintf(message, sizeof message, "%s: %s", step, strerror(error));
  const char* code = error == EPERM || error == EACCES ? "EPERM" : error == ENODEV || error == ENXIO ? "ENODEV" : "EIO";
  napi_throw_error(env, code, message);
  return nullptr;
}

int32_t ReadNumber(napi_env env, napi_value object, const char* name) {
  napi_value value;
  int32_t number = 0;
  if (napi_get_named_property(env, object, name, &value) == napi_ok) napi_get_value_int32(env, value, &number);
  return number;
}

// Whole instructions of a Uint8Array; none where it is something else. Valid as long as that array.
sock_fprog ReadFilter(napi_env env, napi_value value) {
  napi_typedarray_type type;
  size_t length = 0;
  void* octets = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &length, &octets, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array || length > BPF_MAXINSNS * sizeof(sock_filter))
    return {};
  return {static_cast<unsigned short>(length / sizeof(sock_filter)), static_cast<sock_filter*>(octets)};
}

bool ReadFlag(napi_env env, napi_value object, const char* name) {
  napi_value value;
  bool flag = false;
  if (napi_get_named_property(env, object, name, &value) == napi_ok) napi_get_value_bool(env, value, &flag);
  return flag;
}

// The step that failed, or null. The filter lets nothing pass until the ring is ready.
const char* OpenRing(Ring* ring, const Options& options) {
  sockaddr_ll address = {};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = options.interface_index;
  // Index 0 would be every interface.
  errno = ENODEV;
  if (options.interface_index <= 0) return "interface";
  if (bind(ring->fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return "bind";
  // Every socket gives a packet the time at which it came in, and not the one at which that socket got it.
  const int stamps = 1;
  setsockopt(ring->fd, SOL_SOCKET, SO_TIMESTAMPNS, &stamps, sizeof stamps);
  int version = TPACKET_V3;
  if (setsockopt(ring->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0) return "PACKET_VERSION";
  int ignore = options.ignore_outgoing ? 1 : 0;
  setsockopt(ring->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &ignore, sizeof ignore);

  tpacket_req3 request = {};
  request.tp_block_size = options.block_size;
  request.tp_block_nr = options.block_count;
  request.tp_frame_size = TPACKET_ALIGNMENT << 7;
  request.tp_frame_nr = options.block_size / request.tp_frame_size * options.block_count;
  request.tp_retire_blk_tov = options.retire_ms;
  if (setsockopt(ring->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0) return "PACKET_RX_RING";
  ring->block_size = options.block_size;
  ring->block_count = options.block_count;
  ring->size = static_cast<size_t>(options.block_size) * options.block_count;
  void* memory = mmap(nullptr, ring->size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
  if (memory == MAP_FAILED) return "mmap";
  ring->memory = static_cast<uint8_t*>(memory);

  if (options.promiscuous) {
    ring->membership.mr_ifindex = address.sll_ifindex;
    ring->membership.mr_type = PACKET_MR_PROMISC;
    if (setsockopt(ring->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &ring->membership, sizeof ring->membership) != 0)
      return "promiscuous";
  }
  if (AttachFilter(ring->fd, options.filter) != 0) return "SO_ATTACH_FILTER";
  return nullptr;
}

// Not inherited by programs the sensor starts; keepSockets of process.cc makes exceptions.
napi_value OpenSocket(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  bool cooked = false;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (count == 1) napi_get_value_bool(env, argument, &cooked);
  // With protocol 0 nothing is received before bind.
  int fd = socket(AF_PACKET, (cooked ? SOCK_DGRAM : SOCK_RAW) | SOCK_CLOEXEC, 0);
  if (fd < 0) return ThrowErrno(env, "socket", errno);
  if (LetNothingPass(fd) != 0) {
    int error = errno;
    close(fd);
    return ThrowErrno(env, "SO_ATTACH_FILTER", error);
  }
  napi_value result;
  napi_create_int32(env, fd, &result);
  return result;
}

napi_value CloseSocket(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  int32_t fd = -1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (count == 1 && napi_get_value_int32(env, argument, &fd) == napi_ok && fd > 2) close(fd);
  return nullptr;
}

napi_value Open(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3];
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  Options options = {};
  int32_t fd = -1;
  napi_value filter;
  if (count < 3 || napi_get_value_int32(env, arguments[0], &fd) != napi_ok ||
      napi_get_value_int32(env, arguments[1], &options.interface_index) != napi_ok ||
      napi_get_named_property(env, arguments[2], "filter", &filter) != napi_ok) {
    napi_throw_type_error(env, nullptr, "open(socket, index, options)");
    return nullptr;
  }
  options.block_size = ReadNumber(env, arguments[2], "blockSize");
  options.block_count = ReadNumber(env, arguments[2], "blockCount");
  options.retire_ms = ReadNumber(env, arguments[2], "retireMs");
  options.filter = ReadFilter(env, filter);
  options.promiscuous = ReadFlag(env, arguments[2], "promiscuous");
  options.ignore_outgoing = ReadFlag(env, arguments[2], "ignoreOutgoing");

  Ring* ring = new Ring();
  ring->fd = fd;
  const char* failed = OpenRing(ring, options);
  if (failed != nullptr) {
    int error = errno;
    Unmap(ring);
    Reset(ring);
    delete ring;
    return ThrowErrno(env, failed, error);
  }
  napi_value object;
  napi_value memory;
  napi_create_object(env, &object);
  napi_wrap(env, object, ring, FinalizeObject, nullptr, nullptr);
  ring->owners++;
  if (napi_create_external_arraybuffer(env, ring->memory, ring->size, FinalizeMemory, ring, &memory) != napi_ok) {
    FinalizeMemory(env, nullptr, ring);
    Reset(ring);
    napi_throw_error(env, "EIO", "external array buffers are not allowed here");
    return nullptr;
  }
  napi_set_named_property(env, object, "memory", memory);
  return object;
}

Ring* Unwrap(napi_env env, napi_callback_info info, napi_value* object, napi_value* argument = nullptr) {
  size_t count = 2;
  void* ring = nullptr;
  napi_value arguments[2] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  *object = arguments[0];
  if (argument != nullptr) *argument = arguments[1];
  if (count < 1 || napi_unwrap(env, *object, &ring) != napi_ok) {
    napi_throw_type_error(env, nullptr, "expected a ring");
    return nullptr;
  }
  return static_cast<Ring*>(ring);
}

tpacket_block_desc* CurrentBlock(Ring* ring) {
  return reinterpret_cast<tpacket_block_desc*>(ring->memory + static_cast<size_t>(ring->current) * ring->block_size);
}

napi_value Next(napi_env env, napi_callback_info info) {
  napi_value object;
  Ring* ring = Unwrap(env, info, &object);
  if (ring == nullptr) return nullptr;
  int32_t block = -1;
  if (ring->memory != nullptr) {
    uint32_t status = __atomic_load_n(&CurrentBlock(ring)->hdr.bh1.block_status, __ATOMIC_ACQUIRE);
    if (status & TP_STATUS_USER) block = static_cast<int32_t>(ring->current);
  }
  napi_value result;
  napi_create_int32(env, block, &result);
  return result;
}

napi_value Release(napi_env env, napi_callback_info info) {
  napi_value object;
  Ring* ring = Unwrap(env, info, &object);
  if (ring == nullptr || ring->memory == nullptr) return nullptr;
  CurrentBlock(ring)->hdr.bh1.num_pkts = 0;
  __atomic_store_n(&CurrentBlock(ring)->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  ring->current = (ring->current + 1) % ring->block_count;
  return nullptr;
}

napi_value ToNumber(napi_env env, uint32_t number) {
  napi_value result;
  napi_create_uint32(env, number, &result);
  return result;
}

napi_value Pending(napi_env env, napi_callback_info info) {
  napi_value object;
  Ring* ring = Unwrap(env, info, &object);
  if (ring == nullptr) return nullptr;
  return ToNumber(env, ring->memory == nullptr ? 0 : __atomic_load_n(&CurrentBlock(ring)->hdr.bh1.num_pkts, __ATOMIC_ACQUIRE));
}

napi_value IsReady(napi_env env, napi_callback_info info) {
  napi_value object;
  napi_value argument = nullptr;
  Ring* ring = Unwrap(env, info, &object, &argument);
  if (ring == nullptr) return nullptr;
  uint32_t ahead = 0;
  bool is_ready = false;
  if (ring->memory != nullptr && napi_get_value_uint32(env, argument, &ahead) == napi_ok) {
    const size_t block = (ring->current + static_cast<uint64_t>(ahead)) % ring->block_count;
    const auto* head = reinterpret_cast<tpacket_block_desc*>(ring->memory + block * ring->block_size);
    is_ready = (__atomic_load_n(&head->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) != 0;
  }
  napi_value result;
  napi_get_boolean(env, is_ready, &result);
  return result;
}

napi_value SetFilter(napi_env env, napi_callback_info info) {
  napi_value object;
  napi_value instructions;
  Ring* ring = Unwrap(env, info, &object, &instructions);
  if (ring == nullptr) return nullptr;
  if (ring->fd >= 0 && AttachFilter(ring->fd, ReadFilter(env, instructions)) != 0)
    return ThrowErrno(env, "SO_ATTACH_FILTER", errno);
  return nullptr;
}

napi_value Arm(napi_env env, napi_callback_info info) {
  napi_value object;
  napi_value callback;
  Ring* ring = Unwrap(env, info, &object, &callback);
  if (ring == nullptr) return nullptr;
  if (ring->watch == nullptr && ring->fd >= 0) ring->watch = picket::Watch::Open(env, ring->fd);
  napi_value result;
  napi_get_boolean(env, ring->watch != nullptr && ring->watch->Arm(callback), &result);
  return result;
}

// The kernel starts the counts anew with every look. They are of the socket, not of its ring: whoever has lost the ring can look.
napi_value Statistics(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  int32_t fd = -1;
  napi_typedarray_type type;
  size_t length = 0;
  void* counts = nullptr;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  if (count < 2 || napi_get_value_int32(env, arguments[0], &fd) != napi_ok ||
      napi_get_typedarray_info(env, arguments[1], &type, &length, &counts, nullptr, nullptr) != napi_ok ||
      type != napi_uint32_array || length < 3) {
    napi_throw_type_error(env, nullptr, "statistics(socket, counts)");
    return nullptr;
  }
  tpacket_stats_v3 statistics = {};
  socklen_t size = sizeof statistics;
  getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &size);
  const uint32_t values[] = {statistics.tp_packets, statistics.tp_drops, statistics.tp_freeze_q_cnt};
  memcpy(counts, values, sizeof values);
  return nullptr;
}

// PACKET_FANOUT_HASH takes the hash of addresses, ports and protocol that is the same in both directions. Fragments hash without ports,
// the first like the rest; PACKET_FANOUT_FLAG_DEFRAG would put IPv4's together and change what is measured.
napi_value JoinFanout(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  int32_t fd = -1;
  int32_t group = -1;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  if (count < 2 || napi_get_value_int32(env, arguments[0], &fd) != napi_ok ||
      napi_get_value_int32(env, arguments[1], &group) != napi_ok) {
    napi_throw_type_error(env, nullptr, "joinFanout(socket, group)");
    return nullptr;
  }
  // The kernel looks for an identifier that nobody has; group 0 could be someone else's.
  const uint32_t kind = PACKET_FANOUT_HASH | (group < 0 ? PACKET_FANOUT_FLAG_UNIQUEID : 0);
  const uint32_t wanted = (kind << 16) | (group < 0 ? 0 : static_cast<uint32_t>(group) & 0xffff);
  if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &wanted, sizeof wanted) != 0) return ThrowErrno(env, "PACKET_FANOUT", errno);
  uint32_t joined = 0;
  socklen_t length = sizeof joined;
  if (getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &joined, &length) != 0) return ThrowErrno(env, "PACKET_FANOUT", errno);
  return ToNumber(env, joined & 0xffff);
}

napi_value Close(napi_env env, napi_callback_info info) {
  napi_value object;
  Ring* ring = Unwrap(env, info, &object);
  if (ring == nullptr || ring->memory == nullptr) return nullptr;
  napi_value memory;
  napi_get_named_property(env, object, "memory", &memory);
  // First take the memory away from JavaScript, then from the process: no view can reach it afterwards.
  if (napi_detach_arraybuffer(env, memory) != napi_ok) {
    napi_throw_error(env, "EIO", "the ring's memory cannot be detached");
    return nullptr;
  }
  Unmap(ring);
  Reset(ring);
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"openSocket", nullptr, OpenSocket, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"closeSocket", nullptr, CloseSocket, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"open", nullptr, Open, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"next", nullptr, Next, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"release", nullptr, Release, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"isReady", nullptr, IsReady, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"pending", nullptr, Pending, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"setFilter", nullptr, SetFilter, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"arm", nullptr, Arm, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"statistics", nullptr, Statistics, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"joinFanout", nullptr, JoinFanout, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"close", nullptr, Close, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
  return exports;
}
