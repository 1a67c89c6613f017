#include "reports/capacity.hpp"

#include <array>

namespace drdrill {

StudyWriters<study::Capacity> capacity_writers() {
  static constexpr std::array<StudyWriterRow<study::Capacity>, 3> rows{{
      {"text", "for people: what each service carries after each loss, and what it costs",
       reports::write_capacity_text},
      {"json", "for programs", reports::write_capacity_json},
      {"csv", "for a spreadsheet: a line for each service and loss, and for each hour",
       reports::write_capacity_csv},
  }};
  return rows;
}

}  // namespace drdrill
