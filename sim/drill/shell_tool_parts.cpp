#include <algorithm>
#include <cctype>
#include <charconv>

#include "sim/drill/shell_tools.hpp"

namespace drdrill::shell {

std::string_view plain_path(std::string_view path) {
  while (path.starts_with("./") && path.size() > 2) path.remove_prefix(2);
  return path;
}

std::optional<std::string> text_of(ToolCall& call, std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names)
    if (name != "-" && name != "/dev/null" && !call.files.contains(plain_path(name)))
      return std::nullopt;
  for (const std::string& name : names) {
    if (name == "-" && call.input)
      call.budget.append(text, call.input->take_rest());
    else if (const auto file = call.files.find(plain_path(name)); file != call.files.end())
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

std::string unescaped(std::string_view text, bool format) {
  std::string out;
  const auto digits = [&](std::size_t& i, std::size_t most, int base) {
    constexpr std::string_view all = "0123456789abcdef";
    int value = 0;
    for (std::size_t n = 0; n < most && i + 1 < text.size(); ++n) {
      const char c = text[i + 1];
      const auto digit = all.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
      if (digit >= static_cast<std::size_t>(base)) break;
      value = value * base + static_cast<int>(digit);
      ++i;
    }
    return static_cast<char>(value & 0xFF);
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    constexpr std::string_view from = "abeEfnrtv\\", to = "\a\b\x1b\x1b\f\n\r\t\v\\";
    if (const std::size_t known = from.find(c); known != std::string_view::npos) {
      out += to[known];
    } else if (c == 'x' && i + 1 < text.size() &&
               std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0) {
      out += digits(i, 2, 16);
    } else if (c == '0') {
      if (format) --i;
      out += digits(i, 3, 8);
    } else if (format && c >= '1' && c <= '7') {
      --i;
      out += digits(i, 3, 8);
    } else if (format && (c == '"' || c == '\'')) {
      out += c;
    } else {
      (out += '\\') += c;
    }
  }
  return out;
}

}  // namespace drdrill::shell
