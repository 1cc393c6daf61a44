// What the sensor does to its own process, for JavaScript. Linux only.
//
//   releaseMemory()       gives back what start-up used and nothing needs now: free memory of the C heap, and pages of
//                         program files; returns the octets of mappings whose pages were given back

#include <malloc.h>
#include <node_api.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

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

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"releaseMemory", nullptr, ReleaseMemory, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
  return exports;
}
