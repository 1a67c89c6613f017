#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/base/time.hpp"

/// Spans of time as people write them: "15 minutes", "< 4 h", "2-4 hours", "1 hour 30 minutes",
/// "2 jam", "15 phút". Units of English, Indonesian, Vietnamese, Spanish, Portuguese, French,
/// German, Italian, Dutch and Russian.
namespace drdrill::procedures {

struct WrittenTime {
  std::optional<Duration> time;  ///< of a range the longer; nothing: none is written
  std::string unknown;           ///< a unit that is not known, or a number without one
};

/// The first span that stands in the text; what stands in brackets is left out.
WrittenTime written_time(std::string_view text);

}  // namespace drdrill::procedures
