#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// PgBouncer between the API and PostgreSQL, and connections that are limited.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

void edit(LoadedScenario& loaded, const std::string& workload,
          const std::function<void(kube::Container&)>& change) {
  for (kube::Workload& each : loaded.platform.clusters.front().initial.workloads)
    if (each.meta.name == workload)
      each.revisions.back().pod_template.edit(
          [&](kube::PodTemplate& pod) { change(pod.containers.front()); });
}

using test::set_environment;

struct Platform {
  explicit Platform(LoadedScenario scenario)
      : loaded(std::move(scenario)), world(loaded.platform, loaded.scenario.start) {
    world.watch({});
  }
  Platform() : Platform(test::load("database-failover")) {}
  double api() { return test::reading(world, ProbeKind::api_requests); }
  double postgres() { return test::reading(world, ProbeKind::postgres_write); }
  void pass(Duration time) { test::pass_until(world, world.now() + time); }
  void scale_poolers(int replicas) {
    test::run(world, "kubectl scale deployment pgbouncer -n gomeet --replicas=" +
                         std::to_string(replicas));
    pass(1min);
  }
  EffectId cut_off_poolers(int count) {
    Effect cut{"cut", Primitive::cut, {Level::pod, "pgbouncer", count}};
    cut.other = Target{Level::pod, "postgres-primary", 1};
    return world.inject(cut);
  }
  Duration until_served() {
    const Offset begin = world.now();
    while (api() < 1 && world.now() - begin < 5min) pass(100ms);
    return world.now() - begin;
  }

  LoadedScenario loaded;
  SimulatedWorld world;
};

}  // namespace

TEST_CASE("what goes through the poolers stops with them") {
  Platform platform;
  CHECK(platform.api() == 1);
  platform.scale_poolers(0);
  CHECK(platform.api() == 0);
  CHECK(platform.postgres() == 1);
  platform.scale_poolers(2);
  CHECK(platform.api() == 1);
}

TEST_CASE("a service whose environment names PostgreSQL itself does without poolers") {
  LoadedScenario loaded = test::load("database-failover");
  set_environment(loaded, "auth-service", "DATABASE_URL", "");
  set_environment(loaded, "auth-service", "PGHOST", "postgres-primary.gomeet.svc.cluster.local");
  Platform platform(std::move(loaded));
  platform.scale_poolers(0);
  CHECK(platform.api() == Approx(0.2));  // one of five services
}

TEST_CASE("without the Service that the API's environment names nobody finds the poolers") {
  Platform platform;
  test::run(platform.world, "kubectl delete service pgbouncer -n gomeet");
  platform.pass(10s);
  CHECK(platform.api() == 0);
}

TEST_CASE("one of two poolers that is cut off from PostgreSQL fails half of the requests") {
  Platform platform;
  const EffectId cut = platform.cut_off_poolers(1);
  CHECK(platform.api() == Approx(0.5));
  CHECK(platform.postgres() == 1);
  platform.world.recover(cut);
  platform.pass(1min);
  CHECK(platform.api() == 1);
}

TEST_CASE("poolers that were cut off try again after their delay, unless they had not given up") {
  const auto after_cut = [](Duration length, const std::string& retry) {
    Platform platform(test::load("database-failover",
                                 {{"/platform/parameters/postgres.pool_reconnect", retry, ""}}));
    const EffectId cut = platform.cut_off_poolers(2);
    CHECK(platform.api() == 0);
    platform.pass(length);
    platform.world.recover(cut);
    return platform.until_served();
  };
  CHECK(after_cut(1min, "4s") >= 4s);
  CHECK(after_cut(1min, "4s") < 5s);
  CHECK(after_cut(1min, "12s") >= 12s);
  CHECK(after_cut(2s, "12s") < 3s);
}

namespace {

/// All SFU nodes restart at once, and everybody joins again.
test::Drilled storm(const std::function<void(LoadedScenario&)>& change) {
  LoadedScenario loaded = test::load(
      "sfu-node-failure",
      {{"/faults", R"([{"id": "f", "fault": "crash", "target": "pod/livekit-sfu", "count": 12}])",
        ""},
       {"/runbook/steps", R"([{"id": "wait", "run": "sleep 300"}])", ""},
       {"/horizon", "30m", ""}});
  change(loaded);
  return test::drill(std::move(loaded));
}

Duration api_outage(const test::Drilled& drilled) {
  const auto& achieved = drilled.of(ComponentId::api).rto.achieved;
  REQUIRE(achieved);
  return *achieved;
}

double lost_minutes(const test::Drilled& drilled) {
  return drilled.journal.impact.participant_minutes_lost;
}

}  // namespace

TEST_CASE("a storm of joins queues for server connections, the longer the fewer there are") {
  const auto with_pool = [](const std::string& size) {
    return api_outage(storm(
        [&](LoadedScenario& l) { set_environment(l, "pgbouncer", "DEFAULT_POOL_SIZE", size); }));
  };
  const Duration plenty = with_pool("62");
  CHECK(with_pool("30") == plenty);
  // 4 databases, 2 poolers: 8 connections for 1,500 transactions of 10 ms.
  CHECK(with_pool("1") > plenty + 500ms);
  // The same where the server takes no more.
  CHECK(api_outage(storm([](LoadedScenario& l) {
          edit(l, "postgres-primary", [](kube::Container& c) {
            c.args = {"-c", "max_connections=11"};
          });
        })) > plenty + 500ms);
}

TEST_CASE("a pooler that does not say how many connections it makes has the parameter's") {
  const auto with_pool = [](double size) {
    return api_outage(storm([&](LoadedScenario& l) {
      set_environment(l, "pgbouncer", "DEFAULT_POOL_SIZE", "");
      ParameterTable& table = l.platform.parameters;
      Parameter changed = table[table.find("pooler.pool_size")];
      changed.value = Distribution{Shape::constant, size, 0, 0};
      table.put(changed);
    }));
  };
  CHECK(with_pool(1) > with_pool(20) + 500ms);
}

TEST_CASE("more clients than the poolers take are refused, and join later") {
  const auto with_clients = [](const std::string& most) {
    return lost_minutes(storm([&](LoadedScenario& l) {
      set_environment(l, "pgbouncer", "MAX_CLIENT_CONN", most);
      set_environment(l, "pgbouncer", "DEFAULT_POOL_SIZE", "1");
    }));
  };
  CHECK(with_clients("10") > with_clients("1000") * 1.02);
}

TEST_CASE("the longer a request takes the longer is a storm") {
  const auto taking = [](const std::string& time) {
    return api_outage(test::drill(
        "sfu-node-failure",
        {{"/faults", R"([{"id": "f", "fault": "crash", "target": "pod/livekit-sfu", "count": 12}])",
          ""},
         {"/runbook/steps", R"([{"id": "wait", "run": "sleep 300"}])", ""},
         {"/horizon", "30m", ""},
         {"/platform/parameters/api.service_time", time, ""}}));
  };
  CHECK(taking("80ms") > taking("20ms"));
}
