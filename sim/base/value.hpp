#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/problem.hpp"

/// A document (JSON or YAML) as a tree that remembers where each thing stood, so that every message
/// and every parameter can name its line. Front ends build it; Reader (reader.hpp) takes it apart.
namespace drdrill {

struct Value {
  enum class Kind { null, boolean, integer, number, string, array, object };
  struct Member;

  Kind kind = Kind::null;
  Position at;
  bool boolean = false;
  bool literal = false;  ///< YAML's "|": its lines are lines of the file, from the one after `at`
  std::int64_t integer = 0;     ///< kind integer
  double number = 0;            ///< kinds integer and number
  std::string text;             ///< kind string; for YAML scalars also as written
  std::vector<Value> items;     ///< kind array
  std::vector<Member> members;  ///< kind object, in the order of the file, keys unique

  /// Null when this is no object or has no such member.
  const Value* find(std::string_view key) const;
};

struct Value::Member {
  std::string key;
  Position at;  ///< of the key
  Value value;
};

/// "an object", "a string", …
std::string_view kind_name(Value::Kind kind);

/// Escapes one reference token of a JSON pointer ("~" and "/").
std::string pointer_token(std::string_view key);

/// The value that the JSON pointer (RFC 6901) names, or null: also when the pointer is ill-formed.
/// An index has no leading zero; the "-" behind the last element names nothing.
const Value* at_pointer(const Value& root, std::string_view pointer);

}  // namespace drdrill
