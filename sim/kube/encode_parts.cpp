#include <algorithm>
#include <array>

#include "sim/kube/manifest_parts.hpp"

namespace drdrill::kube::parts {

void set_text(Value& object, std::string_view key, const std::string& text) {
  if (!text.empty()) set(object, key, text_value(text));
}

void set_labels(Value& object, std::string_view key, const Labels& labels) {
  if (!labels.empty()) set(object, key, labels_value(labels));
}

Value strings_value(const std::vector<std::string>& strings) {
  Value out = array_value();
  for (const std::string& s : strings) out.items.push_back(text_value(s));
  return out;
}

Value labels_value(const Labels& labels) {
  Value out = object_value();
  out.members.reserve(labels.size());
  for (const Label& l : labels) set(out, l.key, text_value(l.value));
  return out;
}

Value scalar_value(const std::string& text) {
  const bool number =
      !text.empty() && text.size() < 10 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return number ? whole_value(std::stoll(text)) : text_value(text);
}

Value selector_value(const Selector& selector) {
  static constexpr std::array<const char*, 6> ops{"In",           "NotIn", "Exists",
                                                  "DoesNotExist", "Gt",    "Lt"};
  Value labels = object_value();
  Value expressions = array_value();
  for (const Requirement& r : selector.requirements) {
    if (r.op == Requirement::Op::in && r.values.size() == 1) {
      set(labels, r.key, text_value(r.values.front()));
      continue;
    }
    Value e = object_value();
    set_text(e, "key", r.key);
    set_text(e, "operator", ops[static_cast<std::size_t>(r.op)]);
    if (!r.values.empty()) set(e, "values", strings_value(r.values));
    expressions.items.push_back(std::move(e));
  }
  Value out = object_value();
  if (!labels.members.empty()) set(out, "matchLabels", std::move(labels));
  if (!expressions.items.empty()) set(out, "matchExpressions", std::move(expressions));
  return out;
}

}  // namespace drdrill::kube::parts
