#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

/// Users of this machine, whom servers run as.
namespace drdrill::live {

struct UserIds {
  uid_t user = 0;
  gid_t group = 0;
};

/// Nothing: the machine has no such user. May be asked by any number of threads at once, which
/// getpwnam(3) may not: pods are prepared side by side.
std::optional<UserIds> find_user(const std::string& name);

}  // namespace drdrill::live
