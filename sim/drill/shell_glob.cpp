#include "sim/drill/shell_expand.hpp"

namespace drdrill::shell {
namespace {

/// Matches one character of the text against one item of the pattern, and moves `p` behind it.
bool matches_one(std::string_view pattern, std::size_t& p, char c) {
  const char kind = pattern[p];
  if (kind == '?') {
    ++p;
    return true;
  }
  if (kind == '\\' && p + 1 < pattern.size()) {
    p += 2;
    return pattern[p - 1] == c;
  }
  const std::size_t close = kind == '[' ? pattern.find(']', p + 2) : std::string_view::npos;
  if (close == std::string_view::npos) return pattern[p++] == c;
  std::size_t i = p + 1;
  const bool negated = pattern[i] == '!' || pattern[i] == '^';
  if (negated) ++i;
  bool found = false;
  for (; i < close; ++i) {
    if (i + 2 < close && pattern[i + 1] == '-') {
      found = found || (pattern[i] <= c && c <= pattern[i + 2]);
      i += 2;
    } else {
      if (pattern[i] == '\\' && i + 1 < close) ++i;
      found = found || pattern[i] == c;
    }
  }
  p = close + 1;
  return found != negated;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, star_text = 0;
  for (;;) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (t == text.size()) return p == pattern.size();
    if (p < pattern.size() && matches_one(pattern, p, text[t])) {
      ++t;
      continue;
    }
    if (star == std::string_view::npos) return false;
    p = star;
    t = ++star_text;
  }
}

bool glob_match(std::string_view pattern, std::string_view text, Budget& budget) {
  const std::size_t stars = pattern.find('*') == std::string_view::npos ? 0 : pattern.size();
  budget.bytes(text.size() + pattern.size() + text.size() * stars / 8);
  return glob_match(pattern, text);
}

}  // namespace drdrill::shell
