#include <algorithm>
#include <array>
#include <cstdio>

#include "sim/kube/yaml.hpp"

namespace drdrill::kube {
namespace {

std::string number_text(double number) {
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.17g", number);
  return buffer.data();
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20) {
      std::array<char, 8> buffer{};
      std::snprintf(buffer.data(), buffer.size(), "\\u%04x", byte);
      out += buffer.data();
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string scalar_json(const Value& value) {
  switch (value.kind) {
    case Value::Kind::boolean:
      return value.boolean ? "true" : "false";
    case Value::Kind::integer:
      return std::to_string(value.integer);
    case Value::Kind::number:
      return number_text(value.number);
    case Value::Kind::string:
      return json_string(value.text);
    default:
      return "null";
  }
}

bool is_collection(const Value& value) {
  return value.kind == Value::Kind::array || value.kind == Value::Kind::object;
}

bool is_blank(const Value& value) {
  return value.items.empty() && value.members.empty();
}

void json(const Value& value, std::string& out, const std::string& indent) {
  if (!is_collection(value)) {
    out += scalar_json(value);
    return;
  }
  const bool array = value.kind == Value::Kind::array;
  if (is_blank(value)) {
    out += array ? "[]" : "{}";
    return;
  }
  const std::string inner = indent + "    ";
  out += array ? "[" : "{";
  const char* separator = "\n";
  for (const Value& item : value.items) {
    out.append(separator).append(inner);
    json(item, out, inner);
    separator = ",\n";
  }
  for (const Value::Member& member : value.members) {
    out.append(separator).append(inner).append(json_string(member.key)).append(": ");
    json(member.value, out, inner);
    separator = ",\n";
  }
  out.append("\n").append(indent).append(array ? "]" : "}");
}

/// Could a plain scalar be read as something else?
bool needs_quotes(const std::string& text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.back() == ':') return true;
  constexpr std::string_view special = "!&*-?|>@`\"'%{}[],#:=~";
  if (special.find(text.front()) != std::string_view::npos) return true;
  if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos) return true;
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    return true;
  return !plain_is_string(text);
}

std::string indented_block(const std::string& text, const std::string& indent) {
  std::string out = text.back() == '\n' ? "|" : "|-";
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    out += "\n";
    if (end > start) out += indent + text.substr(start, end - start);
    start = end + 1;
  }
  return out;
}

bool is_block(const std::string& text) {
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n';
  });
  return text.find('\n') != std::string::npos && !control && text.front() != ' ' &&
         text.front() != '\n' && !text.ends_with("\n\n");
}

std::string scalar_yaml(const Value& value, const std::string& indent) {
  if (value.kind != Value::Kind::string) return scalar_json(value);
  if (is_block(value.text)) return indented_block(value.text, indent);
  return needs_quotes(value.text) ? json_string(value.text) : value.text;
}

void yaml(const Value& value, std::string& out, const std::string& indent);

void yaml_member(const Value::Member& member, std::string& out, const std::string& indent) {
  Value key;
  key.kind = Value::Kind::string;
  key.text = member.key;
  out.append(scalar_yaml(key, "")).append(":");
  if (!is_collection(member.value)) {
    out.append(" ").append(scalar_yaml(member.value, indent + "  ")).append("\n");
  } else if (is_blank(member.value)) {
    out += member.value.kind == Value::Kind::array ? " []\n" : " {}\n";
  } else {
    out += "\n";
    // kubectl does not indent the items of a list.
    yaml(member.value, out, member.value.kind == Value::Kind::array ? indent : indent + "  ");
  }
}

void yaml(const Value& value, std::string& out, const std::string& indent) {
  for (const Value& item : value.items) {
    out.append(indent).append("- ");
    if (!is_collection(item) || is_blank(item)) {
      out += is_collection(item) ? (item.kind == Value::Kind::array ? "[]" : "{}")
                                 : scalar_yaml(item, indent + "  ");
      out += "\n";
      continue;
    }
    std::string inner;
    yaml(item, inner, indent + "  ");
    out += inner.substr(indent.size() + 2);
  }
  for (const Value::Member& member : value.members) {
    out += indent;
    yaml_member(member, out, indent);
  }
}

}  // namespace

std::string to_json(const Value& value) {
  std::string out;
  json(value, out, "");
  return out + "\n";
}

std::string to_yaml(const Value& value) {
  if (!is_collection(value)) return scalar_yaml(value, "") + "\n";
  if (is_blank(value)) return value.kind == Value::Kind::array ? "[]\n" : "{}\n";
  std::string out;
  yaml(value, out, "");
  return out;
}

}  // namespace drdrill::kube
