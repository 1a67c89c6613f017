#include "scenarios/procedures/placeholders.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "scenarios/procedures/placeholder_words.hpp"
#include "scenarios/procedures/words.hpp"

namespace drdrill::procedures {
namespace {

bool is_alpha(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}
bool is_word(char c) {
  return is_alnum(c) || c == '-' || c == '_' || c == '.';
}
bool is_upper(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return std::islower(c) != 0; });
}

/// "POD NAME" is "pod_name"; a letter leads.
std::string variable_of(std::string_view text) {
  std::string name = slug(text);
  std::replace(name.begin(), name.end(), '-', '_');
  if (name.empty() || !is_alpha(name[0])) name = "value" + (name.empty() ? name : "_" + name);
  return name;
}

/// The last word of what people leave open where square or single brackets could mean other things.
bool ends_in_hint(const std::string& name) {
  constexpr std::array<std::string_view, 31> hints{
      "name", "id",       "pod",      "node",  "namespace", "ns",   "ip",        "host",
      "url",  "hostname", "endpoint", "date",  "timestamp", "time", "version",   "tag",
      "file", "filename", "path",     "token", "password",  "user", "database",  "db",
      "env",  "region",   "cluster",  "here",  "number",    "sha",  "deployment"};
  const auto parts = name_parts(name);
  return !parts.empty() && std::find(hints.begin(), hints.end(), parts.back()) != hints.end();
}

// ---- where they stand -----------------------------------------------------------------------

/// Is it said and not done: behind echo, in a comment, in how a script is called?
bool is_spoken(std::string_view line) {
  if (line.find("sage") != std::string_view::npos) return true;
  const std::string_view word = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
  for (const std::string_view says : {"echo ", "printf ", "log", "die ", "#"})
    if (word.starts_with(says)) return true;
  for (const std::string_view says : {" # ", "; echo ", "& echo ", "| echo ", "{ echo "})
    if (line.find(says) != std::string_view::npos) return true;
  return false;
}

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text) {}

  std::vector<Placeholder> find() {
    std::size_t line = 0;
    for (std::size_t i = 0; i < text_.size();) {
      if (text_[i] == '\n') line = i + 1;
      const std::size_t size = at(i);
      if (size == 0) {
        ++i;
        continue;
      }
      if (!is_spoken(text_.substr(line, i - line)))
        found_.push_back({i, i + size, std::string(text_.substr(i, size)), name_});
      i += size;
    }
    return std::move(found_);
  }

 private:
  char before(std::size_t i) const { return i == 0 ? ' ' : text_[i - 1]; }

  /// The length of the placeholder that begins there, and sets `name_`; 0: none does.
  std::size_t at(std::size_t i) {
    switch (text_[i]) {
      case '<':
        return angle(i);
      case '[':
        return square(i);
      case '{':
        return braces(i);
      default:
        break;
    }
    if (is_word(before(i)) || before(i) == '$' || before(i) == '{') {
      // A stamp may hang on a name: backup_YYYYMMDD.
      const bool stamp = before(i) != '$' && before(i) != '{' && !is_alnum(before(i));
      return stamp ? date(i) : 0;
    }
    if (const std::size_t size = date(i)) return size;
    return word(i);
  }

  std::size_t angle(std::size_t i) {
    const std::string_view rest = text_.substr(i + 1);
    if (rest.empty() || !is_alpha(rest[0]) || before(i) == '<') return 0;
    constexpr std::size_t longest = 60;
    std::size_t size = 0;
    while (size < rest.size() && (is_word(rest[size]) || std::string_view(" /|:").find(
                                                             rest[size]) != std::string_view::npos))
      ++size;
    if (size >= rest.size() || rest[size] != '>' || size > longest) return 0;
    const std::string_view inner = rest.substr(0, size);
    const std::string_view behind = rest.substr(size + 1);
    if (inner.ends_with(' ') || behind.starts_with('>')) return 0;
    if (inner.find(" and ") != std::string_view::npos ||
        inner.find(" or ") != std::string_view::npos)
      return 0;
    // <b>…</b> is mark-up.
    const std::string closing = "</" + std::string(inner.substr(0, inner.find(' '))) + ">";
    if (behind.substr(0, behind.find('\n')).find(closing) != std::string_view::npos) return 0;
    name_ = variable_of(inner);
    return size + 2;
  }

  /// [POD_NAME]; a test, a pattern or a tag of a log is none.
  std::size_t square(std::size_t i) {
    const char left = before(i);
    if (is_alnum(left) || std::string_view("_$}])[").find(left) != std::string_view::npos) return 0;
    const std::size_t close = text_.find(']', i);
    if (close == std::string_view::npos || close - i > 40) return 0;
    const char right = close + 1 < text_.size() ? text_[close + 1] : ' ';
    return right == '(' || right == '[' || right == '*' || right == '+'
               ? 0
               : bracketed(text_.substr(i + 1, close - i - 1), 2, true);
  }

  /// {{pod_name}} and {POD_NAME}.
  std::size_t braces(std::size_t i) {
    const char left = before(i);
    if (std::string_view("$%@{").find(left) != std::string_view::npos) return 0;
    const bool twice = text_.substr(i, 2) == "{{";
    const std::string_view close = twice ? "}}" : "}";
    const std::size_t from = i + close.size();
    const std::size_t end = text_.find(close, from);
    if (end == std::string_view::npos || end - i > 60) return 0;
    std::string_view inner = text_.substr(from, end - from);
    const std::size_t all = inner.size();
    if (twice) {
      while (inner.starts_with(' ')) inner.remove_prefix(1);
      while (inner.ends_with(' ')) inner.remove_suffix(1);
      for (const std::string_view word : {"end", "else"})
        if (inner == word) return 0;
    }
    return bracketed(inner, 2 * close.size() + all - inner.size(), !twice);
  }

  std::size_t bracketed(std::string_view inner, std::size_t around, bool ambiguous) {
    if (inner.size() < 2 || !is_alpha(inner[0]) || inner.ends_with(' ')) return 0;
    const bool blanks = around == 2 && is_upper(inner);
    if (!std::all_of(inner.begin(), inner.end(),
                     [&](char c) { return (is_word(c) && c != '.') || (blanks && c == ' '); }))
      return 0;
    name_ = variable_of(inner);
    if (ambiguous && !ends_in_hint(name_)) return 0;
    return inner.size() + around;
  }

  std::size_t date(std::size_t i) {
    const auto pattern = date_pattern(text_.substr(i));
    if (!pattern) return 0;
    name_ = pattern->clock ? "date_and_time" : "date";
    return pattern->size;
  }

  /// livekit-server-xxxxx, YOUR_TOKEN, …
  std::size_t word(std::size_t i) {
    const std::string_view rest = text_.substr(i);
    for (const std::string_view dots : {"...", "…"})
      if (rest.starts_with(dots) && (before(i) == ' ' || before(i) == '\n') &&
          (rest.size() == dots.size() || rest[dots.size()] == ' ' || rest[dots.size()] == '\n')) {
        name_ = "rest";
        return dots.size();
      }
    std::size_t size = 0;
    while (size < rest.size() && is_word(rest[size])) ++size;
    const std::string_view all = rest.substr(0, size);
    const std::string low = lowered(all);
    const bool yours = low.starts_with("your-") || low.starts_with("your_") || low == "changeme" ||
                       low == "change_me" || low == "replace_me" || low == "replaceme";
    const std::size_t crosses = low.find("xxx");
    const bool open = crosses == 0 ? low.find_first_not_of('x') == std::string::npos
                                   : crosses != std::string::npos && low[crosses - 1] == '-';
    if (!yours && !open) return 0;
    name_ =
        variable_of(yours ? low.substr(std::min<std::size_t>(low.find_first_of("-_"), low.size()))
                          : low.substr(0, crosses) + "pod");
    return size;
  }

  std::string_view text_;
  std::string name_;
  std::vector<Placeholder> found_;
};

}  // namespace

std::vector<Placeholder> find_placeholders(std::string_view text) {
  return Finder(text).find();
}

std::string hidden(std::string_view text, const std::vector<Placeholder>& placeholders) {
  std::string out(text);
  for (const Placeholder& each : placeholders)
    for (std::size_t i = each.begin; i < each.end; ++i)
      if (!is_alnum(out[i])) out[i] = '_';
  return out;
}

}  // namespace drdrill::procedures
