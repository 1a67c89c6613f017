#include <cctype>

#include "sim/drill/shell_expand.hpp"

namespace drdrill::shell {
namespace {

/// "[:digit:]" within brackets, its size; 0: none begins here.
std::size_t class_size(std::string_view text) {
  if (!text.starts_with("[:")) return 0;
  const std::size_t end = text.find(":]", 2);
  return end == std::string_view::npos ? 0 : end + 2;
}

bool in_class(std::string_view name, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (name == "digit") return std::isdigit(byte) != 0;
  if (name == "alpha") return std::isalpha(byte) != 0;
  if (name == "alnum") return std::isalnum(byte) != 0;
  if (name == "upper") return std::isupper(byte) != 0;
  if (name == "lower") return std::islower(byte) != 0;
  if (name == "space") return std::isspace(byte) != 0;
  if (name == "blank") return c == ' ' || c == '\t';
  if (name == "punct") return std::ispunct(byte) != 0;
  return name == "xdigit" && std::isxdigit(byte) != 0;
}

/// Of the [ at `p`; one right behind it is an ordinary character.
std::size_t bracket_close(std::string_view pattern, std::size_t p) {
  std::size_t i = p + 1;
  if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) ++i;
  if (i < pattern.size() && pattern[i] == ']') ++i;
  while (i < pattern.size() && pattern[i] != ']') {
    const std::size_t size = class_size(pattern.substr(i));
    i += size > 0 ? size : pattern[i] == '\\' ? 2 : 1;
  }
  return i < pattern.size() ? i : std::string_view::npos;
}

/// Matches one character of the text against one item of the pattern, and moves `p` behind it.
bool matches_one(std::string_view pattern, std::size_t& p, char c, bool any_case) {
  const auto same = [&](char a, char b) {
    return a == b || (any_case && std::tolower(static_cast<unsigned char>(a)) ==
                                      std::tolower(static_cast<unsigned char>(b)));
  };
  const char kind = pattern[p];
  if (kind == '?') {
    ++p;
    return true;
  }
  if (kind == '\\' && p + 1 < pattern.size()) {
    p += 2;
    return same(pattern[p - 1], c);
  }
  const std::size_t close = kind == '[' ? bracket_close(pattern, p) : std::string_view::npos;
  if (close == std::string_view::npos) return same(pattern[p++], c);
  std::size_t i = p + 1;
  const bool negated = pattern[i] == '!' || pattern[i] == '^';
  if (negated) ++i;
  bool found = false;
  for (; i < close; ++i) {
    if (const std::size_t size = class_size(pattern.substr(i, close - i + 1)); size > 0) {
      found = found || in_class(pattern.substr(i + 2, size - 4), c);
      i += size - 1;
    } else if (i + 2 < close && pattern[i + 1] == '-') {
      found = found || (pattern[i] <= c && c <= pattern[i + 2]);
      i += 2;
    } else {
      if (pattern[i] == '\\' && i + 1 < close) ++i;
      found = found || same(pattern[i], c);
    }
  }
  p = close + 1;
  return found != negated;
}

}  // namespace

std::size_t pattern_item_end(std::string_view pattern, std::size_t at) {
  if (pattern[at] == '\\' && at + 1 < pattern.size()) return at + 2;
  const std::size_t close =
      pattern[at] == '[' ? bracket_close(pattern, at) : std::string_view::npos;
  return close == std::string_view::npos ? at + 1 : close + 1;
}

bool glob_match(std::string_view pattern, std::string_view text, bool any_case) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, star_text = 0;
  for (;;) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (t == text.size()) return p == pattern.size();
    if (p < pattern.size() && matches_one(pattern, p, text[t], any_case)) {
      ++t;
      continue;
    }
    if (star == std::string_view::npos) return false;
    p = star;
    t = ++star_text;
  }
}

bool glob_match(std::string_view pattern, std::string_view text, Budget& budget, bool any_case) {
  const std::size_t stars = pattern.find('*') == std::string_view::npos ? 0 : pattern.size();
  const std::size_t looks = text.size() + pattern.size() + text.size() * stars / 8;
  budget.bytes(looks);
  budget.work(looks * 4);
  return glob_match(pattern, text, any_case);
}

}  // namespace drdrill::shell
