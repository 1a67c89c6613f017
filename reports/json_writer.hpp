#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/base/time.hpp"

/// JSON as text, in the order in which it is said. The same calls give the same bytes everywhere:
/// doubles are printed in the shortest form that reads back as the same double, durations as exact
/// decimal seconds, strings as valid UTF-8.
namespace drdrill::reports {

class JsonWriter {
 public:
  /// How the members of an array or object are set out.
  enum class Layout {
    lines,    ///< each on a line of its own
    one_line  ///< all on one, with everything inside them
  };

  JsonWriter& begin_object(Layout layout = Layout::lines);
  JsonWriter& end_object();
  JsonWriter& begin_array(Layout layout = Layout::lines);
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view text);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& natural(std::uint64_t value);
  JsonWriter& number(double value);  ///< null when it is not finite
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& seconds(Duration value);
  JsonWriter& seconds(const std::optional<Duration>& value);  ///< null when absent
  JsonWriter& boolean(const std::optional<bool>& value);      ///< null when absent

  /// The finished document, with a line break at its end. Every begin must have had its end.
  std::string take();

 private:
  void separate();
  void open(char bracket, Layout layout);
  void close(char bracket);
  void line_break();

  std::string out_;
  std::size_t depth_ = 0;
  std::size_t flat_from_ = 0;  ///< depth at which a one_line value began; 0: none
  bool first_ = true;          ///< nothing was written yet inside the innermost bracket
  bool after_key_ = false;
};

}  // namespace drdrill::reports
