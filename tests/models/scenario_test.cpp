#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;

TEST_CASE("a world that was reset does what a new one does") {
  const LoadedScenario loaded = test::load("node-failure-corrected");
  SimulatedWorld used(loaded.platform, loaded.scenario.start);
  Journal journal;
  for (std::uint64_t replication : {5U, 0U, 3U}) {
    DrillOptions options{9, replication, nullptr};
    used.reset(9, replication);
    run_drill(loaded.scenario, used, options, journal);
    const std::uint64_t again = journal.fingerprint;
    const test::Drilled fresh = test::drill("node-failure-corrected", {}, 9, replication);
    CHECK(again == fresh.journal.fingerprint);
    CHECK(journal.entries.size() == fresh.journal.entries.size());
  }
}
