#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "sim/base/time.hpp"

/// Comma-separated values as RFC 4180 has them, for spreadsheets: one line a row, the first one the
/// names. What is not there (undefined, never, no target) is empty.
namespace drdrill::reports {

class CsvRow {
 public:
  CsvRow& text(std::string_view value);
  CsvRow& number(double value);  ///< the fewest digits that give the value back
  CsvRow& number(const std::optional<double>& value);
  CsvRow& natural(std::uint64_t value);
  CsvRow& seconds(const std::optional<Duration>& value);
  CsvRow& empty(std::size_t fields = 1);
  CsvRow& texts(std::initializer_list<std::string_view> values);

  /// The line with its end; the next one begins.
  std::string take();

 private:
  std::string line_;
  bool first_ = true;
};

}  // namespace drdrill::reports
