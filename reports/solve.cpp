#include "reports/solve.hpp"

#include <array>

namespace drdrill {
namespace reports {

std::string_view side_name(const study::Tried& tried) {
  constexpr std::array<std::string_view, 3> names{"meets", "fails", "undecided"};
  return tried.refused ? "refused" : names.at(static_cast<std::size_t>(tried.side));
}

std::vector<std::string> settings_of(const SolveReport& report, const study::Tried& tried) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < report.knobs.size(); ++i)
    out.push_back(report.knobs[i].pointer + "=" + spelled(report.knobs[i], tried.at[i]));
  return out;
}

}  // namespace reports

StudyWriters<SolveReport> solve_writers() {
  static constexpr std::array<StudyWriterRow<SolveReport>, 3> rows{{
      {"text", "for people: the setting, and the evidence on both sides",
       reports::write_solve_text},
      {"json", "for programs", reports::write_solve_json},
      {"csv", "for a spreadsheet: a line for each setting and goal", reports::write_solve_csv},
  }};
  return rows;
}

}  // namespace drdrill
