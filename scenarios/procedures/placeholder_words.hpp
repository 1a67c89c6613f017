#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the words of a placeholder are made of.
namespace drdrill::procedures {

/// "pod", "name" of "pod_name".
std::vector<std::string_view> name_parts(std::string_view name);

/// "YYYY-MM-DD", "YYYYMMDD_HHMMSS" as the format of date(1), and its length.
struct DatePattern {
  std::size_t size = 0;
  std::string format;
  bool clock = false;  ///< it has hours
};
/// That which the text begins with; nothing when it begins otherwise.
std::optional<DatePattern> date_pattern(std::string_view text);

}  // namespace drdrill::procedures
