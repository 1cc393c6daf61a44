// Packet filters as libpcap compiles them (pcap-filter(7)), for JavaScript. libpcap is looked for when it is asked for: nothing is
// linked, and a host without it has a filter language of its own in TypeScript.
//
//   compile(expression, linkType)   instructions of classic BPF, eight octets each (struct sock_filter); a packet that passes
//                                   returns 262144, another 0. Undefined where there is no libpcap; throws its message.

#include <dlfcn.h>
#include <node_api.h>
#include <stdint.h>
#include <string.h>
#include <string>

namespace {

// As in <pcap/pcap.h>, unchanged since libpcap 0.8.
struct bpf_program {
  unsigned length;
  void* instructions;
};
constexpr unsigned kUnknownNetmask = 0xffffffff;
constexpr int kEverything = 262144;
constexpr size_t kInstruction = 8;

struct Library {
  void* handle = nullptr;
  void* (*open_dead)(int, int) = nullptr;
  int (*compile)(void*, bpf_program*, const char*, int, unsigned) = nullptr;
  char* (*geterr)(void*) = nullptr;
  void (*freecode)(bpf_program*) = nullptr;
  void (*close)(void*) = nullptr;

  Library() {
    for (const char* name : {"libpcap.so.0.8", "libpcap.so.1", "libpcap.so"})
      if (handle == nullptr) handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return;
    Load(&open_dead, "pcap_open_dead");
    Load(&compile, "pcap_compile");
    Load(&geterr, "pcap_geterr");
    Load(&freecode, "pcap_freecode");
    Load(&close, "pcap_close");
  }

  bool IsComplete() const {
    return open_dead != nullptr && compile != nullptr && geterr != nullptr && freecode != nullptr && close != nullptr;
  }

  template <typename Function>
  void Load(Function* function, const char* name) {
    *function = reinterpret_cast<Function>(dlsym(handle, name));
  }
};

bool ReadText(napi_env env, napi_value value, std::string* text) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return false;
  text->resize(length + 1);
  napi_get_value_string_utf8(env, value, &(*text)[0], length + 1, &length);
  text->resize(length);
  return true;
}

napi_value Compile(napi_env env, napi_callback_info info) {
  static const Library library;
  size_t count = 2;
  napi_value arguments[2];
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  std::string expression;
  int32_t link_type = 0;
  if (count < 2 || !ReadText(env, arguments[0], &expression) ||
      napi_get_value_int32(env, arguments[1], &link_type) != napi_ok) {
    napi_throw_type_error(env, nullptr, "compile(expression, linkType)");
    return nullptr;
  }
  if (!library.IsComplete()) return nullptr;
  void* pcap = library.open_dead(link_type, kEverything);
  if (pcap == nullptr) return nullptr;
  bpf_program program = {};
  napi_value result = nullptr;
  if (library.compile(pcap, &program, expression.c_str(), 1, kUnknownNetmask) != 0) {
    napi_throw_error(env, "EINVAL", library.geterr(pcap));
  } else {
    void* memory;
    napi_value buffer;
    const size_t length = program.length * kInstruction;
    napi_create_arraybuffer(env, length, &memory, &buffer);
    memcpy(memory, program.instructions, length);
    napi_create_typedarray(env, napi_uint8_array, length, buffer, 0, &result);
    library.freecode(&program);
  }
  library.close(pcap);
  return result;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor compile = {"compile", nullptr, Compile, nullptr, nullptr, nullptr, napi_default, nullptr};
  napi_define_properties(env, exports, 1, &compile);
  return exports;
}
