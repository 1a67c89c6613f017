#include "sim/kube/yaml_builder.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace drdrill::kube {
namespace {

bool is_integer(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  bool digit = false;
  bool point = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9')
      digit = true;
    else if (text[i] == '.' && !point)
      point = true;
    else
      break;
  }
  if (!digit) return false;
  if (i == text.size()) return true;
  return (text[i] == 'e' || text[i] == 'E') && is_integer(text.substr(i + 1));
}

std::optional<bool> boolean_of(std::string_view text) {
  for (std::string_view word : {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
    if (text == word) return true;
  for (std::string_view word : {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
    if (text == word) return false;
  return std::nullopt;
}

std::size_t size_of(const Value& value) {
  std::size_t out = 1;
  for (const Value& item : value.items) out += size_of(item);
  for (const Value::Member& member : value.members) out += size_of(member.value);
  return out;
}

std::size_t bytes_of(const Value& value) {
  std::size_t out = value.text.size();
  for (const Value& item : value.items) out += bytes_of(item);
  for (const Value::Member& member : value.members)
    out += member.key.size() + bytes_of(member.value);
  return out;
}

std::size_t depth_of(const Value& value) {
  std::size_t out = 0;
  for (const Value& item : value.items) out = std::max(out, depth_of(item));
  for (const Value::Member& member : value.members) out = std::max(out, depth_of(member.value));
  return out + 1;
}

}  // namespace

void type_plain(Value& value) {
  const std::string& text = value.text;
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    value.kind = Value::Kind::null;
  } else if (const auto truth = boolean_of(text)) {
    value.kind = Value::Kind::boolean;
    value.boolean = *truth;
  } else if (is_integer(text)) {
    const char* begin = text.data() + (text.front() == '+' ? 1 : 0);
    const auto parsed = std::from_chars(begin, text.data() + text.size(), value.integer);
    value.kind = parsed.ec == std::errc{} ? Value::Kind::integer : Value::Kind::string;
    value.number = static_cast<double>(value.integer);
  } else if (is_number(text)) {
    value.kind = Value::Kind::number;
    const char* begin = text.data() + (text.front() == '+' ? 1 : 0);
    const auto parsed = std::from_chars(begin, text.data() + text.size(), value.number);
    if (parsed.ec != std::errc{}) value.kind = Value::Kind::string;
  } else {
    value.kind = Value::Kind::string;
  }
}

void YamlBuilder::begin_document(Position at) {
  root_ = Value();
  root_.at = at;
  open_.clear();
  anchors_.clear();
  nodes_ = 0;
}

void YamlBuilder::end_document() {
  hand_over(std::move(root_));
  root_ = Value();
}

void YamlBuilder::hand_over(Value value) {
  if (!take_(std::move(value))) throw YamlEnough{};
}

void YamlBuilder::alias(Position at, std::size_t anchor) {
  if (++aliases_ > limits_.aliases) throw YamlRefused{at, "more aliases than allowed"};
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) throw YamlRefused{at, "an alias of something that contains it"};
  // Counted before the copy is made, so that a document cannot multiply itself.
  repeat(found->second.nodes, found->second.bytes, at);
  spend(found->second.nodes, at);
  if (open_.size() + found->second.depth > static_cast<std::size_t>(limits_.depth)) too_deep(at);
  Value copy = found->second.value;
  copy.at = at;
  attach(std::move(copy));
}

void YamlBuilder::open(Position at, Value::Kind kind, std::size_t anchor) {
  if (open_.size() >= static_cast<std::size_t>(limits_.depth)) too_deep(at);
  Open level;
  level.value.kind = kind;
  level.value.at = at;
  level.anchor = anchor;
  open_.push_back(std::move(level));
}

void YamlBuilder::close() {
  Open level = std::move(open_.back());
  open_.pop_back();
  add(std::move(level.value), level.anchor);
}

void YamlBuilder::too_deep(Position at) const {
  throw YamlRefused{at, "nested deeper than " + std::to_string(limits_.depth) + " levels"};
}

void YamlBuilder::spend(std::size_t nodes, Position at) {
  nodes_ += nodes;
  if (nodes_ > limits_.nodes)
    throw YamlRefused{at, "more than " + std::to_string(limits_.nodes) + " values"};
}

void YamlBuilder::repeat(std::size_t nodes, std::size_t bytes, Position at) {
  repeated_ += nodes;
  repeated_bytes_ += bytes;
  if (repeated_ > limits_.nodes)
    throw YamlRefused{at, "aliases make more than " + std::to_string(limits_.nodes) + " values"};
  if (repeated_bytes_ > limits_.alias_bytes)
    throw YamlRefused{at, "aliases make more than " + std::to_string(limits_.alias_bytes >> 20U) +
                              " MiB of text"};
}

void YamlBuilder::add(Value value, std::size_t anchor) {
  spend(1, value.at);
  if (anchor != 0) {
    const std::size_t nodes = size_of(value);
    const std::size_t bytes = bytes_of(value);
    repeat(nodes, bytes, value.at);
    spend(nodes, value.at);
    if (anchors_.size() >= limits_.aliases)
      throw YamlRefused{value.at, "more anchors than allowed"};
    anchors_.insert_or_assign(anchor, Anchor{value, nodes, bytes, depth_of(value)});
  }
  attach(std::move(value));
}

/// Does what is attached now stand in the `items` of a document that is split?
bool YamlBuilder::is_split_off() const {
  return split_ && open_.size() == 2 && open_[0].value.kind == Value::Kind::object &&
         open_[0].have_key && open_[0].key == "items" && open_[1].value.kind == Value::Kind::array;
}

void YamlBuilder::attach(Value value) {
  if (open_.empty()) {
    root_ = std::move(value);
    return;
  }
  if (is_split_off() && value.kind == Value::Kind::object) {
    nodes_ = 0;
    hand_over(std::move(value));
    return;
  }
  Open& level = open_.back();
  if (level.value.kind == Value::Kind::array)
    level.value.items.push_back(std::move(value));
  else if (!level.have_key)
    take_key(level, value);
  else
    take_value(level, std::move(value));
}

void YamlBuilder::take_key(Open& level, const Value& value) {
  if (value.kind == Value::Kind::array || value.kind == Value::Kind::object)
    throw YamlRefused{value.at, "a key must be a scalar"};
  const auto slot = level.slots.find(value.text);
  if (slot != level.slots.end() && slot->second.own)
    throw YamlRefused{value.at, "key \"" + value.text.substr(0, 60) + "\" appears twice"};
  level.have_key = true;
  level.key = value.text;
  level.key_at = value.at;
}

void YamlBuilder::take_value(Open& level, Value value) {
  level.have_key = false;
  if (level.key == "<<") return merge(level, std::move(value));
  put(level, {std::move(level.key), level.key_at, std::move(value)}, true);
}

void YamlBuilder::put(Open& level, Value::Member member, bool own) {
  auto& members = level.value.members;
  const auto [slot, fresh] = level.slots.try_emplace(member.key, Slot{members.size(), own});
  if (fresh) {
    members.push_back(std::move(member));
  } else if (own) {
    slot->second.own = true;
    members[slot->second.index] = std::move(member);
  }
}

/// "<<: *defaults": what the mapping says itself has precedence, then the first merged.
void YamlBuilder::merge(Open& level, Value value) {
  std::vector<Value> sources;
  if (value.kind == Value::Kind::array)
    sources = std::move(value.items);
  else
    sources.push_back(std::move(value));
  for (Value& source : sources)
    for (Value::Member& member : source.members) put(level, std::move(member), false);
}

}  // namespace drdrill::kube
