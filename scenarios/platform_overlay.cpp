#include "scenarios/platform_overlay.hpp"

#include <algorithm>
#include <string>

namespace drdrill {
namespace {

std::string text_at(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found && found->kind == Value::Kind::string ? found->text : std::string();
}

bool all_named(const Value& array) {
  return std::none_of(array.items.begin(), array.items.end(),
                      [](const Value& element) { return identity(element).empty(); });
}

}  // namespace

std::string identity(const Value& element) {
  if (element.kind != Value::Kind::object) return {};
  if (const Value* meta = element.find("metadata"))
    return text_at(element, "kind") + "/" + text_at(*meta, "namespace") + "/" +
           text_at(*meta, "name");
  const std::string name = text_at(element, "name");
  return name.empty() ? text_at(element, "id") : name;
}

Value overlay(const Value& base, const Value& over) {
  if (base.kind != over.kind) return over;
  if (base.kind == Value::Kind::object) {
    Value merged = base;
    for (const Value::Member& member : over.members) {
      const auto known = std::find_if(merged.members.begin(), merged.members.end(),
                                      [&](const auto& m) { return m.key == member.key; });
      if (known == merged.members.end())
        merged.members.push_back(member);
      else if (member.value.kind == Value::Kind::null)
        merged.members.erase(known);
      else
        known->value = overlay(known->value, member.value);
    }
    return merged;
  }
  if (base.kind != Value::Kind::array || !all_named(base) || !all_named(over)) return over;
  Value merged = base;
  for (const Value& element : over.items) {
    const auto known = std::find_if(merged.items.begin(), merged.items.end(), [&](const Value& m) {
      return identity(m) == identity(element);
    });
    if (known == merged.items.end())
      merged.items.push_back(element);
    else if (text_at(element, "$patch") == "delete")
      merged.items.erase(known);
    else
      *known = overlay(*known, element);
  }
  return merged;
}

}  // namespace drdrill
