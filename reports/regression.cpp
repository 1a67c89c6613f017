#include "reports/regression.hpp"

#include <array>
#include <cmath>

#include "reports/words.hpp"

namespace drdrill {
namespace reports {

using study::Regression;
using study::RegressionRow;
using study::ScenarioRegression;
using State = RegressionRow::State;

namespace {

std::string time_words(std::int64_t value) {
  return value >= study::infinite_value ? "not recovered" : format_duration(Duration(value));
}

std::string signed_words(std::int64_t value) {
  return (value < 0 ? "-" : "+") + format_duration(Duration(value < 0 ? -value : value));
}

std::string share_words(const study::Share& share) {
  return std::to_string(share.hits) + " of " + std::to_string(share.of);
}

}  // namespace

std::string regressed_name(const RegressionRow& row) {
  return std::string(name_of(row.component)) + " " + std::string(figure_name(row.figure));
}

std::string figure_before(const RegressionRow& row) {
  if (row.is_target() && row.before >= study::infinite_value) return "none";
  return row.is_share() ? share_words(row.share_before) : time_words(row.before);
}

std::string figure_after(const RegressionRow& row) {
  if (row.is_target() && row.after >= study::infinite_value) return "none";
  return row.is_share() ? share_words(row.share_after) : time_words(row.after);
}

std::string independent_words(const ScenarioRegression& scenario) {
  return "does not depend on what changed, in any of its first " +
         counted(scenario.independent_of_changes, "replication");
}

std::string difference_words(const RegressionRow& row) {
  if (row.is_target())
    return row.after > row.before ? "less is asked for than before" : "more is asked for";
  std::string out;
  const std::int64_t rise = row.after - row.before;
  if (!row.is_share() && std::abs(rise) < study::infinite_value / 2) out = signed_words(rise);
  if (row.interval && !row.is_share())
    out += (out.empty() ? "" : ", ") + std::string("99 % interval ") +
           signed_words(row.interval->low) + " to " + signed_words(row.interval->high);
  if (row.stopped_being_met)
    out += (out.empty() ? "" : "; ") +
           (row.target ? "target " + format_duration(*row.target) + " no longer met"
                       : std::string("no longer met in 95 % of runs"));
  return out;
}

std::string change_words(const study::ChangedValue& change) {
  return place_words(change.place) + " " + (change.pointer.empty() ? "/" : change.pointer) + ": " +
         (change.before.empty() ? "(absent)" : change.before) + " → " +
         (change.after.empty() ? "(absent)" : change.after);
}

std::string cause_words(const ScenarioRegression& scenario, const RegressionRow& row) {
  if (row.because.empty())
    return "no single one of " + counted(scenario.changes.size(), "changed value") +
           " explains half of it";
  std::string out;
  for (const study::Blame& blame : row.because) {
    out += (out.empty() ? "because " : "; and ") + change_words(scenario.changes[blame.change]);
    if (!blame.alone)
      out += " (without it the difference is gone)";
    else if (scenario.changes.size() > 1)
      out += " (alone: " + percent(std::min(blame.share, 1.0)) + " of it)";
  }
  return out;
}

std::string regression_counts(const Regression& regression) {
  std::size_t changed = 0, waived = 0, gone = 0, added = 0;
  for (const ScenarioRegression& scenario : regression.scenarios) {
    changed += scenario.changes.empty() ? 0 : 1;
    gone += scenario.presence == ScenarioRegression::Presence::removed ? 1 : 0;
    added += scenario.presence == ScenarioRegression::Presence::added ? 1 : 0;
    for (const RegressionRow& row : scenario.rows) waived += row.waiver ? 1 : 0;
  }
  std::string out =
      std::to_string(regression.count(State::worse)) + " worse" +
      (waived > 0 ? " (" + std::to_string(waived) + " waived)" : "") + ", " +
      std::to_string(regression.count(State::better)) + " better, " +
      std::to_string(regression.count(State::same) + regression.count(State::within_tolerance)) +
      " the same; " + std::to_string(changed) + " of " +
      counted(regression.scenarios.size(), "scenario") + " changed";
  if (added > 0) out += ", " + std::to_string(added) + " new";
  if (gone > 0) out += ", " + std::to_string(gone) + " gone";
  return out;
}

std::string waiver_words(const study::Waiver& waiver) {
  return (waiver.expired ? "expired on " : "until ") + waiver.expires + ": " + waiver.reason;
}

std::string_view state_name(const RegressionRow& row) {
  switch (row.state) {
    case State::same:
      return "same";
    case State::within_tolerance:
      return "within tolerance";
    case State::better:
      return "better";
    case State::worse:
      break;
  }
  return row.waiver ? "waived" : "worse";
}

bool fails(const RegressionRow& row) {
  return row.state == State::worse && !row.waiver;
}

bool fails(const ScenarioRegression& scenario) {
  return scenario.presence == ScenarioRegression::Presence::removed && !scenario.waiver;
}

}  // namespace reports

StudyWriters<study::Regression> regression_writers() {
  static constexpr std::array<StudyWriterRow<study::Regression>, 6> rows{{
      {"text", "for people: what is worse, and because of which line",
       reports::write_regression_text},
      {"json", "for programs", reports::write_regression_json},
      {"junit", "for CI: JUnit XML, one test case a figure", reports::write_regression_junit},
      {"sarif", "for code scanning: SARIF 2.1.0, at the changed line",
       reports::write_regression_sarif},
      {"csv", "for a spreadsheet: a line for each figure", reports::write_regression_csv},
      {"markdown", "for a pull request", reports::write_regression_markdown},
  }};
  return rows;
}

}  // namespace drdrill
