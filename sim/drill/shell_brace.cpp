#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "sim/drill/shell_parser.hpp"

namespace drdrill::shell {
namespace {

constexpr std::size_t byte_limit = 8U << 20U;

/// A place in a word.
struct At {
  std::size_t part = 0;
  std::size_t offset = 0;
};

/// A pair of braces with something to expand in it, and the commas between.
struct Braces {
  At open, close;
  std::vector<At> commas;
};

bool unquoted(const Part& part) {
  return part.kind == Part::Kind::literal && !part.quoted;
}

/// Calls f(place, character) for each unquoted character from `from`, until it returns true.
template <typename F>
bool any_character(const Word& word, At from, F f) {
  for (std::size_t p = from.part; p < word.size(); ++p) {
    if (!unquoted(word[p])) continue;
    for (std::size_t i = p == from.part ? from.offset : 0; i < word[p].text.size(); ++i)
      if (f(At{p, i}, word[p].text[i])) return true;
  }
  return false;
}

bool closes(const Word& word, At open, Braces& found) {
  found.open = open;
  found.commas.clear();
  int depth = 0;
  return any_character(word, open, [&](At at, char c) {
    if (c == '{') ++depth;
    if (c == ',' && depth == 1) found.commas.push_back(at);
    if (c != '}' || --depth > 0) return false;
    found.close = at;
    return true;
  });
}

Word slice(const Word& word, At from, At to) {
  Word out;
  for (std::size_t p = from.part; p <= to.part && p < word.size(); ++p) {
    const bool first = p == from.part, last = p == to.part;
    if (!first && !last) {
      out.push_back(word[p]);
      continue;
    }
    const std::size_t begin = first ? from.offset : 0;
    const std::size_t end = last ? to.offset : word[p].text.size();
    if (first && begin == 0 && !last) {
      out.push_back(word[p]);
    } else if (unquoted(word[p]) && end > begin) {
      Part part = word[p];
      part.text = part.text.substr(begin, end - begin);
      out.push_back(std::move(part));
    }
  }
  return out;
}

At after(At at) {
  return {at.part, at.offset + 1};
}

std::size_t weight(const Word& word) {
  std::size_t all = sizeof(Word);
  for (const Part& part : word) all += sizeof(Part) + part.text.size();
  return all;
}

std::optional<long> whole_number(std::string_view text) {
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Range {
  long from = 0, to = 0, step = 1;
  std::size_t width = 0;
  bool letters = false;
};

std::optional<Range> range_of(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const std::string_view first = text.substr(0, dots);
  std::string_view second = text.substr(dots + 2);
  Range range;
  if (const std::size_t more = second.find(".."); more != std::string_view::npos) {
    const auto step = whole_number(second.substr(more + 2));
    if (!step || *step < -1000000 || *step > 1000000) return std::nullopt;
    range.step = *step == 0 ? 1 : std::labs(*step);
    second = second.substr(0, more);
  }
  const auto letter = [](std::string_view s) {
    return s.size() == 1 && ((s[0] >= 'a' && s[0] <= 'z') || (s[0] >= 'A' && s[0] <= 'Z'));
  };
  if (letter(first) && letter(second)) {
    range.from = static_cast<unsigned char>(first[0]);
    range.to = static_cast<unsigned char>(second[0]);
    range.letters = true;
    return range;
  }
  const auto from = whole_number(first), to = whole_number(second);
  constexpr long far = 1000000000;
  if (!from || !to || std::labs(*from) > far || std::labs(*to) > far) return std::nullopt;
  range.from = *from;
  range.to = *to;
  if ((first.size() > 1 && first[0] == '0') || (second.size() > 1 && second[0] == '0'))
    range.width = std::max(first.size(), second.size());
  return range;
}

std::string written(const Range& range, long value) {
  if (range.letters) return std::string(1, static_cast<char>(value));
  std::string text = std::to_string(value);
  if (text.size() < range.width) text.insert(value < 0 ? 1 : 0, range.width - text.size(), '0');
  return text;
}

Word joined(const Word& before, Word middle, const Word& behind) {
  Word out = before;
  out.insert(out.end(), std::make_move_iterator(middle.begin()),
             std::make_move_iterator(middle.end()));
  out.insert(out.end(), behind.begin(), behind.end());
  return out;
}

/// The words that the first pair of braces makes of `word`; empty when there is nothing to expand.
std::vector<Word> expand_first(const Word& word, std::size_t limit, bool& too_many) {
  std::vector<Word> out;
  any_character(word, {}, [&](At open, char c) {
    Braces braces;
    if (c != '{' || !closes(word, open, braces)) return false;
    const Word before = slice(word, {}, open);
    const Word behind = slice(word, after(braces.close), {word.size(), 0});
    if (!braces.commas.empty()) {
      At from = after(open);
      if (braces.commas.size() > std::min(limit, byte_limit / weight(word))) {
        too_many = true;
        return true;
      }
      braces.commas.push_back(braces.close);
      for (const At comma : braces.commas) {
        out.push_back(joined(before, slice(word, from, comma), behind));
        from = after(comma);
      }
      return true;
    }
    if (braces.close.part != open.part) return false;
    const auto range =
        range_of(std::string_view(word[open.part].text)
                     .substr(open.offset + 1, braces.close.offset - open.offset - 1));
    if (!range) return false;
    const std::size_t each = weight(word);
    const long step = range->from <= range->to ? range->step : -range->step;
    if (static_cast<std::size_t>((range->to - range->from) / step) >=
        std::min(limit, byte_limit / each)) {
      too_many = true;
      return true;
    }
    for (long v = range->from; step > 0 ? v <= range->to : v >= range->to; v += step) {
      Part part;
      part.text = written(*range, v);
      out.push_back(joined(before, {part}, behind));
    }
    return true;
  });
  return out;
}

std::size_t count_braces(const Word& word) {
  std::size_t count = 0;
  any_character(word, {}, [&](At, char c) {
    if (c == '{') ++count;
    return false;
  });
  return count;
}

}  // namespace

bool expand_braces(Word word, std::vector<Word>& out, std::size_t limit) {
  constexpr std::size_t most_braces = 64;
  const std::size_t braces = count_braces(word);
  if (braces > most_braces) return false;
  if (braces == 0) {
    out.push_back(std::move(word));
    return true;
  }
  std::size_t bytes = 0;
  // Depth first, so that the order is that of bash.
  std::vector<Word> waiting;
  waiting.push_back(std::move(word));
  std::size_t made = 0;
  while (!waiting.empty()) {
    Word current = std::move(waiting.back());
    waiting.pop_back();
    bytes += weight(current);
    bool too_many = bytes > byte_limit;
    std::vector<Word> more = expand_first(current, limit, too_many);
    for (const Word& made_word : more) bytes += weight(made_word);
    if (too_many || bytes > byte_limit || made + waiting.size() + more.size() > limit) return false;
    if (more.empty()) {
      out.push_back(std::move(current));
      ++made;
      continue;
    }
    std::move(more.rbegin(), more.rend(), std::back_inserter(waiting));
  }
  return true;
}

}  // namespace drdrill::shell
