#include <catch2/catch.hpp>

#include "tests/models/database_platform.hpp"

/// Standbys: what ends a stream, when the next one is asked for, and what WAL is still there then.
using namespace drdrill;
using namespace std::chrono_literals;
using test::crash_of;
using Platform = test::DatabasePlatform;

namespace {

Setting parameter(const std::string& id, const std::string& value) {
  return {"/platform/parameters/postgres." + id, value, ""};
}
const Setting either{"/platform/postgres/synchronous_standbys",
                     R"(["postgres-replica-0", "postgres-replica-1"])", ""};

Effect cut_of(const std::string& target) {
  return {.id = "cut", .primitive = Primitive::isolate, .target = *parse_target(target)};
}

std::int64_t streaming(Platform& platform) {
  return test::figure(platform.world, "streaming standbys");
}

/// How long commits wait once replica 0, which confirms them, is gone with its node.
Duration commits_wait(const std::vector<Setting>& settings) {
  std::vector<Setting> all = settings;
  all.push_back(either);
  Platform platform(all);
  platform.pass(10s);
  platform.world.inject(crash_of("dies", "node/pool-postgres-2"));
  const Offset from = platform.world.now();
  while (!platform.writable() && platform.world.now() < from + 10min) platform.pass(1s);
  return platform.world.now() - from;
}

/// How many standbys stream when replica 0's node comes back after so long.
std::int64_t streaming_after(Duration away, const std::vector<Setting>& settings) {
  Platform platform(settings);
  platform.pass(10s);
  const EffectId gone = platform.world.inject(crash_of("dies", "node/pool-postgres-2"));
  platform.pass(away);
  CHECK(streaming(platform) == 1);
  platform.world.recover(gone);
  platform.pass(10min);
  return streaming(platform);
}

/// From a crash of the primary's process until its databases are written to again, without the
/// clients' own delays. The mean of some runs: when the last checkpoint was is drawn.
double restart_seconds(const std::vector<Setting>& settings) {
  std::vector<Setting> all = settings;
  all.push_back(parameter("redo_rate", "1MB/s"));
  all.push_back(parameter("pool_reconnect", "0s"));
  const LoadedScenario loaded = test::load("database-failover", all);
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  constexpr int runs = 40;
  double sum = 0;
  for (int run = 0; run < runs; ++run) {
    world.reset(7, static_cast<std::uint64_t>(run));
    world.watch({});
    test::pass_until(world, 10s);
    world.inject(crash_of("dies", "pod/postgres-primary-0"));
    while (test::reading(world, ProbeKind::postgres_write) == 0)
      test::pass_until(world, world.now() + 1s);
    sum += to_seconds(world.now() - 10s);
  }
  return sum / runs;
}

}  // namespace

TEST_CASE("commits wait for a standby that vanished until wal_sender_timeout takes it for gone") {
  CHECK(to_seconds(commits_wait({})) == Approx(60).margin(1.5));
  CHECK(to_seconds(commits_wait({parameter("wal_sender_timeout", "20s")})) ==
        Approx(20).margin(1.5));
}

TEST_CASE("a standby whose process ends is not waited for: its machine closes the connection") {
  Platform platform({either});
  platform.pass(10s);
  platform.world.inject(crash_of("dies", "pod/postgres-replica-0"));
  platform.pass(100ms);
  CHECK(platform.writable());
}

TEST_CASE("a standby that was cut off for less than the timeouts goes on as if nothing had been") {
  Platform platform({either});
  platform.pass(10s);
  const EffectId cut = platform.world.inject(cut_of("pod/postgres-replica-0"));
  platform.pass(30s);
  CHECK_FALSE(platform.writable());  // nobody has taken it for gone
  platform.world.recover(cut);
  platform.pass(500ms);
  CHECK(platform.writable());
  CHECK(streaming(platform) == 2);
}

TEST_CASE("after longer it asks again, every wal_retrieve_retry_interval") {
  const auto streams_again = [](const std::string& interval) {
    Platform platform({parameter("wal_retrieve_retry_interval", interval)});
    platform.pass(10s);
    const EffectId cut = platform.world.inject(cut_of("pod/postgres-replica-0"));
    platform.pass(61s + 500ms);  // it has asked once, after the timeout of its receiver
    platform.world.recover(cut);
    const Offset from = platform.world.now();
    while (streaming(platform) < 2) platform.pass(100ms);
    return to_seconds(platform.world.now() - from);
  };
  CHECK(streams_again("5s") == Approx(3.5).margin(0.2));
  CHECK(streams_again("30s") == Approx(28.5).margin(0.2));
}

TEST_CASE("a standby that was away for longer than WAL is kept has to be copied anew") {
  CHECK(streaming_after(2min, {}) == 2);
  CHECK(streaming_after(1h, {}) == 1);
  SECTION("unless its upstream keeps more") {
    CHECK(streaming_after(1h, {parameter("wal_keep_size", "4GB")}) == 2);
  }
  SECTION("or has checkpoints further apart") {
    CHECK(streaming_after(1h, {parameter("checkpoint_timeout", "4h"),
                               parameter("max_wal_size", "100GB")}) == 2);
  }
  SECTION("and max_wal_size makes checkpoints come sooner than their timeout") {
    CHECK(streaming_after(8min, {parameter("checkpoint_timeout", "1h")}) == 2);
    CHECK(streaming_after(8min, {parameter("checkpoint_timeout", "1h"),
                                 parameter("max_wal_size", "64MB")}) == 1);
  }
}

TEST_CASE("a standby confirms nothing before it has caught up") {
  const auto confirms_after = [](const std::string& rate) {
    Platform platform({{"/platform/postgres/synchronous_standbys", R"(["postgres-replica-0"])", ""},
                       parameter("clone_rate", rate)});
    platform.pass(10s);
    platform.psql("postgres-primary-0", "ALTER SYSTEM SET synchronous_standby_names = ''");
    platform.psql("postgres-primary-0", "SELECT pg_reload_conf()");
    const EffectId gone = platform.world.inject(crash_of("dies", "node/pool-postgres-2"));
    platform.pass(3min);
    platform.psql("postgres-primary-0",
                  "ALTER SYSTEM SET synchronous_standby_names = 'postgres-replica-0'");
    platform.psql("postgres-primary-0", "SELECT pg_reload_conf()");
    platform.world.recover(gone);
    while (streaming(platform) < 2) platform.pass(1s);
    const Offset from = platform.world.now();
    while (!platform.writable()) platform.pass(1s);
    return to_seconds(platform.world.now() - from);
  };
  // Over three minutes at 0.3 MB/s, which 0.1 or 1 MB/s more than that make up for.
  CHECK(confirms_after("300MB/s") < 2);
  CHECK(confirms_after("1.3MB/s") > 50);
  CHECK(confirms_after("0.4MB/s") > 500);
}

TEST_CASE("redo goes back to the last checkpoint that was over, 0.9 to 1.9 intervals ago") {
  // At 0.3 MB/s and 5 minutes 126 MB in the mean, at 1 MB/s; from 64 MB on at 33 MB apart 47 MB.
  const double usual = restart_seconds({});
  CHECK(usual == Approx(126).margin(25));
  const double often = restart_seconds({parameter("checkpoint_timeout", "1m")});
  CHECK(usual - often == Approx(126 * 0.8).margin(25));
  const double forced = restart_seconds({parameter("max_wal_size", "64MiB")});
  CHECK(usual - forced == Approx(126 - 1.4 * 64 * 1.048576 / 1.9).margin(25));
  CHECK(restart_seconds({parameter("checkpoint_completion_target", "0.1")}) < usual - 40);
}

TEST_CASE("a primary that crashed lets nobody in before what redo changed is written") {
  const Setting at_once = parameter("checkpoint_rate", "1TB/s");
  const Setting all = parameter("dirtied_by_redo", "1");
  const double without = restart_seconds({at_once, all});
  // As slow as redo, it takes as long again.
  const double with = restart_seconds(
      {parameter("checkpoint_rate", "1MB/s"), all, parameter("shared_buffers", "10GB")});
  CHECK(with - without == Approx(without).epsilon(0.1));
  // No more than shared_buffers holds: 16 MiB at 1 MB/s.
  const double bounded = restart_seconds(
      {parameter("checkpoint_rate", "1MB/s"), all, parameter("shared_buffers", "16MiB")});
  CHECK(bounded - without == Approx(16.8).margin(3));
}

TEST_CASE("a primary that is told to stop ends its sessions at once, and its WAL still arrives") {
  Platform platform({parameter("shutdown", "20s")});
  platform.pass(60s);
  CHECK(platform.writable());
  test::run(platform.world, "kubectl delete pod postgres-primary-0 -n gomeet --wait=false");
  platform.pass(1s);
  CHECK_FALSE(platform.writable());
  CHECK(test::figure(platform.world, "writable primaries") == 0);
  CHECK(streaming(platform) == 2);
  CHECK(platform.psql("postgres-primary-0", "SELECT 1")
            .find("FATAL:  the database system is shutting down") != std::string::npos);
  platform.pass(3min);
  CHECK(platform.writable());
  CHECK(streaming(platform) == 2);
}

TEST_CASE("a primary that stands still hears of its end only when it goes on") {
  Platform platform({parameter("shutdown", "20s")});
  platform.pass(60s);
  const EffectId frozen =
      platform.world.inject({.id = "frozen",
                             .primitive = Primitive::pause,
                             .target = *parse_target("pod/postgres-primary-0")});
  test::run(platform.world, "kubectl delete pod postgres-primary-0 -n gomeet --wait=false");
  platform.pass(1s);
  platform.world.recover(frozen);
  platform.pass(1s);
  CHECK_FALSE(platform.writable());
  CHECK(platform.psql("postgres-primary-0", "SELECT 1").find("shutting down") != std::string::npos);
}
