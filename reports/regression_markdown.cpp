#include <ostream>

#include "reports/markup.hpp"
#include "reports/regression.hpp"
#include "reports/words.hpp"

namespace drdrill::reports {
namespace {

using study::RegressionRow;
using study::ScenarioRegression;
using State = RegressionRow::State;

void put_row(const ScenarioRegression& scenario, const RegressionRow& row, std::ostream& out) {
  const std::string state(state_name(row));
  out << "| " << (fails(row) ? "**" + state + "**" : state) << " | " << markdown_text(scenario.name)
      << " | " << regressed_name(row) << " | " << figure_before(row) << " | " << figure_after(row)
      << " | " << difference_words(row) << " | "
      << (row.state == State::worse ? markdown_text(cause_words(scenario, row)) : "") << " |\n";
}

}  // namespace

void write_regression_markdown(const study::Regression& regression, std::ostream& out,
                               const WriteOptions&) {
  const bool holds = regression.holds();
  out << "## " << (holds ? "✅ Recovery is no worse" : "❌ Recovery got worse") << "\n\n**"
      << regression_counts(regression) << "** · " << markdown_text(regression.base) << " → "
      << markdown_text(regression.head) << " · " << regression.replications
      << " pairs of runs, seed " << regression.seed << "\n";
  bool first = true;
  for (const State state : {State::worse, State::better, State::within_tolerance})
    for (const ScenarioRegression& scenario : regression.scenarios)
      for (const RegressionRow& row : scenario.rows) {
        if (row.state != state) continue;
        if (first)
          out << "\n| | scenario | objective | before | after | difference | why |\n"
                 "| --- | --- | --- | --- | --- | --- | --- |\n";
        first = false;
        put_row(scenario, row, out);
      }
  std::string rest;
  for (const ScenarioRegression& scenario : regression.scenarios)
    if (scenario.presence == ScenarioRegression::Presence::removed)
      rest += "- " + markdown_text(scenario.name) + " is gone\n";
  for (const study::Waiver& waiver : regression.waivers)
    if (waiver.used || waiver.expired)
      rest += "- waiver " + markdown_text(place_words(waiver.place)) + " " +
              markdown_text(waiver_words(waiver)) + "\n";
  for (const std::string& remark : regression.remarks) rest += "- " + markdown_text(remark) + "\n";
  if (!rest.empty()) out << '\n' << rest;
}

}  // namespace drdrill::reports
