#include <algorithm>
#include <array>

#include "sim/drill/shell_run.hpp"

namespace drdrill::shell {
namespace {

struct Prefix {
  std::string_view name;
  std::string_view flags;   ///< without a value
  std::string_view valued;  ///< with one
};
constexpr std::array<Prefix, 12> prefixes{{{"command", "", ""},
                                           {"builtin", "", ""},
                                           {"exec", "", ""},
                                           {"nohup", "", ""},
                                           {"setsid", "", ""},
                                           {"sudo", "EHiknSs", "ughprt"},
                                           {"doas", "n", "u"},
                                           {"nice", "", "n"},
                                           {"ionice", "t", "cn"},
                                           {"stdbuf", "", "oei"},
                                           {"time", "p", ""},
                                           {"env", "i", "u"}}};

/// Where the command of a prefix begins; the prefix itself when an option of it is not known, or
/// when there is no command.
std::size_t behind(const Prefix& prefix, std::span<const std::string> words, std::size_t at) {
  std::size_t next = at + 1;
  for (; next < words.size() && words[next].size() > 1 && words[next][0] == '-'; ++next) {
    const std::string& option = words[next];
    if (option == "--") {
      ++next;
      break;
    }
    const bool valued = prefix.valued.find(option[1]) != std::string_view::npos;
    const bool known = valued || std::all_of(option.begin() + 1, option.end(), [&](char c) {
                         return prefix.flags.find(c) != std::string_view::npos;
                       });
    if (!known) return at;  // command -v, and what the host may know
    if (valued && option.size() == 2) ++next;
  }
  while (prefix.name == "env" && next < words.size() && words[next].find('=') != std::string::npos)
    ++next;
  return next < words.size() ? next : at;
}

}  // namespace

std::size_t command_word(std::span<const std::string> words) {
  for (std::size_t at = 0; at < words.size();) {
    const auto prefix = std::find_if(prefixes.begin(), prefixes.end(),
                                     [&](const Prefix& p) { return p.name == words[at]; });
    if (prefix == prefixes.end()) return at;
    const std::size_t next = behind(*prefix, words, at);
    if (next == at) return at;
    at = next;
  }
  return 0;
}

}  // namespace drdrill::shell
