#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// Synchronous replication: what a commit waits for decides what a failover loses.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

const Setting lag{"/platform/parameters/postgres.replication_lag", "800ms", ""};
const Setting first{"/platform/postgres/synchronous_standbys", R"(["postgres-replica-0"])", ""};
const Setting second{"/platform/postgres/synchronous_standbys", R"(["postgres-replica-1"])", ""};

Setting level(const std::string& name) {
  return {"/platform/postgres/synchronous_commit", name, ""};
}

Effect crash_of(const std::string& id, const std::string& target) {
  return {.id = id, .primitive = Primitive::crash, .target = *parse_target(target)};
}

struct Platform {
  explicit Platform(const std::vector<Setting>& settings)
      : loaded(test::load("database-failover", settings)),
        world(loaded.platform, loaded.scenario.start) {
    world.watch({});
  }
  void pass(Duration time) { test::pass_until(world, world.now() + time); }
  bool writable() {
    static constexpr Probe probe{ProbeKind::postgres_write};
    world.watch({&probe, 1});
    SampleBuffer buffer;
    world.drain(buffer);
    return !buffer.samples.empty() && buffer.samples.back().answer == Answer::holds;
  }
  void lead_to_replica() {
    test::run(world,
              "kubectl patch service postgres-primary -n gomeet --type=json -p "
              "'[{\"op\":\"replace\",\"path\":\"/spec/selector\",\"value\":"
              "{\"statefulset.kubernetes.io/pod-name\":\"postgres-replica-0\"}}]'");
  }
  std::string psql(const std::string& pod, const std::string& sql) {
    const auto state = test::run(
        world, "kubectl exec " + pod + " -n gomeet -- psql -U postgres -c \"" + sql + "\"");
    return std::string(state.output);
  }

  LoadedScenario loaded;
  SimulatedWorld world;
};

/// Loses the primary's node for good, promotes replica-0 and makes it the one that is written to.
std::uint64_t lost_by_failover(const std::vector<Setting>& settings) {
  Platform platform(settings);
  platform.pass(30s);
  platform.world.inject(crash_of("dies", "node/pool-postgres-1"));
  platform.pass(30s);
  platform.psql("postgres-replica-0", "ALTER SYSTEM SET synchronous_standby_names = ''");
  platform.psql("postgres-replica-0", "SELECT pg_reload_conf()");
  platform.psql("postgres-replica-0", "SELECT pg_promote()");
  platform.lead_to_replica();
  platform.pass(2min);
  CHECK(platform.writable());
  return test::lost_writes(platform.world, ComponentId::postgres);
}

}  // namespace

TEST_CASE("a failover to an asynchronous standby loses its lag, to the synchronous one nothing") {
  const auto asynchronous = lost_by_failover({lag});
  CHECK(asynchronous > 0);
  CHECK(lost_by_failover({lag, first}) == 0);
  // The other standby is asynchronous, and it is the one that is promoted.
  CHECK(lost_by_failover({lag, second}) == asynchronous);
  // The names bind nobody when commits wait for the own disk only.
  CHECK(lost_by_failover({lag, first, level("local")}) == asynchronous);
  // Without even that standbys are up to three times wal_writer_delay further behind.
  CHECK(lost_by_failover({lag, level("off")}) > asynchronous);
}

TEST_CASE("without a standby that streams, commits of a synchronous primary hang") {
  Platform platform({first});
  platform.pass(10s);
  CHECK(platform.writable());
  const EffectId gone = platform.world.inject(crash_of("dies", "node/pool-postgres-2"));
  platform.pass(1s);
  CHECK_FALSE(platform.writable());
  platform.psql("postgres-primary-0", "ALTER SYSTEM SET synchronous_standby_names = ''");
  CHECK_FALSE(platform.writable());  // not before the reload
  platform.psql("postgres-primary-0", "SELECT pg_reload_conf()");
  CHECK(platform.writable());
  platform.world.recover(gone);
}

TEST_CASE("a promoted standby inherits the names, and waits for a standby of its own") {
  Platform platform({first});
  platform.pass(10s);
  platform.world.inject(crash_of("dies", "node/pool-postgres-1"));
  platform.pass(30s);
  platform.psql("postgres-replica-0", "SELECT pg_promote()");
  platform.lead_to_replica();
  platform.pass(1min);
  CHECK_FALSE(platform.writable());
  platform.psql("postgres-replica-0",
                "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (postgres-replica-1)'");
  platform.psql("postgres-replica-0", "SELECT pg_reload_conf()");
  platform.pass(5s);  // replica 1 follows whom the Service leads to
  CHECK(platform.writable());
}

TEST_CASE("with synchronous_commit off a crash loses what was not flushed, without any failover") {
  const auto lost_by_crash = [](const std::string& name) {
    Platform platform({level(name)});
    platform.pass(10s);
    platform.world.inject(crash_of("dies", "pod/postgres-primary-0"));
    platform.pass(5min);
    CHECK(platform.writable());
    return test::lost_writes(platform.world, ComponentId::postgres);
  };
  CHECK(lost_by_crash("on") == 0);
  CHECK(lost_by_crash("off") > 0);
}

TEST_CASE("a level that there is not, and a quorum, are refused") {
  Platform platform({});
  CHECK(platform.psql("postgres-primary-0", "ALTER SYSTEM SET synchronous_commit = 'sometimes'")
            .find("invalid value for parameter \"synchronous_commit\"") != std::string::npos);
  Action action;
  action.command =
      "kubectl exec postgres-primary-0 -n gomeet -- psql -U postgres -c "
      "\"ALTER SYSTEM SET synchronous_standby_names = 'ANY 2 (a, b, c)'\"";
  const ActionId id = platform.world.begin(action);
  platform.pass(1h);
  CHECK_FALSE(platform.world.state(id).understood);
}

TEST_CASE("an SFU node takes no more than its tracks and its bytes allow") {
  const auto without_media = [](const std::string& id, const std::string& value) {
    Platform platform({{"/platform/parameters/" + id, value, ""}});
    platform.pass(1min);
    return platform.world.user_impact().curve.front().without_media;
  };
  CHECK(without_media("livekit.tracks_per_cpu", "400") == 0);
  // Twenty on each of the eight nodes that the autoscaler leaves for so few.
  CHECK(without_media("livekit.tracks_per_cpu", "4") == 340);  // 64 tracks / 3.1
  CHECK(without_media("livekit.tracks_limit", "62") == 340);
  CHECK(without_media("livekit.bytes_limit", "5160kB/s") == 340);
}
