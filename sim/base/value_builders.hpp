#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/value.hpp"

/// Making values, for whoever writes documents.
namespace drdrill {

Value text_value(std::string text);
Value whole_value(std::int64_t number);  ///< with the text that it is written as
Value truth_value(bool is);
Value array_value(std::vector<Value> items = {});
Value object_value();
/// Replaces the member or adds it at the end.
void set(Value& object, std::string_view key, Value value);

}  // namespace drdrill
