#include "scenarios/setting.hpp"

#include <charconv>

#include "scenarios/document.hpp"
#include "scenarios/files.hpp"

namespace drdrill {
namespace {

/// `id` or `name` of an array's element, "Service:redis" of a Kubernetes object, or "".
std::string name_of_item(const Value& item) {
  const auto text_at = [](const Value& value, std::string_view key) {
    const Value* found = value.find(key);
    return found && found->kind == Value::Kind::string ? found->text : std::string();
  };
  for (std::string_view key : {"id", "name"})
    if (std::string name = text_at(item, key); !name.empty()) return name;
  const Value* metadata = item.find("metadata");
  const std::string kind = text_at(item, "kind");
  const std::string name = metadata ? text_at(*metadata, "name") : std::string();
  return kind.empty() || name.empty() ? std::string() : kind + ":" + name;
}

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape = token[i] == '~' && i + 1 < token.size();
    if (escape) ++i;
    out += !escape ? token[i] : token[i] == '1' ? '/' : '~';
  }
  return out;
}

/// A step down the tree: the value and its own token, an index for an array's element.
struct Child {
  Value* value = nullptr;
  std::string token;
};

Child item_of(Value& array, const std::string& token) {
  std::size_t index = 0;
  const auto parsed = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool is_index = parsed.ec == std::errc{} && parsed.ptr == token.data() + token.size();
  if (is_index && index < array.items.size()) return {&array.items[index], token};
  for (std::size_t i = 0; i < array.items.size(); ++i)
    if (name_of_item(array.items[i]) == token) return {&array.items[i], std::to_string(i)};
  return {};
}

Child child_of(Value& value, const std::string& token) {
  if (value.kind == Value::Kind::array) return item_of(value, token);
  for (Value::Member& member : value.members)
    if (member.key == token) return {&member.value, pointer_token(token)};
  return {};
}

std::vector<std::string> names_in(const Value& value) {
  std::vector<std::string> names;
  for (const Value::Member& member : value.members) names.push_back(member.key);
  for (const Value& item : value.items)
    if (std::string name = name_of_item(item); !name.empty()) names.push_back(std::move(name));
  return names;
}

/// The part of a problem's message that says why `token` leads nowhere from `value`.
std::string dead_end(const Value& value, const std::string& token) {
  const std::vector<std::string> names = names_in(value);
  if (value.kind == Value::Kind::array)
    return "there is no element \"" + token + "\" in an array of " +
           std::to_string(value.items.size()) + suggestion(token, views(names));
  if (value.kind == Value::Kind::object)
    return "there is no \"" + token + "\" to set something in" + suggestion(token, views(names));
  return "\"" + token + "\" cannot be in " + std::string(kind_name(value.kind));
}

/// The pointer of what was set; nothing when it leads nowhere.
std::optional<std::string> apply(Value& root, const Setting& setting, Problems& problems) {
  const auto refuse = [&](std::string message) {
    problems.add({spelled(setting), {}, {}, std::move(message)});
    return std::nullopt;
  };
  if (setting.pointer.size() < 2 || setting.pointer.front() != '/')
    return refuse("expected a JSON pointer such as /horizon");
  Value* value = &root;
  std::string pointer;
  std::string_view rest = setting.pointer;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto slash = std::min(rest.find('/'), rest.size());
    const std::string token = unescaped(rest.substr(0, slash));
    rest.remove_prefix(slash);
    Child next = child_of(*value, token);
    if (!next.value && rest.empty() && value->kind == Value::Kind::object) {
      value->members.push_back({token, {}, {}});
      next = {&value->members.back().value, pointer_token(token)};
    }
    if (!next.value) return refuse(dead_end(*value, token));
    value = next.value;
    pointer += "/" + next.token;
  }
  *value = value_of(setting);
  return pointer;
}

}  // namespace

std::optional<Setting> parse_setting(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals < 2 || text.front() != '/') return std::nullopt;
  return Setting{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)), {}};
}

std::string spelled(const Setting& setting) {
  return std::string(setting.option) + " " +
         (setting.given.empty() ? setting.pointer : setting.given) + "=" +
         setting.value.substr(0, 60);
}

Value value_of(const Setting& setting) {
  Problems no_json;
  if (auto parsed = parse_json(setting.value, {}, no_json); parsed && no_json.empty()) {
    // A number is known as it was written: 1.30 is a release of Kubernetes, and not 1.3.
    const bool number = parsed->kind == Value::Kind::integer || parsed->kind == Value::Kind::number;
    if (number) parsed->text = setting.value;
    // Positions inside of an argument mean nothing to anybody.
    std::vector<Value*> open{&*parsed};
    while (!open.empty()) {
      Value& value = *open.back();
      open.pop_back();
      value.at = {};
      for (Value& item : value.items) open.push_back(&item);
      for (Value::Member& member : value.members) {
        member.at = {};
        open.push_back(&member.value);
      }
    }
    return *parsed;
  }
  Value text;
  text.kind = Value::Kind::string;
  text.text = setting.value;
  return text;
}

const Value* find_value(const Value& root, std::string_view pointer) {
  const Value* value = &root;
  while (!pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const auto slash = std::min(pointer.find('/'), pointer.size());
    // Looking changes nothing.
    value = child_of(const_cast<Value&>(*value), unescaped(pointer.substr(0, slash))).value;
    if (!value) return nullptr;
    pointer.remove_prefix(slash);
  }
  return value;
}

std::optional<Setting> inside(const Setting& setting, std::string_view prefix) {
  if (!setting.pointer.starts_with(prefix)) return std::nullopt;
  std::string rest = setting.pointer.substr(prefix.size());
  if (rest.empty() || rest.front() != '/') return std::nullopt;
  return Setting{std::move(rest), setting.value,
                 setting.given.empty() ? setting.pointer : setting.given, setting.option};
}

std::vector<Setting> apply_settings(Value& root, std::span<const Setting> settings,
                                    Problems& problems) {
  std::vector<Setting> applied;
  for (const Setting& setting : settings)
    if (auto pointer = apply(root, setting, problems))
      applied.push_back({std::move(*pointer), setting.value,
                         setting.given.empty() ? setting.pointer : setting.given, setting.option});
  return applied;
}

void add_with_settings(const Problems& found, std::span<const Setting> applied,
                       Problems& problems) {
  for (Problem problem : found.all()) {
    for (const Setting& setting : applied) {
      const bool there =
          problem.pointer == setting.pointer || problem.pointer.starts_with(setting.pointer + "/");
      if (problem.at.line == 0 && there) {
        problem = {spelled(setting), {}, {}, problem.message};
        break;
      }
    }
    problems.add(std::move(problem));
  }
}

}  // namespace drdrill
