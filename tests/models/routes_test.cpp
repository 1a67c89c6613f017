#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// A Service leads every new connection to any of the servers that it selects.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

LoadedScenario selecting_all(const std::vector<Setting>& settings = {}) {
  LoadedScenario loaded = test::load("database-failover", settings);
  for (kube::Service& service : loaded.platform.clusters.front().initial.services)
    if (service.meta.name == "postgres-primary")
      service.selector.edit([](kube::Labels& labels) { labels = {{"app", "postgres"}}; });
  return loaded;
}

const Setting read_write{"/platform/postgres/target_session_attrs", "read-write", ""};

void kill(World& world, const std::string& pod) {
  world.inject({"kill " + pod, Primitive::crash, {Level::pod, pod, 1}});
}

void promote(World& world) {
  test::run(
      world,
      "kubectl exec postgres-replica-0 -n gomeet -- psql -U postgres -c 'SELECT pg_promote()'");
}

void select(World& world, const std::string& labels) {
  test::run(world,
            "kubectl patch service postgres-primary -n gomeet --type=json -p "
            "'[{\"op\":\"replace\",\"path\":\"/spec/selector\",\"value\":" +
                labels + "}]'");
}

}  // namespace

TEST_CASE("behind a Service that selects the standbys too, two thirds of connections only read") {
  const LoadedScenario loaded = selecting_all();
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  test::pass_until(world, 1min);
  CHECK(test::reading(world, ProbeKind::postgres_write) == 0);
  CHECK(test::reading(world, ProbeKind::api_requests) == Approx(1.0 / 3));
}

TEST_CASE("clients that insist on a server that takes writes find it behind the same Service") {
  const LoadedScenario loaded = selecting_all({read_write});
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  test::pass_until(world, 1min);
  CHECK(test::reading(world, ProbeKind::postgres_write) == 1);
  CHECK(test::reading(world, ProbeKind::api_requests) == 1);
}

TEST_CASE("a selector that is widened does no harm until connections are made anew") {
  const LoadedScenario loaded = test::load("database-failover");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  select(world, R"({"app":"postgres"})");
  test::pass_until(world, 5min);
  CHECK(test::reading(world, ProbeKind::postgres_write) == 1);
  kill(world, "postgres-primary-0");
  test::pass_until(world, 10min);
  // The primary has long been back; connections went to who was there.
  CHECK(test::figure(world, "writable primaries") == 1);
  CHECK(test::reading(world, ProbeKind::postgres_write) == 0);
  CHECK(test::reading(world, ProbeKind::api_requests) < 0.5);
}

TEST_CASE("two primaries behind one Service share the writes, and one of them loses its part") {
  const auto lost = [](Duration together) {
    const LoadedScenario loaded = selecting_all({{"/platform/postgres/writes", "\"120/s\"", ""}});
    SimulatedWorld world(loaded.platform, loaded.scenario.start);
    promote(world);
    CHECK(test::figure(world, "writable primaries") == 2);
    CHECK(test::reading(world, ProbeKind::postgres_write) == 0);  // not what the other has written
    CHECK(test::reading(world, ProbeKind::api_requests) == Approx(2.0 / 3));
    test::pass_until(world, world.now() + together);
    select(world, R"({"statefulset.kubernetes.io/pod-name":"postgres-replica-0"})");
    test::run(world, "kubectl scale statefulset postgres-primary --replicas=0 -n gomeet");
    test::pass_until(world, world.now() + 2min);
    return test::lost_writes(world, ComponentId::postgres);
  };
  const auto ten = static_cast<double>(lost(10min));
  const auto twenty = static_cast<double>(lost(20min));
  CHECK(twenty - ten == Approx(120.0 / 3 * 600).epsilon(0.01));
}

TEST_CASE("connections that a standby had take writes once it is promoted") {
  const LoadedScenario loaded = test::load("database-failover");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  select(world, R"({"statefulset.kubernetes.io/pod-name":"postgres-replica-0"})");
  kill(world, "postgres-primary-0");
  test::pass_until(world, world.now() + 1min);
  CHECK(test::reading(world, ProbeKind::postgres_write) == 0);
  promote(world);
  CHECK(test::reading(world, ProbeKind::postgres_write) == 1);
}

TEST_CASE(
    "clients that stay with a primary that the Service has left write what the system lacks") {
  const test::Drilled both = test::drill(test::load("lab/postgres-double-primary"));
  const RpoResult& lost = both.of(ComponentId::postgres).rpo;
  // From the new route to the undo, five seconds later; four databases at 50 records a second.
  REQUIRE(lost.at_least);
  CHECK(*lost.at_least > 4900ms);
  CHECK(*lost.at_least < 5500ms);
  CHECK(lost.lost_writes > 900);
  CHECK(lost.lost_writes < 1100);
  const test::Drilled cut_off = test::drill(test::load("lab/postgres-isolated"));
  CHECK_FALSE(cut_off.of(ComponentId::postgres).rpo.at_least);
}
