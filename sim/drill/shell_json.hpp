#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/base/value.hpp"

/// JSON as the text tools read and print it: kubectl's and curl's output, jq's literals.
namespace drdrill::shell {

/// Strict JSON values, one after the other.
class JsonText {
 public:
  explicit JsonText(std::string_view text) : text_(text) {}

  /// Is nothing but space left?
  bool at_end();
  /// Behind what was read; where it went wrong after a value that is none.
  std::size_t at() const { return at_; }
  /// The next value. A number keeps its digits as its text.
  bool value(Value& out, int depth = 0);

 private:
  void skip_space();
  bool take(char c);
  bool object(Value& out, int depth);
  bool array(Value& out, int depth);
  bool string(std::string& out);
  bool word(Value& out);
  bool number(Value& out);

  std::string_view text_;
  std::size_t at_ = 0;
};

/// As jq prints it: two spaces a level, or all in one line.
void put_json(const Value& value, bool compact, std::string& out);

}  // namespace drdrill::shell
