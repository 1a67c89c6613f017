#include "sim/drill/shell_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace drdrill::shell {
namespace {

constexpr int deepest = 256;

void put_string(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    constexpr std::string_view special = "\"\\\n\r\t";
    constexpr std::string_view letters = "\"\\nrt";
    const std::size_t which = special.find(c);
    if (which == std::string_view::npos)
      out += c;
    else
      (out += '\\') += letters[which];
  }
  out += '"';
}

void put(const Value& value, bool compact, std::size_t level, std::string& out) {
  const auto line = [&](std::size_t deep) {
    if (!compact) out.append("\n").append(2 * deep, ' ');
  };
  switch (value.kind) {
    case Value::Kind::null:
      out += "null";
      return;
    case Value::Kind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case Value::Kind::integer:
    case Value::Kind::number:
      out += value.text;
      return;
    case Value::Kind::string:
      return put_string(value.text, out);
    case Value::Kind::array:
      if (value.items.empty()) {
        out += "[]";
        return;
      }
      out += '[';
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += ',';
        line(level + 1);
        put(value.items[i], compact, level + 1, out);
      }
      line(level);
      out += ']';
      return;
    case Value::Kind::object:
      if (value.members.empty()) {
        out += "{}";
        return;
      }
      out += '{';
      for (std::size_t i = 0; i < value.members.size(); ++i) {
        if (i > 0) out += ',';
        line(level + 1);
        put_string(value.members[i].key, out);
        out += compact ? ":" : ": ";
        put(value.members[i].value, compact, level + 1, out);
      }
      line(level);
      out += '}';
      return;
  }
}

}  // namespace

bool JsonText::at_end() {
  skip_space();
  return at_ == text_.size();
}

bool JsonText::value(Value& out, int depth) {
  skip_space();
  if (depth > deepest || at_ == text_.size()) return false;
  switch (text_[at_]) {
    case '{':
      return object(out, depth);
    case '[':
      return array(out, depth);
    case '"':
      out.kind = Value::Kind::string;
      return string(out.text);
    default:
      return word(out) || number(out);
  }
}

void JsonText::skip_space() {
  while (at_ < text_.size() &&
         std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
    ++at_;
}

bool JsonText::take(char c) {
  skip_space();
  if (at_ == text_.size() || text_[at_] != c) return false;
  ++at_;
  return true;
}

bool JsonText::object(Value& out, int depth) {
  out.kind = Value::Kind::object;
  take('{');
  if (take('}')) return true;
  do {
    Value::Member member;
    skip_space();
    if (at_ == text_.size() || text_[at_] != '"' || !string(member.key) || !take(':') ||
        !value(member.value, depth + 1))
      return false;
    out.members.push_back(std::move(member));
  } while (take(','));
  return take('}');
}

bool JsonText::array(Value& out, int depth) {
  out.kind = Value::Kind::array;
  take('[');
  if (take(']')) return true;
  do {
    if (!value(out.items.emplace_back(), depth + 1)) return false;
  } while (take(','));
  return take(']');
}

bool JsonText::string(std::string& out) {
  const std::size_t end = text_.find_first_of("\"\\", at_ + 1);
  if (end == std::string_view::npos) return false;
  out = std::string(text_.substr(at_ + 1, end - at_ - 1));
  at_ = end;
  while (at_ < text_.size() && text_[at_] != '"') {
    if (text_[at_] == '\\') {
      if (at_ + 1 >= text_.size()) return false;
      constexpr std::string_view letters = "nrtbf";
      constexpr std::string_view meant = "\n\r\t\b\f";
      const std::size_t which = letters.find(text_[at_ + 1]);
      if (text_[at_ + 1] == 'u') {
        out += text_.substr(at_, std::min<std::size_t>(6, text_.size() - at_));
        at_ += std::min<std::size_t>(4, text_.size() - at_ - 2);
      } else {
        out += which == std::string_view::npos ? text_[at_ + 1] : meant[which];
      }
      at_ += 2;
    } else {
      out += text_[at_++];
    }
  }
  if (at_ == text_.size()) return false;
  ++at_;
  return true;
}

bool JsonText::word(Value& out) {
  constexpr std::array<std::string_view, 3> words{"null", "true", "false"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!text_.substr(at_).starts_with(words[i])) continue;
    out.kind = i == 0 ? Value::Kind::null : Value::Kind::boolean;
    out.boolean = i == 1;
    at_ += words[i].size();
    return true;
  }
  return false;
}

bool JsonText::number(Value& out) {
  const std::size_t end = std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size());
  const std::string_view digits = text_.substr(at_, end - at_);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out.number);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size())
    return false;
  out.kind = Value::Kind::number;
  out.text = std::string(digits);
  at_ = end;
  return true;
}

void put_json(const Value& value, bool compact, std::string& out) {
  put(value, compact, 0, out);
}

}  // namespace drdrill::shell
