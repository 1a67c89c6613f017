#include <algorithm>
#include <ostream>

#include "reports/regression.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using study::RegressionRow;
using study::ScenarioRegression;
using State = RegressionRow::State;

Ink ink_of(const RegressionRow& row) {
  if (fails(row)) return Ink::red;
  return row.state == State::better ? Ink::green : Ink::dim;
}

void put_lines(const std::string& text, std::size_t indent, const Page& page) {
  for (const std::string& line : wrap(text, page.width - indent))
    page.out << std::string(indent, ' ') << line << '\n';
}

void put_row(const ScenarioRegression& scenario, const RegressionRow& row, const Page& page) {
  const std::string words = difference_words(row);
  page.out << "    " << page.pen(ink_of(row), pad_right(state_name(row), 6)) << ' '
           << regressed_name(row) << "  " << figure_before(row) << " → " << figure_after(row)
           << (words.empty() ? "" : "  (" + words + ")") << '\n';
  if (row.state == State::worse) put_lines(one_line(cause_words(scenario, row)), 11, page);
}

void put_scenario(const study::Regression& regression, const ScenarioRegression& scenario,
                  const Page& page) {
  using Presence = ScenarioRegression::Presence;
  if (scenario.presence == Presence::both && scenario.changes.empty()) return;
  page.out << "\n  " << page.pen(Ink::bold, one_line(scenario.name));
  if (scenario.presence == Presence::added) page.out << "  new: nothing to compare it with";
  if (scenario.presence == Presence::removed)
    page.out << "  "
             << page.pen(fails(scenario) ? Ink::red : Ink::dim, "gone: HEAD does not have it");
  if (scenario.independent_of_changes > 0) page.out << "  " << independent_words(scenario);
  page.out << '\n';
  std::size_t same = 0;
  for (const State state : {State::worse, State::better, State::within_tolerance})
    for (const RegressionRow& row : scenario.rows) {
      if (row.state == state) put_row(scenario, row, page);
      if (row.waiver && row.state == state)
        put_lines("waived " + one_line(waiver_words(regression.waivers[*row.waiver])), 11, page);
    }
  for (const RegressionRow& row : scenario.rows) same += row.state == State::same ? 1 : 0;
  if (!scenario.rows.empty())
    page.out << "    " << page.pen(Ink::dim, pad_right("same", 7)) << counted(same, "figure")
             << '\n';
}

}  // namespace

void write_regression_text(const study::Regression& regression, std::ostream& out,
                           const WriteOptions& options) {
  const Page page{out, Pen(options.colour), std::max(options.width, narrowest)};
  out << "drdrill " << drdrill_version() << " · compare " << one_line(regression.base) << " → "
      << one_line(regression.head) << " · " << regression.replications << " pairs · seed "
      << regression.seed << '\n';
  for (const ScenarioRegression& scenario : regression.scenarios)
    put_scenario(regression, scenario, page);
  for (const study::Waiver& waiver : regression.waivers)
    if (waiver.expired)
      out << "\n  " << page.pen(Ink::red, "waiver") << ' ' << place_words(waiver.place) << ' '
          << one_line(waiver_words(waiver)) << '\n';
  for (const std::string& remark : regression.remarks) {
    out << '\n';
    put_lines("note: " + one_line(remark), 2, page);
  }
  const bool holds = regression.holds();
  out << "\n  " << page.pen(holds ? Ink::green : Ink::red, holds ? "OK" : "WORSE") << "  "
      << regression_counts(regression) << '\n';
}

}  // namespace drdrill::reports
