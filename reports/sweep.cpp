#include "reports/sweep.hpp"

#include <array>

namespace drdrill {
namespace reports {
namespace {

using study::CellTally;
using study::Change;
using study::SweepPart;

bool ever_exercised(const SweepPart& sweep, std::size_t objective) {
  for (const CellTally& tally : sweep.cells)
    if (objective < tally.objectives.size() && tally.objectives[objective].rto.count() > 0)
      return true;
  return false;
}

void add_rows(const SweepPart& sweep, std::size_t objective, bool rpo, std::vector<SweepRow>& out) {
  for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
    if (sweep.head.cells[i].change != Change::none) continue;
    const auto& from = sweep.head.cells[i].objectives.at(objective);
    const auto& tally = sweep.cells[i].objectives.at(objective);
    SweepRow row{&sweep.head.cells[i],
                 &sweep.cells[i],
                 from.component,
                 rpo,
                 rpo ? from.rpo : from.rto,
                 rpo ? &tally.rpo : &tally.rto,
                 rpo ? tally.rpo_met : tally.rto_met,
                 rpo ? std::nullopt : sweep.cells[i].estimate_share(objective, 0.95)};
    if (row.times->count() > 0) out.push_back(row);
  }
}

}  // namespace

std::vector<SweepRow> sweep_rows(const SweepPart& sweep) {
  std::vector<SweepRow> rows;
  for (std::size_t i = 0; i < sweep.head.cells.front().objectives.size(); ++i) {
    if (!ever_exercised(sweep, i)) continue;
    add_rows(sweep, i, false, rows);
    add_rows(sweep, i, true, rows);
  }
  return rows;
}

std::vector<std::string> not_exercised(const SweepPart& sweep) {
  std::vector<std::string> names;
  const auto& objectives = sweep.head.cells.front().objectives;
  for (std::size_t i = 0; i < objectives.size(); ++i)
    if (!ever_exercised(sweep, i)) names.push_back(objectives[i].component);
  return names;
}

std::optional<double> seconds_at(const study::Series& times, double p) {
  const auto at = times.quantile(p);
  return at ? std::optional(to_seconds(Duration(*at))) : std::nullopt;
}

}  // namespace reports

StudyWriters<study::SweepPart> sweep_writers() {
  static constexpr std::array<StudyWriterRow<study::SweepPart>, 4> rows{{
      {"text", "for people: times, how likely the objectives are met, and why",
       reports::write_sweep_text},
      {"json", "for programs", reports::write_sweep_json},
      {"csv", "for a spreadsheet: a line for each cell and objective", reports::write_sweep_csv},
      {"why-csv", "what --why adds: a line for each objective and cause", reports::write_why_csv},
  }};
  return rows;
}

}  // namespace drdrill
