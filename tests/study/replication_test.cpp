#include "sim/study/replication.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"
#include "sim/study/parallel.hpp"

namespace drdrill::study {
namespace {

using namespace std::chrono_literals;

LoadedScenario load(const std::string& name, const std::vector<Setting>& settings = {}) {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  return load_scenario("scenarios/" + name + ".json", settings, known);
}

std::vector<Outcome> rows_of(const LoadedScenario& loaded, Range range, unsigned threads) {
  return replicate(loaded.scenario, loaded.platform, 1, range, threads);
}

void check_equal(const Outcome& a, const Outcome& b) {
  CHECK(a.replication == b.replication);
  CHECK(a.verdict == b.verdict);
  CHECK(a.severity == b.severity);
  CHECK(a.participant_minutes == b.participant_minutes);
  REQUIRE(a.objectives.size() == b.objectives.size());
  for (std::size_t i = 0; i < a.objectives.size(); ++i) {
    CHECK(a.objectives[i].rto == b.objectives[i].rto);
    CHECK(a.objectives[i].on_estimates == b.objectives[i].on_estimates);
    CHECK(a.objectives[i].rpo == b.objectives[i].rpo);
    CHECK(a.objectives[i].lost_writes == b.objectives[i].lost_writes);
    CHECK(a.objectives[i].censored == b.objectives[i].censored);
    CHECK(a.objectives[i].met() == b.objectives[i].met());
  }
  REQUIRE(a.causes.size() == b.causes.size());
  for (std::size_t i = 0; i < a.causes.size(); ++i) {
    CHECK(a.causes[i].objective == b.causes[i].objective);
    CHECK(a.causes[i].time.cause == b.causes[i].time.cause);
    CHECK(a.causes[i].time.critical == b.causes[i].time.critical);
    CHECK(a.causes[i].time.slack == b.causes[i].time.slack);
  }
}

TEST_CASE("replications are the same on 1, 2 and 4 threads and in any range") {
  const LoadedScenario loaded = load("node-failure-corrected");
  const auto one = rows_of(loaded, {0, 40}, 1);
  const auto two = rows_of(loaded, {0, 40}, 2);
  const auto four = rows_of(loaded, {13, 27}, 4);
  REQUIRE(one.size() == 40);
  REQUIRE(four.size() == 27);
  for (std::size_t i = 0; i < one.size(); ++i) check_equal(one[i], two[i]);
  for (std::size_t i = 0; i < four.size(); ++i) check_equal(one[i + 13], four[i]);
  CHECK(one[0].objectives[0].rto != one[1].objectives[0].rto);
}

TEST_CASE("a row says what the judgement of the same run says, and its critical path adds up") {
  for (const char* name : {"node-failure-corrected", "database-failover", "region-failover"}) {
    const LoadedScenario loaded = load(name);
    Replicator replicator(loaded.scenario, loaded.platform);
    for (std::uint64_t k = 0; k < 3; ++k) {
      const Outcome& row = replicator.run(7, k);
      SimulatedWorld world(loaded.platform, loaded.scenario.start);
      world.reset(7, k);
      Journal journal;
      run_drill(loaded.scenario, world, {.seed = 7, .replication = k}, journal);
      const Judgement judgement = judge(journal);
      INFO(name << " replication " << k);
      CHECK(replicator.journal().fingerprint == journal.fingerprint);
      CHECK(row.verdict == judgement.verdict);
      CHECK(row.severity == judgement.severity);
      REQUIRE(row.objectives.size() == judgement.objectives.size());
      for (std::size_t i = 0; i < row.objectives.size(); ++i) {
        const ObjectiveResult& judged = judgement.objectives[i];
        CHECK(row.objectives[i].met() == judged.met());
        CHECK(row.objectives[i].censored == !judged.rto.achieved);
        if (judged.rto.achieved) CHECK(row.objectives[i].rto == *judged.rto.achieved);
        if (row.objectives[i].censored) CHECK(row.objectives[i].rto > 0s);
        Duration explained{};
        for (const ObjectiveCause& cause : row.causes)
          if (cause.objective == i) explained += cause.time.own;
        CHECK(explained == (row.objectives[i].censored ? 0s : row.objectives[i].rto));
      }
    }
  }
}

TEST_CASE("variants share the random numbers of what they have in common") {
  const auto as_it_is = rows_of(load("node-failure-corrected"), {0, 5}, 1);
  const auto longer = rows_of(load("node-failure-corrected", {{"/horizon", "3h", {}}}), {0, 5}, 1);
  for (std::size_t i = 0; i < as_it_is.size(); ++i) check_equal(as_it_is[i], longer[i]);
}

TEST_CASE("every task is done once, and what goes wrong in one thread is thrown by the caller's") {
  for (const unsigned threads : {1U, 3U}) {
    std::vector<int> done(100, 0);
    in_parallel(done.size(), threads,
                [&]() -> Worker { return [&](std::size_t i) { ++done[i]; }; });
    CHECK(done == std::vector<int>(100, 1));
    const auto fail_at_50 = [](std::size_t i) {
      if (i == 50) throw std::string("task 50");
    };
    CHECK_THROWS_AS(in_parallel(100, threads, [&]() -> Worker { return fail_at_50; }), std::string);
  }
}

}  // namespace
}  // namespace drdrill::study
