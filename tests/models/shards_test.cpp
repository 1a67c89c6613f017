#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// Databases that have servers of their own: what is lost with them, and what is not.

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

using test::reading;

const Setting meetings{"/platform/load/meetings", "100", ""};
const Setting each{"/platform/load/participants_per_meeting", "5", ""};

std::uint64_t records(const World& world, std::string_view database, Fate fate) {
  std::uint64_t count = 0;
  for (const LedgerStream& stream : world.ledger().streams)
    if (stream.name == database)
      for (const LedgerRun& stretch : stream.runs)
        if (stretch.fate == fate) count += stretch.count;
  return count;
}

}  // namespace

TEST_CASE("a region that has only a shard takes the shard's meetings with it, and no others") {
  const LoadedScenario loaded = test::load("region-failover-stretched", {meetings, each});
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  test::pass_until(world, 60s);
  CHECK(test::figure(world, "writable primaries") == 2);
  CHECK(reading(world, ProbeKind::api_requests) == 1);
  world.inject({"lost", Primitive::crash, {Level::region, "jakarta"}});
  test::pass_until(world, 10min);
  CHECK(test::figure(world, "writable primaries") == 1);
  CHECK(reading(world, ProbeKind::postgres_write) == 0);
  // 34 of 100 meetings are in the shard.
  CHECK(reading(world, ProbeKind::api_requests) == Approx(0.66));
  CHECK(records(world, "gomeet_shard_1", Fate::kept) == 9000);  // 15 a second for ten minutes
  CHECK(records(world, "gomeet_shard_3", Fate::kept) < 1000);
}

TEST_CASE("a region that has all but one shard leaves that shard writable") {
  const LoadedScenario loaded = test::load("region-failover-stretched");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  test::pass_until(world, 60s);
  world.inject({"lost", Primitive::crash, {Level::region, "singapore"}});
  test::pass_until(world, 5min);
  CHECK(test::figure(world, "writable primaries") == 1);
  CHECK(records(world, "gomeet_shard_3", Fate::kept) == 4500);
  CHECK(records(world, "gomeet_shard_3", Fate::lost) == 0);
  CHECK(records(world, "gomeet_shard_1", Fate::kept) < 1000);
}

TEST_CASE("a backup script that asks the primary for every shard finds one of them nowhere") {
  const LoadedScenario loaded = test::load("region-failover-stretched");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const auto dump = [&](const std::string& host, const std::string& database) {
    return test::run(world, "kubectl exec postgres-primary-0 -n gomeet -- pg_dump -h " + host +
                                " -U postgres -d " + database + " -f /tmp/" + database + ".dump");
  };
  CHECK(dump("postgres-primary", "gomeet_shard_2").exit_status == 0);
  const ActionState missing = dump("postgres-primary", "gomeet_shard_3");
  CHECK(missing.exit_status == 1);
  CHECK(std::string(missing.output).find("does not exist") != std::string::npos);
  CHECK(dump("postgres-shard-3.jakarta.gomeet.com", "gomeet_shard_3").exit_status == 0);
}
