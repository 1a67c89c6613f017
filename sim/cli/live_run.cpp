#include "sim/cli/live_run.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

#include "sim/base/time.hpp"

namespace drdrill::cli {
namespace {

constexpr std::uint32_t expected_runs = 200;
constexpr double low = 0.05, high = 0.95;

std::string words(double seconds) {
  return std::isfinite(seconds) ? format_duration(from_seconds(seconds)) : "not recovered";
}

/// A figure, its words, and how far it may be off.
struct Came {
  double value;
  std::string text;
  double uncertainty;
};

Came came(const RtoResult& rto) {
  const double value =
      rto.achieved ? to_seconds(*rto.achieved) : std::numeric_limits<double>::infinity();
  return {value, words(value), to_seconds(rto.uncertainty)};
}

Came came(const RpoResult& rpo) {
  const double off = to_seconds(std::max(rpo.uncertainty, rpo.resolution));
  if (rpo.at_least)
    return {to_seconds(*rpo.at_least), "at least " + format_duration(*rpo.at_least), off};
  const double value =
      rpo.achieved ? to_seconds(*rpo.achieved) : std::numeric_limits<double>::infinity();
  return {value, rpo.achieved ? words(value) : "undefined", off};
}

void write_one(const char* what, const Came& came, const study::Figures& figures,
               std::ostream& out) {
  const bool inside = came.value >= study::quantile(figures, low) - came.uncertainty &&
                      came.value <= study::quantile(figures, high) + came.uncertainty;
  out << ' ' << what << ' ' << came.text;
  if (came.uncertainty > 0) out << " ± " << format_duration(from_seconds(came.uncertainty));
  out << ", expected " << interval_words(figures) << (inside ? "" : ": outside") << ';';
}

}  // namespace

void only_observe(Scenario& scenario) {
  scenario.faults.clear();
  scenario.runbook.steps.clear();
}

std::string interval_words(const study::Figures& figures) {
  return words(study::quantile(figures, 0.5)) + " (" + words(study::quantile(figures, low)) +
         " to " + words(study::quantile(figures, high)) + ")";
}

std::vector<study::Expected> expect_simulated(const LoadedScenario& loaded, std::uint64_t seed) {
  return study::expect(loaded.scenario, loaded.platform, seed, expected_runs);
}

void write_expected(const Scenario& scenario, const std::vector<study::Expected>& expected,
                    std::ostream& out) {
  out << scenario.name << ", live:";
  for (const FaultSpec& fault : scenario.faults)
    out << ' ' << fault.catalog_id << " of " << to_string(fault.effect.target) << ';';
  if (scenario.faults.empty()) out << " nothing is done to it;";
  out << "\n  simulation expects, median and 90 % of " << expected_runs << " runs:\n";
  for (const study::Expected& one : expected) {
    out << "    " << name_of(one.component) << ": RTO " << interval_words(one.rto);
    if (!one.rpo.empty()) out << ", RPO " << interval_words(one.rpo);
    out << '\n';
  }
  out << '\n' << std::flush;
}

void write_beside(const Judgement& judgement, const std::vector<study::Expected>& expected,
                  std::ostream& out) {
  out << "\n  Measured beside what simulation expected (median, 90 % of " << expected_runs
      << " runs)\n";
  for (std::size_t i = 0; i < expected.size() && i < judgement.objectives.size(); ++i) {
    const ObjectiveResult& objective = judgement.objectives[i];
    out << "    " << name_of(objective.component) << ':';
    if (!objective.evaluated) out << " not evaluated";
    if (objective.evaluated && !expected[i].rto.empty())
      write_one("RTO", came(objective.rto), expected[i].rto, out);
    if (objective.rpo.evaluated && objective.rpo.applicable && !expected[i].rpo.empty())
      write_one("RPO", came(objective.rpo), expected[i].rpo, out);
    out << '\n';
  }
}

}  // namespace drdrill::cli
