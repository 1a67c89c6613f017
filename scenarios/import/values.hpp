#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/value_builders.hpp"

/// Making values and looking into them; words. Internal to the importers.
namespace drdrill::importing {

Value text(std::string_view words);
Value share(double part);
Value object(std::initializer_list<std::pair<std::string_view, Value>> members = {});
Value texts(const std::vector<std::string>& all);
/// The text of a string member, or of a number as it was written; "" when there is none.
std::string text_at(const Value& value, std::string_view key);
/// The value at a path of keys, or null.
const Value* at_path(const Value& value, std::initializer_list<std::string_view> keys);
/// As a scalar was written: strings, numbers, booleans; "" for everything else.
std::string scalar_text(const Value& value);
/// Itself and everything in it, counted.
std::size_t size_of(const Value& value);

std::string lower(std::string_view text);
bool has(std::string_view text, std::string_view part);
bool has_any(std::string_view text, std::initializer_list<std::string_view> parts);
/// Does one of the words stand in it by itself, between anything that is no letter?
bool has_word(std::string_view text, std::initializer_list<std::string_view> words);
std::vector<std::string> split(std::string_view text, std::string_view separators);
std::string trimmed(std::string_view text);

}  // namespace drdrill::importing
