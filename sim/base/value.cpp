#include "sim/base/value.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace drdrill {
namespace {

/// Nothing when a "~" is followed by neither "0" nor "1".
std::optional<std::string> unescape(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return std::nullopt;
    out += token[i] == '1' ? '/' : '~';
  }
  return out;
}

const Value* element(const Value& array, std::string_view token) {
  if (token.size() > 1 && token.front() == '0') return nullptr;
  std::size_t index = 0;
  const auto parsed = std::from_chars(token.data(), token.data() + token.size(), index);
  if (parsed.ec != std::errc{} || parsed.ptr != token.data() + token.size()) return nullptr;
  return index < array.items.size() ? &array.items[index] : nullptr;
}

const Value* child(const Value& value, std::string_view token) {
  if (value.kind == Value::Kind::array) return element(value, token);
  const auto key = unescape(token);
  return key ? value.find(*key) : nullptr;
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  for (const Member& member : members)
    if (member.key == key) return &member.value;
  return nullptr;
}

std::string_view kind_name(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
      return "a boolean";
    case Value::Kind::integer:
      return "a whole number";
    case Value::Kind::number:
      return "a number";
    case Value::Kind::string:
      return "a string";
    case Value::Kind::array:
      return "an array";
    case Value::Kind::object:
      return "an object";
  }
  return "?";
}

std::string pointer_token(std::string_view key) {
  std::string out;
  for (char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

const Value* at_pointer(const Value& root, std::string_view pointer) {
  const Value* value = &root;
  while (!pointer.empty() && value) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::size_t slash = std::min(pointer.find('/'), pointer.size());
    value = child(*value, pointer.substr(0, slash));
    pointer.remove_prefix(slash);
  }
  return value;
}

}  // namespace drdrill
