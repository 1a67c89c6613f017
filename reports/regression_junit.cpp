#include <ostream>

#include "reports/markup.hpp"
#include "reports/regression.hpp"
#include "reports/words.hpp"

namespace drdrill::reports {
namespace {

using study::RegressionRow;
using study::ScenarioRegression;

struct Case {
  std::string group;
  std::string name;
  std::string message;  ///< empty: passed
  std::string text;
  bool skipped = false;
};

std::vector<Case> cases_of(const study::Regression& regression) {
  std::vector<Case> cases;
  for (const ScenarioRegression& scenario : regression.scenarios) {
    using Presence = ScenarioRegression::Presence;
    if (scenario.presence == Presence::removed)
      cases.push_back({scenario.name, "is there", "the scenario is gone", scenario.file,
                       scenario.waiver.has_value()});
    if (scenario.presence != Presence::removed && scenario.rows.empty())
      cases.push_back({scenario.name, "unchanged", {}, {}, false});
    for (const RegressionRow& row : scenario.rows) {
      Case one{scenario.name, regressed_name(row), {}, {}, row.waiver.has_value()};
      if (row.state == RegressionRow::State::worse) {
        one.message = figure_before(row) + " → " + figure_after(row) + " " + difference_words(row);
        one.text =
            row.waiver ? waiver_words(regression.waivers[*row.waiver]) : cause_words(scenario, row);
      }
      cases.push_back(std::move(one));
    }
  }
  for (const study::Waiver& waiver : regression.waivers)
    if (waiver.expired)
      cases.push_back(
          {"waivers", place_words(waiver.place), waiver_words(waiver), waiver.reason, false});
  return cases;
}

}  // namespace

void write_regression_junit(const study::Regression& regression, std::ostream& out,
                            const WriteOptions&) {
  const auto cases = cases_of(regression);
  std::size_t failures = 0, skipped = 0;
  for (const Case& one : cases) {
    if (one.message.empty()) continue;
    ++(one.skipped ? skipped : failures);
  }
  const std::string counts = "tests=\"" + std::to_string(cases.size()) + "\" failures=\"" +
                             std::to_string(failures) + "\" errors=\"0\" skipped=\"" +
                             std::to_string(skipped) + "\"";
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " << counts
      << ">\n  <testsuite name=\"drdrill compare\" " << counts << ">\n";
  for (const Case& one : cases) {
    out << "    <testcase classname=\"drdrill.compare." << xml_text(one.group) << "\" name=\""
        << xml_text(one.name) << '"';
    if (one.message.empty()) {
      out << "/>\n";
      continue;
    }
    const char* element = one.skipped ? "skipped" : "failure";
    out << ">\n      <" << element << " message=\"" << xml_text(one.message) << "\">"
        << xml_text(one.text) << "</" << element << ">\n    </testcase>\n";
  }
  out << "  </testsuite>\n</testsuites>\n";
}

}  // namespace drdrill::reports
