#include "scenarios/import/values.hpp"

#include <algorithm>

namespace drdrill::importing {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

Value text(std::string_view words) {
  return text_value(std::string(words));
}

Value share(double part) {
  Value value;
  value.kind = Value::Kind::number;
  value.number = part;
  return value;
}

Value object(std::initializer_list<std::pair<std::string_view, Value>> members) {
  Value value = object_value();
  for (const auto& [key, member] : members) value.members.push_back({std::string(key), {}, member});
  return value;
}

Value texts(const std::vector<std::string>& all) {
  Value value = array_value();
  for (const std::string& one : all) value.items.push_back(text(one));
  return value;
}

std::string scalar_text(const Value& value) {
  if (!value.text.empty()) return value.text;
  if (value.kind == Value::Kind::integer) return std::to_string(value.integer);
  if (value.kind == Value::Kind::boolean) return value.boolean ? "true" : "false";
  return {};
}

std::string text_at(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found ? scalar_text(*found) : std::string();
}

const Value* at_path(const Value& value, std::initializer_list<std::string_view> keys) {
  const Value* at = &value;
  for (std::string_view key : keys) {
    at = at->find(key);
    if (!at) return nullptr;
  }
  return at;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return has(text, part); });
}

bool has_word(std::string_view text, std::initializer_list<std::string_view> words) {
  for (std::string_view word : words)
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + 1)) {
      const std::size_t end = at + word.size();
      const bool begins = at == 0 || !is_letter(text[at - 1]);
      if (begins && (end == text.size() || !is_letter(text[end]))) return true;
    }
  return false;
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> out;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find_first_of(separators, start), text.size());
    if (end > start) out.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::size_t size_of(const Value& value) {
  std::size_t out = 1;
  for (const Value& item : value.items) out += size_of(item);
  for (const Value::Member& member : value.members) out += size_of(member.value);
  return out;
}

}  // namespace drdrill::importing
