#include <array>
#include <charconv>

#include "scenarios/import/kubernetes.hpp"

namespace drdrill {
namespace {

constexpr std::size_t widest = 110;

std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out.append(1, '\\').append(1, c);
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20)
      out.append("\\u00").append(1, digits[byte >> 4]).append(1, digits[byte & 15U]);
    else
      out += c;
  }
  return out + "\"";
}

std::string scalar(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
      return value.boolean ? "true" : "false";
    case Value::Kind::integer:
      return std::to_string(value.integer);
    case Value::Kind::number: {
      std::array<char, 32> out{};
      const auto end = std::to_chars(out.data(), out.data() + out.size(), value.number).ptr;
      return {out.data(), end};
    }
    default:
      return quoted(value.text);
  }
}

/// On one line, or nothing when that is longer than `room`.
bool flat(const Value& value, std::size_t room, std::string& out) {
  const std::size_t start = out.size();
  const bool is_array = value.kind == Value::Kind::array;
  if (!is_array && value.kind != Value::Kind::object) {
    out += scalar(value);
    return out.size() - start <= room;
  }
  out += is_array ? "[" : "{";
  bool first = true;
  const auto next = [&](const Value& inside) {
    const std::size_t used = out.size() - start;
    return used <= room && flat(inside, room - used, out);
  };
  for (const Value& item : value.items) {
    if (!first) out += ", ";
    first = false;
    if (!next(item)) return false;
  }
  for (const Value::Member& member : value.members) {
    if (!first) out += ", ";
    first = false;
    out += quoted(member.key) + ": ";
    if (!next(member.value)) return false;
  }
  out += is_array ? "]" : "}";
  return out.size() - start <= room;
}

void write(const Value& value, std::size_t indent, std::size_t used, std::string& out) {
  const bool is_array = value.kind == Value::Kind::array;
  if (!is_array && value.kind != Value::Kind::object) {
    out += scalar(value);
    return;
  }
  const std::size_t before = out.size();
  if (indent > 0 && used < widest && flat(value, widest - used, out)) return;
  out.resize(before);
  const std::string margin(indent + 2, ' ');
  out += is_array ? "[" : "{";
  bool first = true;
  for (const Value& item : value.items) {
    out += (first ? "\n" : ",\n") + margin;
    first = false;
    write(item, indent + 2, indent + 2, out);
  }
  for (const Value::Member& member : value.members) {
    const std::string key = quoted(member.key) + ": ";
    out += (first ? "\n" : ",\n") + margin + key;
    first = false;
    write(member.value, indent + 2, indent + 2 + key.size(), out);
  }
  if (!first) out += "\n" + std::string(indent, ' ');
  out += is_array ? "]" : "}";
}

}  // namespace

std::string platform_text(const Value& platform) {
  std::string out;
  write(platform, 0, 0, out);
  return out + "\n";
}

}  // namespace drdrill
