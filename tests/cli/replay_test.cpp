#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

/// RTO and RPO of each objective.
json figures(const json& report) {
  json all = json::array();
  for (const json& one : report["objectives"]) {
    const json& rpo = one["rpo"];
    all.push_back({one["component"], one["rto"]["achieved_s"],
                   rpo.contains("achieved_s") ? rpo["achieved_s"] : json()});
  }
  return all;
}

/// A drill of its own journal, and what replays make of it.
class ReplayedDrill {
 public:
  explicit ReplayedDrill(const std::string& scenario, const std::string& seed = "7") {
    const Outcome run =
        drdrill({"run", scenario, "--seed", seed, "--quiet", "--report", "journal=" + journal(),
                 "--report", "json=" + folder_ / "run.json"});
    REQUIRE(run.code <= 2);
    measured_ = in("run.json");
  }

  std::string journal() const { return folder_ / "drill.journal.json"; }
  const json& measured() const { return measured_; }
  json replayed(Words more) const {
    Words words{"replay", journal(), "--quiet", "--report", "json=" + folder_ / "replay.json"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = drdrill(words);
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    return in("replay.json");
  }
  std::string said(Words more) const {
    Words words{"replay", journal()};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = drdrill(words, 200);
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    return outcome.out;
  }
  double rto(const json& figures, const std::string& component) const {
    for (const json& one : figures)
      if (one[0] == component) return one[1].get<double>();
    FAIL("no objective for " + component);
    return 0;
  }

 private:
  json in(const std::string& file) const { return figures(json::parse(contents(folder_ / file))); }

  Folder folder_;
  json measured_;
};

const std::string live = "tests/cli/journals/lab-postgres-killed.json";

}  // namespace

TEST_CASE("a simulated drill that is replayed unchanged has the same RTO and RPO") {
  for (const char* scenario :
       {"node-failure", "node-failure-corrected", "database-failover-corrected",
        "redis-master-failure", "region-failover-corrected",
        "scenarios/lab/postgres-double-primary.json"}) {
    INFO(scenario);
    const ReplayedDrill drill(scenario);
    CHECK(drill.replayed({}) == drill.measured());
    CHECK(contains(drill.said({}), "the same run, event by event"));
  }
}

TEST_CASE("with another seed a replay still takes what people and steps took from the journal") {
  const ReplayedDrill drill("region-failover-corrected");
  const double measured = drill.rto(drill.measured(), "postgres");
  for (const char* seed : {"1", "2", "3", "4"}) {
    const Outcome run =
        drdrill({"run", "region-failover-corrected", "--seed", seed, "--report", "json=-"});
    const double drawn = drill.rto(figures(json::parse(run.out)), "postgres");
    const double replayed = drill.rto(drill.replayed({"--seed", seed}), "postgres");
    INFO("seed " << seed << ": " << measured << " s, replayed " << replayed << " s, drawn " << drawn
                 << " s");
    // Poolers try again every 15 s, and nodes pull images, which no journal dates.
    CHECK(std::abs(replayed - measured) < 0.02 * measured);
    CHECK(std::abs(replayed - measured) < 0.1 * std::abs(drawn - measured));
  }
}

TEST_CASE("had the page come sooner, recovery would have come as much sooner") {
  const ReplayedDrill drill("region-failover-corrected");
  const double was = drill.rto(drill.measured(), "postgres");
  CHECK(drill.rto(drill.replayed({"--notice-sooner", "4m"}), "postgres") ==
        Approx(was - 240).margin(0.001));
  CHECK(drill.rto(drill.replayed({"--notice-sooner", "4m", "--seed", "2"}), "postgres") ==
        Approx(was - 240).margin(16));
  const std::string said = drill.said({"--notice-sooner", "4m"});
  CHECK(contains(said, "Had the page come 4m 00s sooner: "));
  CHECK(contains(said, "RTO of postgres would have been "));
}

TEST_CASE("no page comes before the fault, however much sooner it is asked for") {
  const ReplayedDrill drill("region-failover-corrected");
  CHECK(contains(drill.said({"--notice-sooner", "30d"}), "then the first fault struck"));
}

TEST_CASE("a step of a replay may take another time") {
  const ReplayedDrill drill("scenarios/lab/region-failover.json");
  const double was = drill.rto(drill.measured(), "postgres");
  // "notice" sleeps for a minute.
  CHECK(drill.rto(drill.replayed({"--step", "notice=50s"}), "postgres") ==
        Approx(was - 10).margin(1));
  CHECK(drill.rto(drill.replayed({"--step", "notice=70s"}), "postgres") ==
        Approx(was + 10).margin(1));
}

TEST_CASE("a replay of a live journal takes its faults, steps and starts from there") {
  const Outcome replay = drdrill({"replay", live}, 200);
  INFO(replay.out << replay.err);
  REQUIRE(replay.code == 0);
  CHECK(contains(replay.out, "fault dies struck after 4.5 s"));
  CHECK(contains(replay.out, "step promote took 189 ms"));
  CHECK(contains(replay.out, "postgres.promote: 189 ms"));
  CHECK_FALSE(contains(replay.out, "step promote took 189 ms and"));
}

TEST_CASE("everything that is wrong with a replay is said at once, and nothing is run") {
  const Outcome outcome =
      drdrill({"replay", live, "--step", "promot=3s", "--step", "route=soon", "--step", "route",
               "--notice-sooner", "4m", "--set", "/horizn=1h"});
  CHECK(outcome.code == 64);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "no step \"promot\"; did you mean \"promote\"?"));
  CHECK(contains(outcome.err, "\"soon\" is no duration"));
  CHECK(contains(outcome.err, "expected ID=DURATION"));
  CHECK(contains(outcome.err, "nobody was called in this drill"));
  CHECK(contains(outcome.err, "/horizn"));
  CHECK(contains(outcome.err, "5 mistakes, nothing was run"));
}

TEST_CASE("a scenario that has changed since is not what was drilled") {
  const Outcome outcome =
      drdrill({"replay", live, "--scenario", "scenarios/lab/postgres-restarted.json"});
  CHECK(outcome.code == 64);
  CHECK(contains(outcome.err,
                 "/name: is postgres-restarted; when the journal was written it was "
                 "postgres-killed"));
  CHECK(contains(outcome.err, "/runbook/steps/0: "));
}

TEST_CASE("a drill that never began or was aborted is not replayed") {
  const ReplayedDrill drill("node-failure");
  json journal = json::parse(contents(drill.journal()));
  json entries = json::array();
  for (const json& entry : journal["entries"])
    if (!(entry[1] == "stage" && entry[2] == "drill")) entries.push_back(entry);
  journal["entries"] = entries;
  std::ofstream(drill.journal()) << journal.dump();
  const Outcome outcome = drdrill({"replay", drill.journal()});
  CHECK(outcome.code == 64);
  CHECK(contains(outcome.err, "the steady state did not hold"));
}

}  // namespace drdrill::test
