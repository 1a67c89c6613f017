#include "sim/live/user.hpp"

#include <cerrno>
#include <pwd.h>
#include <vector>

namespace drdrill::live {

std::optional<UserIds> find_user(const std::string& name) {
  constexpr std::size_t first_size = 1024;
  std::vector<char> texts(first_size);
  passwd entry{};
  passwd* found = nullptr;
  while (getpwnam_r(name.c_str(), &entry, texts.data(), texts.size(), &found) == ERANGE)
    texts.resize(2 * texts.size());
  if (!found) return std::nullopt;
  return UserIds{entry.pw_uid, entry.pw_gid};
}

}  // namespace drdrill::live
