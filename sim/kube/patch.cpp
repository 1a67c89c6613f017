#include "sim/kube/patch.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace drdrill::kube {
namespace {

Value* member_of(Value& object, std::string_view key) {
  for (Value::Member& m : object.members)
    if (m.key == key) return &m.value;
  return nullptr;
}

void remove_member(Value& object, std::string_view key) {
  std::erase_if(object.members, [&](const Value::Member& m) { return m.key == key; });
}

void put_member(Value& object, const std::string& key, Value value) {
  if (Value* found = member_of(object, key))
    *found = std::move(value);
  else
    object.members.push_back({key, {}, std::move(value)});
}

void become_object(Value& value) {
  if (value.kind == Value::Kind::object) return;
  value = Value();
  value.kind = Value::Kind::object;
}

/// Which member of the items of a list tells them apart; empty: the list is replaced as a whole.
std::string_view merge_key(std::string_view list, const Value& items) {
  constexpr std::array<std::string_view, 5> by_name{"containers", "initContainers",
                                                    "ephemeralContainers", "env", "volumes"};
  if (std::find(by_name.begin(), by_name.end(), list) != by_name.end()) return "name";
  if (list == "volumeMounts") return "mountPath";
  if (list == "topologySpreadConstraints") return "topologyKey";
  if (list == "conditions") return "type";
  if (list != "ports") return {};
  const bool container = !items.items.empty() && items.items.front().find("containerPort");
  return container ? "containerPort" : "port";
}

std::string scalar(const Value* v) {
  if (!v) return {};
  return v->kind == Value::Kind::integer ? std::to_string(v->integer) : v->text;
}

std::string shown(const Value& v) {
  std::string out;
  for (const Value::Member& m : v.members)
    out += (out.empty() ? "" : " ") + m.key + ":" + scalar(&m.value);
  return "map[" + out + "]";
}

std::optional<std::string> merge_list(Value& target, const Value& patch, std::string_view key) {
  std::vector<Value> fresh;
  for (const Value& item : patch.items) {
    const Value* id = item.find(key);
    if (!id)
      return "map: " + shown(item) + " does not contain declared merge key: " + std::string(key);
    const auto found = std::find_if(target.items.begin(), target.items.end(), [&](const Value& v) {
      return scalar(v.find(key)) == scalar(id);
    });
    const Value* directive = item.find("$patch");
    if (directive && directive->text == "delete") {
      if (found != target.items.end()) target.items.erase(found);
    } else if (found == target.items.end()) {
      fresh.push_back(item);
    } else if (auto refusal = strategic_patch(*found, item)) {
      return refusal;
    }
  }
  target.items.insert(target.items.begin(), fresh.begin(), fresh.end());
  return std::nullopt;
}

// --- RFC 6902 -----------------------------------------------------------------------------------

struct Place {
  Value* parent = nullptr;
  std::string key;
};

std::string unescape(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size())
      out += token[++i] == '1' ? '/' : '~';
    else
      out += token[i];
  }
  return out;
}

std::optional<std::size_t> position(const Value& array, const std::string& key, bool may_append) {
  if (key == "-" && may_append) return array.items.size();
  std::size_t out = 0;
  const auto parsed = std::from_chars(key.data(), key.data() + key.size(), out);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == key.data() + key.size();
  if (!whole || out > array.items.size() || (!may_append && out == array.items.size()))
    return std::nullopt;
  return out;
}

Value* child(Value& parent, const std::string& key) {
  if (parent.kind == Value::Kind::object) return member_of(parent, key);
  if (parent.kind != Value::Kind::array) return nullptr;
  const auto index = position(parent, key, false);
  return index ? &parent.items[*index] : nullptr;
}

Place place_of(Value& root, const std::string& path) {
  Place out{&root, ""};
  std::size_t start = 1;
  while (start <= path.size()) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    out.key = unescape(std::string_view(path).substr(start, end - start));
    if (end == path.size()) return out;
    out.parent = child(*out.parent, out.key);
    if (!out.parent) return {};
    start = end + 1;
  }
  return {};
}

bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind || a.items.size() != b.items.size() || a.members.size() != b.members.size())
    return false;
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!same(a.items[i], b.items[i])) return false;
  for (const Value::Member& m : a.members) {
    const Value* other = b.find(m.key);
    if (!other || !same(m.value, *other)) return false;
  }
  return a.boolean == b.boolean && scalar(&a) == scalar(&b);
}

bool add(const Place& at, const Value& value) {
  if (at.parent->kind == Value::Kind::object) {
    put_member(*at.parent, at.key, value);
    return true;
  }
  if (at.parent->kind != Value::Kind::array) return false;
  const auto index = position(*at.parent, at.key, true);
  if (index)
    at.parent->items.insert(at.parent->items.begin() + static_cast<std::ptrdiff_t>(*index), value);
  return index.has_value();
}

bool remove(const Place& at) {
  if (!child(*at.parent, at.key)) return false;
  if (at.parent->kind == Value::Kind::object) {
    remove_member(*at.parent, at.key);
    return true;
  }
  const auto index = *position(*at.parent, at.key, false);
  at.parent->items.erase(at.parent->items.begin() + static_cast<std::ptrdiff_t>(index));
  return true;
}

bool apply_operation(Value& target, const std::string& op, const std::string& path,
                     const Value* value) {
  const Place at = place_of(target, path);
  if (!at.parent) return false;
  if (op == "remove") return remove(at);
  if (!value) return false;
  if (op == "add") return add(at, *value);
  Value* found = child(*at.parent, at.key);
  if (!found) return false;
  if (op == "test") return same(*found, *value);
  if (op != "replace") return false;
  *found = *value;
  return true;
}

}  // namespace

void merge_patch(Value& target, const Value& patch) {
  if (patch.kind != Value::Kind::object) {
    target = patch;
    return;
  }
  become_object(target);
  for (const Value::Member& m : patch.members) {
    if (m.value.kind == Value::Kind::null) {
      remove_member(target, m.key);
      continue;
    }
    if (!member_of(target, m.key)) put_member(target, m.key, Value());
    merge_patch(*member_of(target, m.key), m.value);
  }
}

std::optional<std::string> strategic_patch(Value& target, const Value& patch) {
  become_object(target);
  const Value* directive = patch.find("$patch");
  if (directive && directive->text == "replace") target.members.clear();
  for (const Value::Member& m : patch.members) {
    if (m.key.starts_with("$")) continue;
    if (m.value.kind == Value::Kind::null) {
      remove_member(target, m.key);
      continue;
    }
    if (!member_of(target, m.key)) {
      Value empty;
      empty.kind = m.value.kind;
      put_member(target, m.key, std::move(empty));
    }
    Value& old = *member_of(target, m.key);
    const std::string_view key = merge_key(m.key, m.value);
    std::optional<std::string> refusal;
    if (m.value.kind == Value::Kind::object)
      refusal = strategic_patch(old, m.value);
    else if (m.value.kind == Value::Kind::array && !key.empty())
      refusal = merge_list(old, m.value, key);
    else
      old = m.value;
    if (refusal) return refusal;
  }
  return std::nullopt;
}

namespace {

std::string no_such_path(const std::string& op, const std::string& path) {
  return op + " operation does not apply: doc is missing path: " + path + ": missing value";
}

}  // namespace

std::optional<std::string> json_patch(Value& target, const Value& operations) {
  if (operations.kind != Value::Kind::array) return "json patch must be a list of operations";
  for (const Value& o : operations.items) {
    const std::string op = scalar(o.find("op"));
    const std::string path = scalar(o.find("path"));
    if (apply_operation(target, op, path, o.find("value"))) continue;
    if (op == "test") return "testing value " + path + " failed: test failed";
    return no_such_path(op, path);
  }
  return std::nullopt;
}

}  // namespace drdrill::kube
