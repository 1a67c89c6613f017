#include "sim/base/value_builders.hpp"

#include <utility>

namespace drdrill {
namespace {

Value of_kind(Value::Kind kind) {
  Value value;
  value.kind = kind;
  return value;
}

}  // namespace

Value text_value(std::string text) {
  Value value = of_kind(Value::Kind::string);
  value.text = std::move(text);
  return value;
}

Value whole_value(std::int64_t number) {
  Value value = of_kind(Value::Kind::integer);
  value.integer = number;
  value.number = static_cast<double>(number);
  value.text = std::to_string(number);
  return value;
}

Value truth_value(bool is) {
  Value value = of_kind(Value::Kind::boolean);
  value.boolean = is;
  return value;
}

Value array_value(std::vector<Value> items) {
  Value value = of_kind(Value::Kind::array);
  value.items = std::move(items);
  return value;
}

Value object_value() {
  return of_kind(Value::Kind::object);
}

void set(Value& object, std::string_view key, Value value) {
  for (Value::Member& member : object.members)
    if (member.key == key) {
      member.value = std::move(value);
      return;
    }
  constexpr std::size_t usual = 4;  // members, so that few objects grow in steps
  if (object.members.empty()) object.members.reserve(usual);
  object.members.push_back({std::string(key), {}, std::move(value)});
}

}  // namespace drdrill
