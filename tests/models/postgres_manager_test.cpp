#include <catch2/catch.hpp>

#include "tests/models/database_platform.hpp"

/// Patroni and CloudNativePG: who promotes a standby by itself, when, and what becomes of the old
/// primary.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

const Setting cloudnative{"/platform/postgres/manager", R"("cloudnative-pg")", ""};

Setting parameter(const std::string& id, const std::string& value) {
  return {"/platform/parameters/" + id, value, ""};
}

struct Managed {
  explicit Managed(const std::vector<Setting>& settings = {}, std::uint64_t replication = 0)
      : loaded(test::load("postgres-primary-failure-patroni", settings)),
        world(loaded.platform, loaded.scenario.start) {
    restart(replication);
  }
  void restart(std::uint64_t replication) {
    world.reset(11, replication);
    world.watch({});
    test::pass_until(world, 30s);
  }
  void pass(Duration time) { test::pass_until(world, world.now() + time); }
  std::string asked(const std::string& pod, const std::string& sql) {
    return std::string(
        test::run(world,
                  "kubectl exec " + pod + " -n gomeet -- psql -U postgres -A -t -c \"" + sql + "\"")
            .output);
  }
  bool is_primary(const std::string& pod) {
    return asked(pod, "SELECT pg_is_in_recovery()").starts_with("f");
  }
  std::int64_t primaries() { return test::figure(world, "writable primaries"); }
  std::int64_t streaming() { return test::figure(world, "streaming standbys"); }

  /// From a fault until there is a primary again, to half a second; the most that there were at a
  /// time is left in `most`.
  Duration without_primary(const Effect& fault, Duration patience = 10min) {
    world.inject(fault);
    const Offset from = world.now();
    do {
      pass(500ms);
      most = std::max(most, primaries());
    } while (primaries() == 0 && world.now() < from + patience);
    return world.now() - from;
  }

  LoadedScenario loaded;
  SimulatedWorld world;
  std::int64_t most = 0;
};

const Effect node_dies = test::crash_of("dies", "node/pool-postgres-1");

/// Of runs of the same fault: the mean, and the share that is over after 35 s.
struct Took {
  double mean = 0;
  double within_35 = 0;
};
Took took(const std::vector<Setting>& settings) {
  constexpr int runs = 200;
  Took sum;
  Managed platform(settings);
  for (int run = 0; run < runs; ++run) {
    platform.restart(static_cast<std::uint64_t>(run));
    const double seconds = to_seconds(platform.without_primary(node_dies));
    sum.mean += (seconds - 0.25) / runs;  // looked at every half second
    sum.within_35 += (seconds - 0.25 <= 35 ? 1.0 : 0.0) / runs;
  }
  return sum;
}

Effect isolation_of(const std::string& target) {
  return {.id = "cut", .primitive = Primitive::isolate, .target = *parse_target(target)};
}
Effect pause_of(const std::string& target) {
  return {.id = "stands", .primitive = Primitive::pause, .target = *parse_target(target)};
}

}  // namespace

// The lock lasts for 20 to 30 s more, a standby looks within 10 s: triangular, mean 30 s, 87.5 %
// within 35 s; three standard errors of 200 runs.
TEST_CASE("Patroni promotes once the lock is over and a standby has looked") {
  const std::vector<Setting> at_once{parameter("postgres.promote", "0s")};
  const Took documented = took(at_once);
  CHECK(documented.mean == Approx(30).margin(3 * 4.08 / 14.1 + 0.25));
  CHECK(documented.within_35 == Approx(0.875).margin(0.07));
  const Took longer = took({at_once.front(), parameter("patroni.ttl", "60s")});
  CHECK(longer.mean == Approx(60).margin(3 * 4.08 / 14.1 + 0.25));
}

TEST_CASE("a process that is back before the lock is over goes on as the primary") {
  Managed platform;
  platform.without_primary(test::crash_of("dies", "pod/postgres-primary-0"));
  platform.pass(2min);
  CHECK(platform.is_primary("postgres-primary-0"));
  CHECK(platform.primaries() == 1);
}

TEST_CASE("a primary that is cut off gives up before the lock is free, and comes back behind") {
  Managed platform;
  const EffectId cut = platform.world.inject(isolation_of("node/pool-postgres-1"));
  Offset given_up = never;
  for (int i = 0; i < 120; ++i) {
    platform.pass(500ms);
    CHECK(platform.primaries() <= 1);
    if (platform.primaries() == 0 && given_up == never) given_up = platform.world.now() - 30s;
  }
  CHECK(given_up >= 10s);  // retry_timeout after a look that comes within loop_wait
  CHECK(given_up <= 20500ms);
  CHECK(platform.primaries() == 1);
  platform.world.recover(cut);
  platform.pass(1min);
  CHECK(platform.primaries() == 1);
  CHECK_FALSE(platform.is_primary("postgres-primary-0"));
  CHECK(platform.streaming() == 2);
}

TEST_CASE("a primary that stands still for longer than the lock lasts wakes up as a standby") {
  Managed platform;
  const EffectId stands = platform.world.inject(pause_of("pod/postgres-primary-0"));
  platform.pass(1min);
  CHECK(platform.primaries() == 1);
  platform.world.recover(stands);
  platform.pass(30s);
  CHECK(platform.primaries() == 1);
  CHECK_FALSE(platform.is_primary("postgres-primary-0"));
  CHECK(platform.streaming() == 2);
}

TEST_CASE("nobody is promoted who lacks more than maximum_lag_on_failover") {
  const std::vector<Setting> behind{parameter("postgres.replication_lag", "\"10s\""),
                                    parameter("patroni.loop_wait", "\"1s\"")};
  Managed strict(behind);
  CHECK(strict.without_primary(node_dies, 3min) >= 3min);
  std::vector<Setting> all = behind;
  all.push_back(parameter("patroni.maximum_lag_on_failover", "\"16MiB\""));
  Managed patient(all);
  CHECK(patient.without_primary(node_dies, 3min) < 1min);
}

TEST_CASE("what a runbook promotes beside Patroni's leader is made a standby again") {
  Managed platform;
  platform.asked("postgres-replica-0", "SELECT pg_promote()");
  platform.pass(1min);
  CHECK(platform.primaries() == 1);
  CHECK(platform.is_primary("postgres-primary-0"));
  CHECK(platform.streaming() == 2);
}

TEST_CASE("CloudNativePG waits until Kubernetes takes the node for gone, and failoverDelay") {
  Managed platform({cloudnative});
  const Duration first = platform.without_primary(node_dies);
  CHECK(first >= 40s);  // 50 s of grace less a renewal interval
  CHECK(first <= 60s);
  Managed later({cloudnative, parameter("cloudnative_pg.failover_delay", "60s")});
  CHECK(to_seconds(later.without_primary(node_dies)) == Approx(to_seconds(first) + 60).margin(2));
}

TEST_CASE("under CloudNativePG a primary that is cut off goes on until it hears of the other") {
  Managed platform({cloudnative});
  const EffectId cut = platform.world.inject(isolation_of("node/pool-postgres-1"));
  platform.pass(2min);
  CHECK(platform.primaries() == 2);
  platform.world.recover(cut);
  platform.pass(1min);
  CHECK(platform.primaries() == 1);
  CHECK_FALSE(platform.is_primary("postgres-primary-0"));
  CHECK(platform.streaming() == 2);
}

TEST_CASE("a leader that takes too long to start lets another one lead") {
  const auto without = [](const std::string& patience) {
    // Redo of minutes' worth of WAL takes hours; the container is back at once.
    Managed platform({parameter("postgres.redo_rate", "10kB/s"),
                      parameter("patroni.primary_start_timeout", patience)});
    return to_seconds(platform.without_primary({.id = "dies",
                                                .primitive = Primitive::crash,
                                                .target = *parse_target("pod/postgres-primary-0")},
                                               20min));
  };
  const double soon = without("60s");
  CHECK(soon > 60);
  CHECK(soon < 90);
  CHECK(without("5m") - soon == Approx(240).margin(12));
}
