// What the sensor does to its own process, for JavaScript. Linux only.
//
//   releaseMemory()       gives back what start-up used and nothing needs now: free memory of the C heap, and pages of
//                         program files; returns the octets of mappings whose pages were given back
//   preferHugePages(buffer, from)   asks the kernel to back an ArrayBuffer, from so many octets on, with huge pages where it has some;
//                         false where it knows none
//   dropCapabilities()    takes every capability from the calling thread, and with them from what it executes
//   keepOpen(descriptor)  lets a descriptor pass to the program that is executed next
//   landlockVersion()     what of Landlock the kernel has; 0 for none
//   restrictFiles(readable, writable)   lets the calling thread, and what it executes, read and execute below some paths, do
//                         everything below others, and touch no other file; signals and abstract sockets beyond it are closed
//   confine()             no new privileges, and a seccomp filter that refuses what no sensor needs, for all threads

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <node_api.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <string>
#include <vector>

#include "landlock.h"

namespace {

// One mapping of /proc/self/smaps, see proc_pid_smaps(5).
struct Mapping {
  unsigned long start = 0;
  unsigned long end = 0;
  bool is_program_file = false;
};

// Reads a head line, "start-end perms offset device inode path"; false for the lines of figures below it.
bool ReadHead(const char* line, Mapping* mapping) {
  char permissions[5] = "";
  unsigned long inode = 0;
  if (sscanf(line, "%lx-%lx %4s %*x %*s %lu", &mapping->start, &mapping->end, permissions, &inode) != 4) return false;
  mapping->is_program_file = inode != 0 && permissions[0] == 'r' && permissions[1] == '-' && permissions[3] == 'p';
  return true;
}

// Pages of a private file mapping that nobody can write and nobody has written ("Anonymous: 0 kB") are those of the file: the
// kernel reads them again when they are touched. Of Node and the ONNX runtime more than half are touched by start-up alone.
uint64_t ReleaseFilePages() {
  FILE* file = fopen("/proc/self/smaps", "re");
  if (file == nullptr) return 0;
  char line[512];
  Mapping mapping;
  Mapping head;
  uint64_t released = 0;
  while (fgets(line, sizeof line, file) != nullptr) {
    unsigned long kibibytes = 0;
    if (ReadHead(line, &head)) {
      mapping = head;
    } else if (sscanf(line, "Anonymous: %lu kB", &kibibytes) == 1 && kibibytes == 0 && mapping.is_program_file) {
      const size_t length = mapping.end - mapping.start;
      if (madvise(reinterpret_cast<void*>(mapping.start), length, MADV_DONTNEED) == 0) released += length;
    }
  }
  fclose(file);
  return released;
}

napi_value ReleaseMemory(napi_env env, napi_callback_info) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  napi_value result;
  napi_create_double(env, static_cast<double>(ReleaseFilePages()), &result);
  return result;
}

napi_value ThrowErrno(napi_env env, const char* step) {
  char message[160];
  snprintf(message, sizeof message, "%s: %s", step, strerror(errno));
  napi_throw_error(env, nullptr, message);
  return nullptr;
}

// An ArrayBuffer of megabytes is a mapping of its own, but for the page that its head shares with what the C library keeps there.
napi_value PreferHugePages(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  void* data = nullptr;
  size_t length = 0;
  int64_t from = -1;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  errno = EINVAL;
  if (count != 2 || napi_get_arraybuffer_info(env, arguments[0], &data, &length) != napi_ok ||
      napi_get_value_int64(env, arguments[1], &from) != napi_ok || from < 0)
    return ThrowErrno(env, "preferHugePages(buffer, from)");
  const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t end = (reinterpret_cast<uintptr_t>(data) + length) & ~(page - 1);
  bool preferred = false;
  if (static_cast<uint64_t>(from) < length) {
    const uintptr_t start = (reinterpret_cast<uintptr_t>(data) + static_cast<size_t>(from) + page - 1) & ~(page - 1);
    preferred = start < end && madvise(reinterpret_cast<void*>(start), end - start, MADV_HUGEPAGE) == 0;
  }
  napi_value result;
  napi_get_boolean(env, preferred, &result);
  return result;
}

napi_value DropCapabilities(napi_env env, napi_callback_info) {
  // Neither root's user id nor capabilities of the file give any back then (capabilities(7)).
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return ThrowErrno(env, "no_new_privs");
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (syscall(SYS_capset, &header, none) != 0) return ThrowErrno(env, "capset");
  return nullptr;
}

napi_value KeepOpen(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  int32_t fd = -1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (count == 1) napi_get_value_int32(env, argument, &fd);
  if (fcntl(fd, F_SETFD, 0) != 0) return ThrowErrno(env, "fcntl");
  return nullptr;
}

napi_value LandlockVersion(napi_env env, napi_callback_info) {
  napi_value result;
  napi_create_int64(env, picket::LandlockVersion(), &result);
  return result;
}

std::vector<std::string> ReadStrings(napi_env env, napi_value array) {
  std::vector<std::string> strings;
  uint32_t count = 0;
  if (napi_get_array_length(env, array, &count) != napi_ok) return strings;
  for (uint32_t i = 0; i < count; i++) {
    napi_value element;
    size_t length = 0;
    if (napi_get_element(env, array, i, &element) != napi_ok ||
        napi_get_value_string_utf8(env, element, nullptr, 0, &length) != napi_ok)
      continue;
    std::string text(length + 1, 0);
    napi_get_value_string_utf8(env, element, &text[0], text.size(), &length);
    text.resize(length);
    strings.push_back(text);
  }
  return strings;
}

napi_value RestrictFiles(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  const char* failed = "restrictFiles(readable, writable)";
  errno = EINVAL;
  if (count == 2) failed = picket::RestrictFiles(ReadStrings(env, arguments[0]), ReadStrings(env, arguments[1]));
  return failed == nullptr ? nullptr : ThrowErrno(env, failed);
}

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr uint32_t kArchitecture = 0;
#endif

// Ways into other processes, the kernel and other name spaces. All of them want privileges or are steps to them.
constexpr uint32_t kRefused[] = {
    SYS_ptrace,        SYS_process_vm_readv, SYS_process_vm_writev, SYS_mount,         SYS_umount2,      SYS_pivot_root,
    SYS_chroot,        SYS_unshare,          SYS_setns,             SYS_init_module,   SYS_finit_module, SYS_delete_module,
    SYS_kexec_load,    SYS_bpf,              SYS_perf_event_open,   SYS_add_key,       SYS_request_key,  SYS_keyctl,
    SYS_userfaultfd,   SYS_reboot,           SYS_swapon,            SYS_swapoff,       SYS_sethostname,  SYS_setdomainname,
    SYS_settimeofday,  SYS_clock_settime,    SYS_clock_adjtime,     SYS_adjtimex,      SYS_acct,         SYS_quotactl,
    SYS_personality,   SYS_syslog,           SYS_open_by_handle_at, SYS_move_mount,    SYS_open_tree,    SYS_fsopen,
    SYS_fsconfig,      SYS_fsmount,          SYS_fspick,
};

constexpr uint32_t Refuse(int error) { return SECCOMP_RET_ERRNO | static_cast<uint32_t>(error); }

// See seccomp(2). Every test jumps over its answer, so that the order is that of the lines.
std::vector<sock_filter> SystemCallFilter() {
  const uint32_t number = offsetof(seccomp_data, nr);
  const uint32_t first_argument = offsetof(seccomp_data, args);
  std::vector<sock_filter> filter = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
#if defined(__x86_64__)
      // The x32 numbers of the same calls.
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, Refuse(EPERM)),
#endif
      // Its flags lie in memory that a filter cannot see; the C library falls back to clone.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, Refuse(ENOSYS)),
  };
  for (uint32_t refused : kRefused) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused, 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, Refuse(EPERM)));
  }
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3));
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, first_argument));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, Refuse(EPERM)));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return filter;
}

napi_value Confine(napi_env env, napi_callback_info) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return ThrowErrno(env, "no_new_privs");
  if (kArchitecture == 0) return nullptr;
  std::vector<sock_filter> filter = SystemCallFilter();
  sock_fprog program = {static_cast<unsigned short>(filter.size()), filter.data()};
  // Synchronised: the filter and no_new_privs hold for every thread of the process, or the call fails.
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
    return ThrowErrno(env, "seccomp");
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"releaseMemory", nullptr, ReleaseMemory, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"preferHugePages", nullptr, PreferHugePages, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"dropCapabilities", nullptr, DropCapabilities, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"keepOpen", nullptr, KeepOpen, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"landlockVersion", nullptr, LandlockVersion, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"restrictFiles", nullptr, RestrictFiles, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"confine", nullptr, Confine, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
  return exports;
}
