// Tells JavaScript once that a descriptor has something to read: a handle of Node's event loop (libuv), declared here by its stable
// interface so that building needs the headers of Node-API alone.

#ifndef PICKET_WATCH_H_
#define PICKET_WATCH_H_

#include <node_api.h>
#include <stdlib.h>
#include <sys/socket.h>

extern "C" {
struct uv_poll_s;
struct uv_handle_s;
size_t uv_handle_size(int type);
void* uv_handle_get_data(const uv_handle_s*);
void uv_handle_set_data(uv_handle_s*, void*);
int uv_poll_init(uv_loop_s*, uv_poll_s*, int fd);
int uv_poll_start(uv_poll_s*, int events, void (*)(uv_poll_s*, int status, int events));
int uv_poll_stop(uv_poll_s*);
void uv_unref(uv_handle_s*);
void uv_close(uv_handle_s*, void (*)(uv_handle_s*));
}

namespace picket {

constexpr int kPollHandle = 8;  // UV_POLL
constexpr int kReadable = 1;    // UV_READABLE

// One watched descriptor. It belongs to the event loop and goes when `Close` or the end of the environment is through.
class Watch {
 public:
  // Null where the loop does not take the descriptor.
  static Watch* Open(napi_env env, int fd) {
    uv_loop_s* loop = nullptr;
    if (napi_get_uv_event_loop(env, &loop) != napi_ok) return nullptr;
    Watch* watch = new Watch(env, fd);
    if (uv_poll_init(loop, watch->poll_, fd) != 0) {
      free(watch->poll_);
      delete watch;
      return nullptr;
    }
    uv_handle_set_data(watch->handle(), watch);
    uv_unref(watch->handle());
    napi_value name;
    napi_create_string_utf8(env, "picket.watch", NAPI_AUTO_LENGTH, &name);
    napi_async_init(env, nullptr, name, &watch->context_);
    napi_add_async_cleanup_hook(env, [](napi_async_cleanup_hook_handle, void* it) { static_cast<Watch*>(it)->Close(); },
                                watch, &watch->hook_);
    return watch;
  }

  // Calls `callback` once, when there is something to read; not before the event loop is reached again.
  bool Arm(napi_value callback) {
    Forget();
    napi_create_reference(env_, callback, 1, &callback_);
    return uv_poll_start(poll_, kReadable, [](uv_poll_s* poll, int, int) {
             static_cast<Watch*>(uv_handle_get_data(reinterpret_cast<uv_handle_s*>(poll)))->Fire();
           }) == 0;
  }

  // The descriptor may be closed or used for something else afterwards.
  void Close() {
    if (closing_) return;
    closing_ = true;
    Forget();
    uv_poll_stop(poll_);
    uv_close(handle(), [](uv_handle_s* handle) {
      Watch* watch = static_cast<Watch*>(uv_handle_get_data(handle));
      napi_remove_async_cleanup_hook(watch->hook_);
      free(watch->poll_);
      delete watch;
    });
    napi_async_destroy(env_, context_);
  }

 private:
  Watch(napi_env env, int fd) : env_(env), fd_(fd), poll_(static_cast<uv_poll_s*>(malloc(uv_handle_size(kPollHandle)))) {}

  uv_handle_s* handle() { return reinterpret_cast<uv_handle_s*>(poll_); }

  void Forget() {
    if (callback_ != nullptr) napi_delete_reference(env_, callback_);
    callback_ = nullptr;
  }

  void Fire() {
    uv_poll_stop(poll_);
    // A link that goes down leaves an error on the socket, which is ready until the error is read.
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length);
    napi_handle_scope scope;
    napi_open_handle_scope(env_, &scope);
    napi_value callback = nullptr;
    napi_value global;
    if (callback_ != nullptr) napi_get_reference_value(env_, callback_, &callback);
    Forget();
    napi_get_global(env_, &global);
    if (callback != nullptr) napi_make_callback(env_, context_, global, callback, 0, nullptr, nullptr);
    napi_close_handle_scope(env_, scope);
  }

  napi_env env_;
  int fd_;
  uv_poll_s* poll_;
  napi_async_context context_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  napi_ref callback_ = nullptr;
  bool closing_ = false;
};

}  // namespace picket

#endif  // PICKET_WATCH_H_
