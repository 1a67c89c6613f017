#include "reports/summary.hpp"

#include <sstream>
#include <vector>

#include <catch2/catch.hpp>

#include "reports/utf8.hpp"
#include "tests/reports/sample_journal.hpp"

namespace drdrill::test {
namespace {

using namespace std::chrono_literals;

ObjectiveResult exercised(ComponentId component, std::optional<Duration> achieved,
                          std::optional<Duration> lost = Duration::zero()) {
  ObjectiveResult result;
  result.component = component;
  result.exercised = result.evaluated = true;
  result.rto.target = 5min;
  result.rto.achieved = achieved;
  if (!achieved) result.rto.censored_at = 1h;
  result.rto.met = achieved && *achieved <= 5min;
  result.rpo.target = 1min;
  result.rpo.achieved = lost;
  result.rpo.met = lost && *lost <= 1min;
  return result;
}

std::string worst_of(std::vector<ObjectiveResult> objectives, std::vector<Finding> findings = {}) {
  const Journal journal = quiet_journal();
  Judgement judgement = quiet_judgement();
  judgement.objectives = std::move(objectives);
  judgement.findings = std::move(findings);
  return summary_row({&journal, &judgement}).worst;
}

}  // namespace

TEST_CASE("the worst of a drill is what came nearest to its target or furthest past it") {
  const auto api = exercised(ComponentId::api, 20s);
  const auto redis = exercised(ComponentId::redis, 40s, 12500ms);
  auto slow = exercised(ComponentId::postgres, 50s);
  slow.rto.target = 90min;
  CHECK(worst_of({api, redis, slow}) == "RTO redis 40.0 s of 5m, RPO redis 12.5 s of 1m");
  CHECK(worst_of({api, slow}) == "RTO api 20.0 s of 5m, nothing lost");
  const auto never_back = exercised(ComponentId::postgres, {}, {});
  CHECK(worst_of({redis, never_back, api}) ==
        "RTO postgres not recovered (target 5m), RPO postgres undefined (target 1m)");
  CHECK(worst_of({exercised(ComponentId::api, 0s)}) == "all absorbed, nothing lost");
}

TEST_CASE("a drill that exercised nothing says so, and findings are counted") {
  CHECK(worst_of({}) == "nothing exercised");
  ObjectiveResult unknown;
  unknown.exercised = true;
  unknown.rpo.applicable = false;
  CHECK(worst_of({unknown}) == "nothing evaluated");
  Finding warning;
  Finding note;
  note.level = FindingLevel::note;
  CHECK(worst_of({}, {warning}) == "nothing exercised, 1 finding");
  CHECK(worst_of({}, {warning, note, warning}) == "nothing exercised, 2 findings");
}

TEST_CASE("the table of several drills keeps to the width, and wraps what was worst") {
  const std::vector<SummaryRow> rows{
      {"network-partition-corrected", Verdict::inconclusive, 71min + 5s,
       "RTO livekit-sfu 12m 31s of 5m, RPO postgres 20m 00s of 15m, 12 findings"},
      {"quiet", Verdict::pass, 2min, "all absorbed"}};
  std::ostringstream out;
  write_summary(rows, out, {false, 80});
  CHECK(out.str() ==
        "  scenario                     verdict       drill time  worst against target\n"
        "  network-partition-corrected  INCONCLUSIVE  1h 11m 05s  RTO livekit-sfu 12m 31s\n"
        "                                                         of 5m, RPO postgres 20m\n"
        "                                                         00s of 15m, 12 findings\n"
        "  quiet                        PASS              2m 00s  all absorbed\n");
  for (const std::size_t width : {80U, 100U, 120U}) {
    std::ostringstream table;
    write_summary(rows, table, {false, width});
    std::istringstream lines(table.str());
    for (std::string line; std::getline(lines, line);) CHECK(reports::columns(line) <= width);
  }
}

}  // namespace drdrill::test
