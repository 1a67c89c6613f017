#include "scenarios/procedures/code_block.hpp"

#include <algorithm>

#include "scenarios/procedures/words.hpp"

namespace drdrill::procedures {

bool is_shell(std::string_view language, std::string_view text) {
  for (const std::string_view name : {"bash", "sh", "shell", "zsh", "console", "shell-session",
                                      "terminal", "shellsession", "ksh"})
    if (language == name) return true;
  if (!language.empty() && language != "text") return false;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (text.starts_with("#!") || text.starts_with("$ ")) return true;
  const std::string_view word = text.substr(0, text.find_first_of(" \n"));
  return word == "kubectl" || word == "psql" || word == "redis-cli" || word == "helm" ||
         word == "docker" || word == "aws" || word == "pg_restore" || word == "pg_dump";
}

bool is_crontab(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty() || line[0] == '#') continue;
    return line.find_first_not_of("0123456789*/,- \t") > 8 &&
           line.find(" * ") != std::string_view::npos &&
           (line[0] == '*' || (line[0] >= '0' && line[0] <= '9'));
  }
  return false;
}

std::string script_name(std::string_view text) {
  for (int line = 0; line < 4 && !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view first = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (!first.starts_with('#') || first.starts_with("#!")) continue;
    const std::size_t dot = first.find(".sh");
    if (dot == std::string_view::npos) continue;
    first = first.substr(0, dot + 3);
    const std::size_t begin = first.find_last_of(" /#");
    return std::string(first.substr(begin + 1));
  }
  return {};
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t more = c < 0x80         ? 0
                             : (c >> 5) == 6  ? 1
                             : (c >> 4) == 14 ? 2
                             : (c >> 3) == 30 ? 3
                                              : 9;
    if (more == 9 || i + more >= text.size() + (more == 0 ? 1 : 0)) return false;
    for (std::size_t k = 1; k <= more; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80U) return false;
    i += more + 1;
  }
  return true;
}

std::vector<std::string> commands_in(const std::string& item) {
  std::vector<std::string> commands;
  for (std::size_t open = item.find('`'); open != std::string::npos;) {
    const std::size_t close = item.find('`', open + 1);
    if (close == std::string::npos) break;
    std::string command = item.substr(open + 1, close - open - 1);
    const std::size_t blank = command.find(' ');
    if (blank != std::string::npos && is_known_program(command.substr(0, blank)))
      commands.push_back(std::move(command));
    open = item.find('`', close + 1);
  }
  return commands;
}

}  // namespace drdrill::procedures
