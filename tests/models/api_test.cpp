#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// API pods and what they need: a proxy that reaches them, and stores that they reach themselves.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

/// The 500-participant platform under one fault for ten minutes, with nobody doing anything.
LoadedScenario faulty(const std::string& fault) {
  return test::load(
      "sfu-node-failure",
      {{"/faults", "[{\"id\": \"f\", \"after\": \"10s\", \"lasts\": \"10m\", " + fault + "}]", ""},
       {"/runbook/steps", R"([{"id": "wait", "run": "sleep 660"}])", ""},
       {"/horizon", "30m", ""}});
}

test::Drilled under(const std::string& fault) {
  return test::drill(faulty(fault));
}

/// The pods of a service connect to PostgreSQL without poolers between.
LoadedScenario directly(LoadedScenario loaded, const std::string& service) {
  test::set_environment(loaded, service, "DATABASE_URL",
                        "postgres://gomeet@postgres-primary/gomeet_primary");
  return loaded;
}

/// The health endpoint of a service asks PostgreSQL.
LoadedScenario asking(LoadedScenario loaded, const std::string& service) {
  for (WorkloadModel& workload : loaded.platform.workloads)
    workload.health_needs_postgres = workload.workload == service;
  return loaded;
}

Duration down(const test::Drilled& drilled, ComponentId component) {
  const auto& achieved = drilled.of(component).rto.achieved;
  REQUIRE(achieved);
  return *achieved;
}

std::string cut_off(const std::string& service, int pods, const std::string& from) {
  return R"("fault": "partial-partition", "target": "pod/)" + service + R"(", "count": )" +
         std::to_string(pods) + R"(, "from": ")" + from + "\"";
}

}  // namespace

TEST_CASE("a service none of whose pods reaches PostgreSQL serves nobody, and PostgreSQL is well") {
  const LoadedScenario cut = faulty(cut_off("auth-service", 4, "pod/postgres-primary-0"));
  const auto drilled = test::drill(directly(cut, "auth-service"));
  CHECK(down(drilled, ComponentId::api) >= 10min);
  CHECK(down(drilled, ComponentId::postgres) == 0s);
  // Through the poolers it has nothing to do with the server.
  CHECK(down(test::drill(cut), ComponentId::api) == 0s);
}

TEST_CASE("a service that one of two poolers is out of reach of fails half of its requests") {
  const auto drilled = under(cut_off("auth-service", 4, "pod/pgbouncer"));
  CHECK(down(drilled, ComponentId::api) >= 10min);
}

TEST_CASE("a service none of whose pods reaches a Redis master serves nobody, and Redis is well") {
  const auto drilled = under(cut_off("auth-service", 4, "pod/redis-master-1"));
  CHECK(down(drilled, ComponentId::api) >= 10min);
  CHECK(down(drilled, ComponentId::redis) == 0s);
}

TEST_CASE("pods that are cut off from their store fail their share of requests") {
  const LoadedScenario loaded = directly(test::load("sfu-node-failure"), "signaling-service");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const auto share = [&] { return test::reading(world, ProbeKind::api_requests); };
  test::pass_until(world, 1min);
  CHECK(share() == 1);
  Effect cut{"cut", Primitive::cut, {Level::pod, "signaling-service", 3}};
  cut.other = Target{Level::pod, "postgres-primary", 1};
  const EffectId partition = world.inject(cut);
  CHECK(share() == Approx(1 - 3.0 / 12 / 5));  // 3 of 12 pods of one of five services
  world.recover(partition);
  test::pass_until(world, 3min);
  CHECK(share() == 1);
}

TEST_CASE("a zone that is cut off from the other one breaks the API for as long as that lasts") {
  const auto drilled = under(
      R"("fault": "partial-partition", "target": "zone/singapore-1", "from": "zone/singapore-2")");
  CHECK(down(drilled, ComponentId::api) >= 10min);
}

TEST_CASE("a health endpoint that asks PostgreSQL takes cut off pods out of their Service") {
  const LoadedScenario cut = directly(
      faulty(cut_off("signaling-service", 3, "pod/postgres-primary-0")), "signaling-service");
  CHECK(down(test::drill(cut), ComponentId::api) >= 10min);
  // Readiness asks every 5 s and believes the third failure.
  const Duration asked = down(test::drill(asking(cut, "signaling-service")), ComponentId::api);
  CHECK(asked > 10s);
  CHECK(asked < 20s);
}

TEST_CASE("and restarts every pod of it while PostgreSQL is down, for liveness asks the same") {
  const LoadedScenario loaded = asking(test::load("sfu-node-failure"), "auth-service");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  world.inject({"down", Primitive::crash, {Level::node, "pool-postgres-1", 1}});
  test::pass_until(world, 2min);
  const auto restarts = [&](const std::string& app) {
    const auto state =
        test::run(world, "kubectl get pods -n gomeet -l app=" + app +
                             " -o jsonpath='{.items[*].status.containerStatuses[0].restartCount}'");
    return std::string(state.output);
  };
  CHECK(restarts("auth-service").find_first_not_of("0 \n") != std::string::npos);
  CHECK(restarts("chat-service").find_first_not_of("0 \n") == std::string::npos);
}
