#include <algorithm>
#include <charconv>

#include "sim/drill/shell_tools.hpp"

namespace drdrill::shell {

std::optional<std::string> text_of(ToolCall& call, std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names)
    if (name != "-" && name != "/dev/null" && !call.files.contains(name)) return std::nullopt;
  for (const std::string& name : names) {
    if (name == "-" && call.input)
      call.budget.append(text, call.input->take_rest());
    else if (const auto file = call.files.find(name); file != call.files.end())
      call.budget.append(text, file->second);
  }
  if (names.empty() && call.input) call.budget.append(text, call.input->take_rest());
  return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return lines;
}

std::optional<long long> to_number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+') text.remove_prefix(1);
  long long value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

Result failure(std::string message, int status) {
  Result result;
  result.exit_status = status;
  result.err = std::move(message) + "\n";
  return result;
}

bool Switches::has(char letter) const {
  return value(letter) != nullptr;
}

const std::string* Switches::value(char letter) const {
  const std::string* last = nullptr;
  for (const auto& [given_letter, given_value] : given)
    if (given_letter == letter) last = &given_value;
  return last;
}

std::optional<Switches> read_options(std::span<const std::string> argv, std::string_view known) {
  Switches made;
  bool over = false;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (over || word.size() < 2 || word[0] != '-') {
      made.operands.push_back(word);
      continue;
    }
    if (word == "--") {
      over = true;
      continue;
    }
    for (std::size_t c = 1; c < word.size(); ++c) {
      const std::size_t at = known.find(word[c]);
      if (at == std::string_view::npos || word[c] == ':') return std::nullopt;
      if (at + 1 >= known.size() || known[at + 1] != ':') {
        made.given.emplace_back(word[c], std::string());
        continue;
      }
      const bool attached = c + 1 < word.size();
      if (!attached && i + 1 >= argv.size()) return std::nullopt;
      made.given.emplace_back(word[c], attached ? word.substr(c + 1) : argv[i + 1]);
      if (!attached) ++i;
      break;
    }
  }
  return made;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case '\\':
        out += '\\';
        break;
      case 'e':
        out += '\x1b';
        break;
      case '0':
        if (text.substr(i, 3) == "033") {
          out += '\x1b';
          i += 2;
          break;
        }
        [[fallthrough]];
      default:
        (out += '\\') += text[i];
    }
  }
  return out;
}

}  // namespace drdrill::shell
