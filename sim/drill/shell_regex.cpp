#include "sim/drill/shell_regex.hpp"

// libstdc++ 12's <regex> draws false warnings when sanitizers are on (GCC bug 105562).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <algorithm>
#include <cctype>
#include <regex>

namespace drdrill::shell {
namespace {

constexpr std::size_t pattern_limit = 256;
constexpr std::size_t line_limit = 4096;
// The units of Budget::work: a search, each place where it may begin, and what is looked at there.
constexpr std::size_t search_work = 200;
constexpr std::size_t start_work = 20;
constexpr std::size_t look_work = 6;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// The end of a bracket expression that begins at `at`, or npos.
std::size_t bracket_end(std::string_view text, std::size_t at) {
  std::size_t i = at + 1;
  if (i < text.size() && text[i] == '^') ++i;
  if (i < text.size() && text[i] == ']') ++i;
  for (; i < text.size(); ++i) {
    if (text.substr(i, 2) == "[:") {
      i = text.find(":]", i);
      if (i == std::string_view::npos) return i;
      ++i;
    } else if (text[i] == ']') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

/// The pattern in extended syntax; nothing when it has what is not known here. Counted repetitions
/// are kept small, because each is written out when the pattern is compiled.
std::optional<std::string> extended(std::string_view text, bool basic) {
  constexpr std::string_view swapped = "(){}|+?";
  std::string out;
  int repetitions = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '[') {
      const std::size_t end = bracket_end(text, i);
      if (end == std::string_view::npos) return std::nullopt;
      out += text.substr(i, end - i);
      i = end - 1;
      continue;
    }
    bool escaped = false;
    if (c == '\\') {
      if (++i == text.size()) return std::nullopt;
      c = text[i];
      escaped = true;
      if (c == 's' || c == 'w') {
        out += c == 's' ? "[[:space:]]" : "[[:alnum:]_]";
        continue;
      }
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '<' || c == '>')
        return std::nullopt;
    }
    const bool swaps = swapped.find(c) != std::string_view::npos;
    const bool active = swaps ? escaped == basic : !escaped;
    if (active && c == '{') {
      const std::size_t close = text.find('}', i);
      const std::string_view inside =
          text.substr(i + 1, std::min<std::size_t>(close, i + 8) - i - 1);
      if (++repetitions > 1 || close == std::string_view::npos || close - i > 8)
        return std::nullopt;
      std::size_t longest = 0, digits = 0;
      for (const char d : inside) {
        digits = d >= '0' && d <= '9' ? digits + 1 : 0;
        longest = std::max(longest, digits);
      }
      if (longest > 2) return std::nullopt;
    }
    if (basic && active && c == '*' && (out.empty() || out.ends_with('(') || out == "^")) {
      out += "\\*";
      continue;
    }
    const bool special = std::string_view(".[]*^$\\/").find(c) != std::string_view::npos || swaps;
    if (!active && special && c != '/' && c != ']') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

struct Pattern::Compiled {
  std::regex regex;
  std::size_t repeats = 1;  ///< one more than parts of it that may be of any length
  std::string head = {};    ///< a match begins with one of them; empty: not known
  bool anchored = false;    ///< it begins where the line does
};

Pattern::Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

std::optional<Pattern> Pattern::compile(std::string_view text, Syntax syntax, bool ignore_case) {
  Pattern made;
  made.ignore_case_ = ignore_case;
  made.literal_ = text;
  if (ignore_case) std::transform(text.begin(), text.end(), made.literal_.begin(), lower);
  const bool literal = text.find_first_of(".[]*^$\\+?(){}|") == std::string_view::npos;
  if (syntax == Syntax::fixed || literal) return made;
  if (text.size() > pattern_limit) return std::nullopt;
  const auto translated = extended(text, syntax == Syntax::basic);
  if (!translated) return std::nullopt;
  // The breadth-first matcher of libstdc++: no recursion over the text, no exponential search.
  auto flags = std::regex::extended | std::regex_constants::__polynomial;
  if (ignore_case) flags |= std::regex::icase;
  try {
    made.compiled_ = std::make_unique<Compiled>(Compiled{std::regex(*translated, flags)});
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
  const bool one_way = text.find('|') == std::string_view::npos;
  made.compiled_->anchored = one_way && text.front() == '^';
  if (one_way && std::isalnum(static_cast<unsigned char>(text[0])) != 0 &&
      (text.size() == 1 || std::string_view("*+?{\\").find(text[1]) == std::string_view::npos))
    made.compiled_->head =
        ignore_case ? std::string{lower(text[0]), upper(text[0])} : std::string{text[0]};
  made.compiled_->repeats =
      1 + static_cast<std::size_t>(std::count_if(
              text.begin(), text.end(), [](char c) { return c == '*' || c == '+' || c == '{'; }));
  return made;
}

std::optional<Pattern::Match> Pattern::find(std::string_view line, std::size_t from, Budget& budget,
                                            bool groups) const {
  Match match;
  if (!compiled_) {
    budget.bytes(line.size() - from);
    std::string folded;
    if (ignore_case_) {
      folded = line;
      std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    }
    match.at = (ignore_case_ ? std::string_view(folded) : line).find(literal_, from);
    if (match.at == std::string_view::npos) return std::nullopt;
    match.size = literal_.size();
    if (groups) match.groups.emplace_back(line.substr(match.at, match.size));
    return match;
  }
  if (line.size() > line_limit) throw Exceeded{"a line of more than 4096 characters for a pattern"};
  std::size_t starts = compiled_->anchored ? 1 : line.size() - from;
  if (!compiled_->head.empty()) {
    budget.bytes(line.size() - from);
    from = line.find_first_of(compiled_->head, from);
    if (from == std::string_view::npos) return std::nullopt;
    starts = static_cast<std::size_t>(
        std::count_if(line.begin() + static_cast<std::ptrdiff_t>(from), line.end(),
                      [&](char c) { return compiled_->head.find(c) != std::string::npos; }));
  }
  const std::size_t length = line.size() - from;
  budget.bytes(length + length * length / 16);
  budget.work(search_work + length * start_work + starts * length * compiled_->repeats * look_work);
  auto flags = std::regex_constants::match_default;
  if (from > 0)
    flags |= std::regex_constants::match_prev_avail | std::regex_constants::match_not_bol;
  std::cmatch found;
  if (!std::regex_search(line.data() + from, line.data() + line.size(), found, compiled_->regex,
                         flags))
    return std::nullopt;
  match.at = from + static_cast<std::size_t>(found.position(0));
  match.size = static_cast<std::size_t>(found.length(0));
  if (groups)
    for (const auto& group : found) match.groups.push_back(group.str());
  return match;
}

}  // namespace drdrill::shell
