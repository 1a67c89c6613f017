#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

std::int64_t figure(const Inventory& inventory, std::string_view name) {
  for (const InventoryItem& item : inventory)
    if (item.name == name) return item.value;
  FAIL("no figure " << name);
  return 0;
}

using test::run;

constexpr const char* promote =
    "kubectl exec postgres-replica-0 -n gomeet -- psql -U postgres -c 'SELECT pg_promote();'";

}  // namespace

TEST_CASE("promoting a replica beside a living primary makes two primaries") {
  const LoadedScenario loaded = test::load("database-failover");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  CHECK(figure(world.inventory(), "writable primaries") == 1);
  CHECK(figure(world.inventory(), "streaming standbys") == 2);
  const ActionState promoted = run(world, promote);
  CHECK(promoted.exit_status == 0);
  CHECK(promoted.touched.has(ComponentId::postgres));
  CHECK(figure(world.inventory(), "writable primaries") == 2);
  CHECK(figure(world.inventory(), "streaming standbys") == 1);
}

TEST_CASE("a primary cannot be promoted again") {
  const LoadedScenario loaded = test::load("database-failover");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  CHECK(run(world, promote).exit_status == 0);
  const ActionState again = run(world, promote);
  CHECK(again.exit_status != 0);
  CHECK(std::string(again.output).find("recovery is not in progress") != std::string::npos);
}

TEST_CASE("a primary that is shut down loses nothing, one that dies loses what was not yet sent") {
  const auto lost_after = [](bool dies, std::uint64_t seed) {
    const LoadedScenario loaded = test::load(
        "database-failover", {{"/platform/postgres/writes", "\"1000/s\"", ""},
                              {"/platform/parameters/postgres.replication_lag", "50ms", ""}});
    SimulatedWorld world(loaded.platform, loaded.scenario.start);
    world.reset(seed, 0);
    world.wait_until(60s);
    if (dies)
      world.inject({"dies", Primitive::crash, {Level::node, "pool-postgres-1"}});
    else
      run(world, "kubectl scale statefulset postgres-primary --replicas=0 -n gomeet");
    while (world.now() < 90s) world.wait_until(90s);
    run(world, promote);
    run(world,
        "kubectl patch service postgres-primary -n gomeet -p "
        "'{\"spec\":{\"selector\":{\"role\":\"replica\","
        "\"statefulset.kubernetes.io/pod-name\":\"postgres-replica-0\"}}}'");
    while (world.now() < 300s) world.wait_until(300s);
    std::uint64_t lost = 0;
    for (const LedgerStream& stream : world.ledger().streams)
      if (stream.component == ComponentId::postgres)
        for (const LedgerRun& stretch : stream.runs)
          if (stretch.fate == Fate::lost) lost += stretch.count;
    return lost;
  };
  CHECK(lost_after(false, 7) == 0);
  // 1,000 writes a second over four databases, 50 ms behind: 12.5 in each, to the nearest whole.
  const std::uint64_t lost = lost_after(true, 7);
  CHECK(lost >= 48);
  CHECK(lost <= 52);
}
