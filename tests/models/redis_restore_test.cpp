#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

const std::string snapshots = "/platform/clusters/0/objects/CronJob:redis-snapshot/spec/";

/// The drill with a piece of the manifest of Jakarta's Redis replaced.
test::Drilled with_manifest(const std::string& from, const std::string& to) {
  LoadedScenario loaded = test::load("region-failover-corrected");
  std::string& text = loaded.platform.files["deployment/dr/redis/redis.yaml"];
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  return test::drill(std::move(loaded));
}

Duration lost(const test::Drilled& drilled) {
  const auto& achieved = drilled.of(ComponentId::redis).rpo.achieved;
  REQUIRE(achieved);
  return *achieved;
}

}  // namespace

TEST_CASE("a lost region costs Redis what was written since the newest snapshot elsewhere") {
  // Taken at 20 past the hour; the region is lost at 14:01:10.
  const Duration hourly = lost(test::drill("region-failover-corrected"));
  CHECK(hourly > 41min);
  CHECK(hourly < 42min);
  const Duration often =
      lost(test::drill("region-failover-corrected", {{snapshots + "schedule", "*/5 * * * *", ""}}));
  CHECK(often > 1min);
  CHECK(often < 2min);
}

TEST_CASE("without snapshots all of Redis is lost with its region, and an empty one serves") {
  const auto drilled =
      test::drill("region-failover-corrected", {{snapshots + "suspend", "true", ""}});
  CHECK(lost(drilled) > 300 * 24h);
  CHECK(drilled.of(ComponentId::redis).rto.achieved);
}

TEST_CASE("a server with an append-only file does not read the snapshot that lies beside it") {
  const auto drilled = with_manifest("--appendonly, \"no\"", "--appendonly, \"yes\"");
  CHECK(lost(drilled) > 300 * 24h);
}

TEST_CASE("snapshots are read at their rate before Redis serves") {
  const std::string rate = "/platform/parameters/redis.snapshot_load_rate";
  // A third of 0.2 GB at 100 kB/s takes eleven minutes.
  const auto fast = test::drill("region-failover-corrected");
  const auto slow = test::drill("region-failover-corrected", {{rate, "\"100kB/s\"", ""}});
  REQUIRE(fast.of(ComponentId::redis).rto.achieved);
  CHECK((!slow.of(ComponentId::redis).rto.achieved ||
         *slow.of(ComponentId::redis).rto.achieved >
             *fast.of(ComponentId::redis).rto.achieved + 5min));
}

TEST_CASE("a snapshot that is taken during a drill holds what was written until then") {
  const LoadedScenario loaded = test::load("region-failover-corrected");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  test::pass_until(world, 30min);  // 14:30: the schedule fired at 14:20
  CHECK(test::figure(world, "backup artefacts") > 0);
  const ActionState listed = test::run(
      world,
      "kubectl exec postgres-primary-0 -n gomeet -- aws s3 ls s3://gomeet-dr-backups/redis/");
  INFO(listed.output);
  CHECK(std::string(listed.output).find("20261123_0620") != std::string::npos);
}

TEST_CASE("a Redis server whose process takes its time is not ready before it listens") {
  const Setting slow{"/platform/parameters/redis.process_start", "20s", ""};
  for (const char* name : {"lab/region-failover", "lab/region-failover-corrected"}) {
    const auto drilled = test::drill(name, {slow});
    INFO(name);
    REQUIRE(drilled.of(ComponentId::redis).rto.achieved);
    CHECK(*drilled.of(ComponentId::redis).rto.achieved > 40s);
  }
}

TEST_CASE("a lab restores what a snapshot at the beginning of the drill has, and loses the rest") {
  const auto corrected = test::drill("lab/region-failover-corrected");
  const auto documented = test::drill("lab/region-failover");
  // The region is lost after 43 s; a lab writes its first key when the drill begins.
  // Each of three snapshots waits for some 5 s before it begins.
  CHECK(lost(corrected) > 33s);
  CHECK(lost(corrected) < 37s);
  const auto at_once =
      test::drill("lab/region-failover-corrected",
                  {{"/platform/parameters/redis.repl_diskless_sync_delay", "\"0s\"", ""}});
  CHECK(lost(at_once) > 38s);
  CHECK(lost(at_once) < 41s);
  CHECK(lost(documented) > 42s);
  CHECK(lost(documented) < 44s);
  // A record of the API is in both stores.
  REQUIRE(documented.of(ComponentId::api).rpo.achieved);
  CHECK(*documented.of(ComponentId::api).rpo.achieved == lost(documented));
}
