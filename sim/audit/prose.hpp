#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/audit/audit.hpp"

/// What documents say outside of their code: lines with their places, and the quantities in them.
namespace drdrill::audit {

struct ProseLine {
  SourcePlace place;
  std::string text;  ///< without marks of emphasis
  int heading = 0;   ///< its level; 0: none
  bool row = false;  ///< of a table
};
std::vector<ProseLine> prose_of(const DocumentText& document);

/// "30 days" of "kept for 30 days" is 30; "2 weeks" 14. The first that the text has.
std::optional<double> days_in(std::string_view text);
/// "4 hours", "30 menit", "90s": the first length of time in the text.
std::optional<Duration> time_in(std::string_view text);

}  // namespace drdrill::audit
