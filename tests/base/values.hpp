#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/value.hpp"

/// Documents built in place, without a front end.
namespace drdrill::test {

inline Value of_kind(Value::Kind kind) {
  Value v;
  v.kind = kind;
  return v;
}

inline Value null() {
  return of_kind(Value::Kind::null);
}

inline Value boolean(bool b) {
  Value v = of_kind(Value::Kind::boolean);
  v.boolean = b;
  return v;
}

inline Value integer(std::int64_t i) {
  Value v = of_kind(Value::Kind::integer);
  v.integer = i;
  v.number = static_cast<double>(i);
  return v;
}

inline Value number(double d) {
  Value v = of_kind(Value::Kind::number);
  v.number = d;
  return v;
}

inline Value string(std::string text) {
  Value v = of_kind(Value::Kind::string);
  v.text = std::move(text);
  return v;
}

inline Value array(std::vector<Value> items) {
  Value v = of_kind(Value::Kind::array);
  v.items = std::move(items);
  return v;
}

/// The key of the nth member stands at line n, column 1, its value at column 10.
inline Value object(std::initializer_list<std::pair<std::string, Value>> members) {
  Value v = of_kind(Value::Kind::object);
  int line = 0;
  for (const auto& [key, value] : members) {
    v.members.push_back({key, {++line, 1}, value});
    v.members.back().value.at = {line, 10};
  }
  return v;
}

}  // namespace drdrill::test
