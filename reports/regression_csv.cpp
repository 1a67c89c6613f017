#include <ostream>

#include "reports/csv.hpp"
#include "reports/regression.hpp"

namespace drdrill::reports {
namespace {

using study::RegressionRow;
using study::ScenarioRegression;

/// Seconds, or a share of runs.
void put_figure(CsvRow& line, const RegressionRow& row, bool after) {
  const std::int64_t value = after ? row.after : row.before;
  if (row.is_share())
    line.number((after ? row.share_after : row.share_before).value());
  else if (value >= study::infinite_value)
    line.empty();
  else
    line.seconds(Duration(value));
}

void put_row(CsvRow& line, const ScenarioRegression& scenario, const RegressionRow& row) {
  line.text(scenario.name).text(name_of(row.component)).text(figure_name(row.figure));
  line.text(state_name(row));
  put_figure(line, row, false);
  put_figure(line, row, true);
  line.seconds(row.interval ? std::optional(Duration(row.interval->low)) : std::nullopt);
  line.seconds(row.interval ? std::optional(Duration(row.interval->high)) : std::nullopt);
  line.seconds(row.target).number(row.chance).text(row.stopped_being_met ? "yes" : "no");
  line.text(row.state == RegressionRow::State::worse ? cause_words(scenario, row) : "");
}

}  // namespace

void write_regression_csv(const study::Regression& regression, std::ostream& out,
                          const WriteOptions&) {
  CsvRow line;
  line.texts({"scenario", "component", "figure", "state", "before", "after", "difference_99_low_s",
              "difference_99_high_s", "target_s", "chance", "stopped_being_met", "because"});
  out << line.take();
  for (const ScenarioRegression& scenario : regression.scenarios) {
    if (scenario.presence != ScenarioRegression::Presence::both) {
      const bool gone = scenario.presence == ScenarioRegression::Presence::removed;
      line.text(scenario.name).empty(2).text(gone ? "gone" : "new").empty(8);
      out << line.take();
    }
    for (const RegressionRow& row : scenario.rows) {
      put_row(line, scenario, row);
      out << line.take();
    }
  }
}

}  // namespace drdrill::reports
