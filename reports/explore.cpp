#include "reports/explore.hpp"

#include <array>

namespace drdrill {

StudyWriters<ExploreReport> explore_writers() {
  static constexpr std::array<StudyWriterRow<ExploreReport>, 3> rows{{
      {"text", "for people: what was looked at, and what breaks a target",
       reports::write_explore_text},
      {"json", "for programs", reports::write_explore_json},
      {"csv", "for a spreadsheet: a line for each break and target", reports::write_explore_csv},
  }};
  return rows;
}

}  // namespace drdrill
