#include "sim/kube/yaml.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace drdrill::kube {
namespace {

Position position(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

struct Refused {
  Position at;
  std::string message;
};

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

/// A plain scalar as kubectl's YAML library types it. Quoted scalars never get here.
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

std::size_t size_of(const Value& value) {
  std::size_t out = 1;
  for (const Value& item : value.items) out += size_of(item);
  for (const Value::Member& member : value.members) out += size_of(member.value);
  return out;
}

std::size_t depth_of(const Value& value) {
  std::size_t out = 0;
  for (const Value& item : value.items) out = std::max(out, depth_of(item));
  for (const Value::Member& member : value.members) out = std::max(out, depth_of(member.value));
  return out + 1;
}

/// Builds one document from yaml-cpp's events; throws Refused at the first limit it meets.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(const YamlLimits& limits) : limits_(limits) {}

  Value take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    root_ = Value();
    root_.at = position(mark);
    open_.clear();
    anchors_.clear();
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Value value;
    value.at = position(mark);
    add(std::move(value), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    Value value;
    value.at = position(mark);
    value.text = text;
    value.kind = Value::Kind::string;
    if (tag == "?" || tag.empty()) type_plain(value);
    add(std::move(value), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (++aliases_ > limits_.aliases) throw Refused{position(mark), "more aliases than allowed"};
    const Anchor* found = nullptr;
    for (const Anchor& a : anchors_)
      if (a.id == anchor) found = &a;
    if (!found) throw Refused{position(mark), "an alias of something that contains it"};
    // Counted before the copy is made, so that a document cannot multiply itself.
    spend(found->nodes, position(mark));
    if (open_.size() + found->depth > static_cast<std::size_t>(limits_.depth)) too_deep(mark);
    Value copy = found->value;
    attach(std::move(copy), position(mark), false);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, Value::Kind::array, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, Value::Kind::object, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Anchor {
    YAML::anchor_t id;
    Value value;
    std::size_t nodes;
    std::size_t depth;
  };
  /// Where a key's member is, and whether the mapping itself said it or a merge brought it.
  struct Slot {
    std::size_t index;
    bool own;
  };
  struct Open {
    Value value;
    YAML::anchor_t anchor;
    bool have_key = false;
    std::string key;
    Position key_at;
    std::map<std::string, Slot, std::less<>> slots;
  };

  [[noreturn]] void too_deep(const YAML::Mark& mark) const {
    throw Refused{position(mark),
                  "nested deeper than " + std::to_string(limits_.depth) + " levels"};
  }

  void spend(std::size_t nodes, Position at) {
    nodes_ += nodes;
    if (nodes_ > limits_.nodes)
      throw Refused{at, "more than " + std::to_string(limits_.nodes) + " values"};
  }

  void open(const YAML::Mark& mark, Value::Kind kind, YAML::anchor_t anchor) {
    if (open_.size() >= static_cast<std::size_t>(limits_.depth)) too_deep(mark);
    Open level;
    level.value.kind = kind;
    level.value.at = position(mark);
    level.anchor = anchor;
    open_.push_back(std::move(level));
  }

  void close() {
    Open level = std::move(open_.back());
    open_.pop_back();
    add(std::move(level.value), level.anchor);
  }

  void add(Value value, YAML::anchor_t anchor) {
    spend(1, value.at);
    if (anchor != YAML::NullAnchor) {
      const std::size_t nodes = size_of(value);
      spend(nodes, value.at);
      if (anchors_.size() >= limits_.aliases) throw Refused{value.at, "more anchors than allowed"};
      anchors_.push_back({anchor, value, nodes, depth_of(value)});
    }
    const Position at = value.at;
    attach(std::move(value), at, true);
  }

  void attach(Value value, Position at, bool keep_own_position) {
    if (!keep_own_position) value.at = at;
    if (open_.empty()) {
      root_ = std::move(value);
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

  static void take_key(Open& level, const Value& value) {
    if (value.kind == Value::Kind::array || value.kind == Value::Kind::object)
      throw Refused{value.at, "a key must be a scalar"};
    const auto slot = level.slots.find(value.text);
    if (slot != level.slots.end() && slot->second.own)
      throw Refused{value.at, "key \"" + value.text.substr(0, 60) + "\" appears twice"};
    level.have_key = true;
    level.key = value.text;
    level.key_at = value.at;
  }

  void take_value(Open& level, Value value) {
    level.have_key = false;
    if (level.key == "<<") return merge(level, std::move(value));
    put(level, {std::move(level.key), level.key_at, std::move(value)}, true);
  }

  static void put(Open& level, Value::Member member, bool own) {
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
  static void merge(Open& level, Value value) {
    std::vector<Value> sources;
    if (value.kind == Value::Kind::array)
      sources = std::move(value.items);
    else
      sources.push_back(std::move(value));
    for (Value& source : sources)
      for (Value::Member& member : source.members) put(level, std::move(member), false);
  }

  const YamlLimits limits_;
  Value root_;
  std::vector<Open> open_;
  std::vector<Anchor> anchors_;
  std::size_t nodes_ = 0;
  std::size_t aliases_ = 0;
};

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80U) return false;
    i += length;
  }
  return true;
}

std::string grouped(std::size_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

}  // namespace

bool plain_is_string(std::string_view text) {
  Value value;
  value.text = text;
  type_plain(value);
  return value.kind == Value::Kind::string;
}

std::vector<Value> parse_yaml_documents(std::string_view text, std::string file, Problems& problems,
                                        const YamlLimits& limits) {
  std::vector<Value> out;
  const auto refuse = [&](Position at, std::string message) {
    problems.add({file, at, "", std::move(message)});
  };
  if (text.size() > limits.bytes) {
    refuse({}, "larger than " + grouped(limits.bytes));
    return out;
  }
  if (!is_utf8(text)) {
    refuse({}, "not UTF-8");
    return out;
  }
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    Builder builder(limits);
    while (parser.HandleNextDocument(builder)) {
      Value document = builder.take();
      if (document.kind != Value::Kind::null) out.push_back(std::move(document));
    }
  } catch (const Refused& r) {
    refuse(r.at, r.message);
  } catch (const YAML::Exception& e) {
    refuse(position(e.mark), "no YAML: " + e.msg);
  }
  return out;
}

std::optional<Value> parse_yaml(std::string_view text, std::string file, Problems& problems,
                                const YamlLimits& limits) {
  const std::size_t before = problems.count();
  auto documents = parse_yaml_documents(text, file, problems, limits);
  if (problems.count() != before) return std::nullopt;
  if (documents.empty()) return Value();
  if (documents.size() > 1) {
    problems.add({std::move(file), documents[1].at, "", "a second document; expected one"});
    return std::nullopt;
  }
  return std::move(documents.front());
}

}  // namespace drdrill::kube
