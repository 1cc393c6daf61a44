// A fence around the files of a process (Landlock, Documentation/userspace-api/landlock.rst of the kernel). Declared here, because
// headers older than the kernel lack the later rights.

#ifndef PICKET_LANDLOCK_H_
#define PICKET_LANDLOCK_H_

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <string>
#include <vector>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

namespace picket {

struct LandlockRuleset {
  uint64_t handled_files;
  uint64_t handled_net;
  uint64_t scoped;
};

struct LandlockPathBeneath {
  uint64_t allowed;
  int32_t parent;
} __attribute__((packed));

constexpr uint64_t kExecute = 1 << 0;
constexpr uint64_t kReadFile = 1 << 2;
constexpr uint64_t kReadFolder = 1 << 3;
// Rights that a rule about a file may name: execute, write, read, truncate, ioctl of a device.
constexpr uint64_t kOfFiles = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15;
constexpr uint64_t kReading = kExecute | kReadFile | kReadFolder;
// Signals, and connections to abstract sockets, beyond the fence.
constexpr uint64_t kScopes = 1 << 0 | 1 << 1;
constexpr int kRuleOfPath = 1;
constexpr uint32_t kAskVersion = 1;

// What of the interface the kernel has; 0 where there is none, or it is switched off.
inline long LandlockVersion() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion);
  return version < 0 ? 0 : version;
}

// All rights over files that a version knows: 13, then one more to move between folders, to truncate, and over devices.
inline uint64_t RightsOf(long version) {
  return ((1 << 13) - 1) | (version >= 2 ? 1 << 13 : 0) | (version >= 3 ? 1 << 14 : 0) | (version >= 5 ? 1 << 15 : 0);
}

// A path that is not there needs no rule.
inline bool AllowBeneath(int ruleset, const std::string& path, uint64_t rights) {
  const int parent = open(path.c_str(), O_PATH | O_CLOEXEC);
  if (parent < 0) return errno == ENOENT || errno == EACCES;
  struct stat status;
  LandlockPathBeneath rule = {rights, parent};
  if (fstat(parent, &status) == 0 && !S_ISDIR(status.st_mode)) rule.allowed &= kOfFiles;
  const bool is_added = syscall(SYS_landlock_add_rule, ruleset, kRuleOfPath, &rule, 0) == 0;
  close(parent);
  return is_added;
}

// The step that failed, or null. Holds for the calling thread, for those it starts and for what it executes.
inline const char* RestrictFiles(const std::vector<std::string>& readable, const std::vector<std::string>& writable) {
  const long version = LandlockVersion();
  LandlockRuleset rules = {RightsOf(version), 0, version >= 6 ? kScopes : 0};
  const size_t size = version >= 6 ? sizeof rules : version >= 4 ? offsetof(LandlockRuleset, scoped) : sizeof rules.handled_files;
  const int ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &rules, size, 0));
  if (ruleset < 0) return "landlock_create_ruleset";
  bool is_allowed = true;
  for (const std::string& path : readable) is_allowed &= AllowBeneath(ruleset, path, kReading);
  for (const std::string& path : writable) is_allowed &= AllowBeneath(ruleset, path, rules.handled_files);
  const char* failed = !is_allowed                                                ? "landlock_add_rule"
                       : prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0             ? "no_new_privs"
                       : syscall(SYS_landlock_restrict_self, ruleset, 0) != 0 ? "landlock_restrict_self"
                                                                                  : nullptr;
  const int error = errno;
  close(ruleset);
  errno = error;
  return failed;
}

}  // namespace picket

#endif  // PICKET_LANDLOCK_H_
