#include "sim/kube/jsonpath.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "sim/kube/yaml.hpp"

namespace drdrill::kube {
namespace {

struct Failure {
  std::string message;
  bool parsing = false;
};

using Found = std::vector<const Value*>;

struct Segment {
  bool expression = false;
  std::string text;  ///< literal text, or what stands between the braces
};

std::vector<Segment> split_template(std::string_view text) {
  std::vector<Segment> out;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] != '{') {
      const std::size_t end = std::min(text.find('{', at), text.size());
      out.push_back({false, std::string(text.substr(at, end - at))});
      at = end;
      continue;
    }
    std::size_t end = at + 1;
    char quote = 0;
    while (end < text.size() && (quote != 0 || text[end] != '}')) {
      if (quote != 0 && text[end] == '\\' && end + 1 < text.size())
        ++end;
      else if (quote != 0 ? text[end] == quote : (text[end] == '\'' || text[end] == '"'))
        quote = quote != 0 ? '\0' : text[end];
      ++end;
    }
    const std::string_view inner = text.substr(at + 1, std::min(end, text.size()) - at - 1);
    if (end >= text.size()) {
      const bool array = inner.rfind('[') != std::string_view::npos &&
                         inner.find(']', inner.rfind('[')) == std::string_view::npos;
      throw Failure{array ? "unterminated array" : "unclosed action", true};
    }
    out.push_back({true, std::string(inner)});
    at = end + 1;
  }
  return out;
}

std::string scalar_text(const Value& v) {
  if (v.kind == Value::Kind::string) return v.text;
  if (v.kind == Value::Kind::null) return "";
  std::string json = to_json(v);
  json.pop_back();
  if (v.kind != Value::Kind::array && v.kind != Value::Kind::object) return json;
  // Compact, as kubectl prints collections: drop the line breaks and indents of to_json.
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"' && (i == 0 || json[i - 1] != '\\')) in_string = !in_string;
    if (!in_string && (json[i] == '\n' || json[i] == ' ')) continue;
    out += json[i];
  }
  return out;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i] == 'r' ? '\r' : text[i];
  }
  return out;
}

bool is_quoted(std::string_view text) {
  return text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
         text.back() == text.front();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<int> number(std::string_view text) {
  int out = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return out;
}

void add_children(const Value& v, Found& out) {
  for (const Value& item : v.items) out.push_back(&item);
  for (const Value::Member& m : v.members) out.push_back(&m.value);
}

void add_named_below(const Value& v, std::string_view name, Found& out) {
  if (const Value* found = v.find(name)) out.push_back(found);
  for (const Value& item : v.items) add_named_below(item, name, out);
  for (const Value::Member& m : v.members) add_named_below(m.value, name, out);
}

class Path {
 public:
  explicit Path(std::string_view text) : text_(trimmed(text)) {}

  Found walk(const Value& start) {
    Found now{&start};
    if (!text_.empty() && (text_[at_] == '$' || text_[at_] == '@')) ++at_;
    while (at_ < text_.size()) now = step(now);
    return now;
  }

 private:
  Found step(const Found& now) {
    if (text_[at_] == '[') return bracket(now);
    const bool deep = text_.substr(at_).starts_with("..");
    if (text_[at_] == '.') at_ += deep ? 2 : 1;
    if (at_ < text_.size() && text_[at_] == '[') return bracket(now);
    return field(now, word(), deep);
  }

  std::string word() {
    std::string out;
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != '.' && text_[at_] != '[') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_++];
    }
    if (at_ == start && at_ < text_.size() && text_[at_] != '[')
      throw Failure{"unexpected " + std::string(1, text_[at_]), true};
    return out;
  }

  static Found field(const Found& now, const std::string& name, bool deep) {
    Found out;
    for (const Value* v : now) {
      if (name.empty())
        out.push_back(v);
      else if (name == "*")
        add_children(*v, out);
      else if (deep)
        add_named_below(*v, name, out);
      else if (const Value* found = v->find(name))
        out.push_back(found);
    }
    return out;
  }

  Found bracket(const Found& now) {
    const std::size_t end = closing();
    const std::string_view inner = trimmed(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    if (inner.starts_with("?(") && inner.ends_with(")"))
      return filter(now, trimmed(inner.substr(2, inner.size() - 3)));
    if (is_quoted(inner)) return field(now, std::string(inner.substr(1, inner.size() - 2)), false);
    if (inner == "*") return field(now, "*", false);
    return elements(now, inner);
  }

  std::size_t closing() const {
    char quote = 0;
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (quote != 0 ? text_[i] == quote : (text_[i] == '\'' || text_[i] == '"'))
        quote = quote != 0 ? '\0' : text_[i];
      else if (quote == 0 && text_[i] == ']')
        return i;
    }
    throw Failure{"unterminated array", true};
  }

  static Found elements(const Found& now, std::string_view inner) {
    Found out;
    for (const Value* v : now) {
      if (v->kind != Value::Kind::array) continue;
      const int length = static_cast<int>(v->items.size());
      std::size_t start = 0;
      while (start <= inner.size()) {
        const std::size_t end = std::min(inner.find(',', start), inner.size());
        add_range(*v, trimmed(inner.substr(start, end - start)), length, out);
        start = end + 1;
      }
    }
    return out;
  }

  static void add_range(const Value& v, std::string_view part, int length, Found& out) {
    const std::size_t colon = part.find(':');
    if (colon == std::string_view::npos) {
      const auto index = number(part);
      if (!index) throw Failure{"invalid array index " + std::string(part), true};
      const int real = *index < 0 ? length + *index : *index;
      if (real < 0 || real >= length)
        throw Failure{"array index out of bounds: index " + std::to_string(*index) + ", length " +
                      std::to_string(length)};
      out.push_back(&v.items[static_cast<std::size_t>(real)]);
      return;
    }
    const auto from = number(part.substr(0, colon)).value_or(0);
    const auto to = number(part.substr(colon + 1)).value_or(length);
    const int first = std::clamp(from < 0 ? length + from : from, 0, length);
    const int last = std::clamp(to < 0 ? length + to : to, 0, length);
    for (int i = first; i < last; ++i) out.push_back(&v.items[static_cast<std::size_t>(i)]);
  }

  static Found filter(const Found& now, std::string_view condition) {
    Found out;
    for (const Value* v : now) {
      Found children;
      add_children(*v, children);
      for (const Value* child : children)
        if (holds(*child, condition)) out.push_back(child);
    }
    return out;
  }

  static std::string side(const Value& item, std::string_view text) {
    text = trimmed(text);
    if (is_quoted(text)) return std::string(text.substr(1, text.size() - 2));
    if (!text.starts_with("@")) return std::string(text);
    const Found found = Path(text).walk(item);
    return found.empty() ? std::string() : scalar_text(*found.front());
  }

  static bool holds(const Value& item, std::string_view condition) {
    for (std::string_view op : {"==", "!=", "<=", ">=", "<", ">"}) {
      const std::size_t at = condition.find(op);
      if (at == std::string_view::npos) continue;
      const std::string left = side(item, condition.substr(0, at));
      const std::string right = side(item, condition.substr(at + op.size()));
      if (op == "==") return left == right;
      if (op == "!=") return left != right;
      const auto a = number(left);
      const auto b = number(right);
      if (!a || !b) return false;
      if (op == "<=") return *a <= *b;
      if (op == ">=") return *a >= *b;
      return op == "<" ? *a < *b : *a > *b;
    }
    return !Path(condition).walk(item).empty();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Template {
 public:
  explicit Template(std::string_view text) : segments_(split_template(text)) {}

  std::string print(const Value& root) {
    std::string out;
    run(0, segments_.size(), root, out);
    return out;
  }

 private:
  static std::string_view inner(const Segment& s) { return trimmed(s.text); }
  static bool is_range(const Segment& s) {
    return s.expression && (inner(s) == "range" || inner(s).starts_with("range "));
  }
  static bool is_end(const Segment& s) { return s.expression && inner(s) == "end"; }

  /// The end that closes the range at `from`, or segments_.size().
  std::size_t matching_end(std::size_t from, std::size_t last) const {
    int depth = 0;
    for (std::size_t i = from; i < last; ++i) {
      if (is_range(segments_[i])) ++depth;
      if (is_end(segments_[i]) && --depth == 0) return i;
    }
    return last;
  }

  void run(std::size_t first, std::size_t last, const Value& root, std::string& out) {
    for (std::size_t i = first; i < last; ++i) {
      const Segment& s = segments_[i];
      if (is_range(s)) {
        const std::size_t end = matching_end(i, last);
        for (const Value* item : Path(inner(s).substr(5)).walk(root)) run(i + 1, end, *item, out);
        // kubectl goes on behind the range itself when it has no end.
        if (end < last) i = end;
      } else if (is_end(s)) {
        throw Failure{"not in range, nothing to end"};
      } else {
        print_segment(s, root, out);
      }
    }
  }

  static void print_segment(const Segment& s, const Value& root, std::string& out) {
    if (!s.expression) {
      out += s.text;
    } else if (is_quoted(inner(s))) {
      out += unescape(inner(s).substr(1, inner(s).size() - 2));
    } else {
      const char* separator = "";
      for (const Value* v : Path(inner(s)).walk(root)) {
        out += separator + scalar_text(*v);
        separator = " ";
      }
    }
  }

  std::vector<Segment> segments_;
};

}  // namespace

JsonPathResult evaluate_jsonpath(std::string_view path_template, const Value& root) {
  try {
    return {true, Template(path_template).print(root)};
  } catch (const Failure& f) {
    const std::string text(path_template);
    if (f.parsing) return {false, "error: error parsing jsonpath " + text + ", " + f.message};
    return {false, "error: error executing jsonpath \"" + text +
                       "\": Error executing template: " + f.message +
                       ". Printing more information for debugging the template:\n"
                       "\ttemplate was:\n\t\t" +
                       text};
  }
}

}  // namespace drdrill::kube
