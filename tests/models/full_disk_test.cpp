#include <catch2/catch.hpp>

#include "tests/models/database_platform.hpp"

/// Volumes without room: what a server goes on doing, when it ends, and when it is back.
using namespace drdrill;
using namespace std::chrono_literals;
using Platform = test::DatabasePlatform;

namespace {

Setting parameter(const std::string& id, const std::string& value) {
  return {"/platform/parameters/postgres." + id, value, ""};
}

Effect full(const std::string& target) {
  return {.id = "full", .primitive = Primitive::fill, .target = *parse_target(target)};
}

bool accepts(Platform& platform, const std::string& pod) {
  return test::run(platform.world, "kubectl exec " + pod + " -n gomeet -- pg_isready")
             .exit_status == 0;
}

bool lets_in(Platform& platform) {
  return platform.psql("postgres-primary-0", "SELECT 1").find("FATAL") == std::string::npos;
}

/// The mean of some runs, each with chances of its own: what a world does once its primary's disk
/// is full from second 10 on.
template <class Observe>
double mean(const std::vector<Setting>& settings, Observe&& observe) {
  Platform platform(settings);
  constexpr int runs = 60;
  double sum = 0;
  for (int run = 0; run < runs; ++run) {
    platform.world.reset(7, static_cast<std::uint64_t>(run));
    platform.world.watch({});
    platform.pass(10s);
    const EffectId effect = platform.world.inject(full("pod/postgres-primary-0"));
    sum += observe(platform, effect);
  }
  return sum / runs;
}

double seconds_until(Platform& platform, Duration step, const auto& is_so) {
  const Offset from = platform.world.now();
  while (!is_so() && platform.world.now() < from + 1h) platform.pass(step);
  return to_seconds(platform.world.now() - from);
}

double until_writes_fail(const std::vector<Setting>& settings) {
  return mean(settings, [](Platform& platform, EffectId) {
    return seconds_until(platform, 50ms, [&] { return !platform.writable(); });
  });
}

double until_panic(const std::vector<Setting>& settings) {
  return mean(settings, [](Platform& platform, EffectId) {
    return seconds_until(platform, 1s, [&] { return !lets_in(platform); });
  });
}

}  // namespace

TEST_CASE("a full disk lets a server read and fails writes, which go on once there is room") {
  Platform platform({parameter("checkpoint_timeout", "1h")});
  platform.pass(10s);
  const EffectId effect = platform.world.inject(full("pod/postgres-primary-0"));
  platform.pass(30s);
  CHECK_FALSE(platform.writable());
  CHECK(accepts(platform, "postgres-primary-0"));
  CHECK(platform.psql("postgres-primary-0", "SELECT 1").find('1') != std::string::npos);
  CHECK(platform.psql("postgres-primary-0", "ALTER SYSTEM RESET ALL").find("(0 rows)") ==
        std::string::npos);
  CHECK(test::figure(platform.world, "streaming standbys") == 2);
  platform.world.recover(effect);
  platform.pass(100ms);  // nobody has to connect again
  CHECK(platform.writable());
  CHECK(test::lost_writes(platform.world, ComponentId::postgres) == 0);
}

TEST_CASE("writes fail once a table needs a page: sooner the more is written") {
  const std::vector<Setting> slow{parameter("growing_tables", "1000")};
  const double all = until_writes_fail(slow);
  CHECK(all > 1);
  std::vector<Setting> twice = slow;
  twice.push_back({"/platform/postgres/wal", "0.6MB/s", ""});
  CHECK(until_writes_fail(twice) == Approx(all / 2).epsilon(0.1));
}

TEST_CASE("a server on a full disk panics at its next checkpoint, or when it needs a segment") {
  // Half an interval on average.
  CHECK(until_panic({}) == Approx(150).epsilon(0.25));
  CHECK(until_panic({parameter("checkpoint_timeout", "10m")}) == Approx(300).epsilon(0.25));
  // What checkpoints leave ahead lasts until the one after; with little left ahead it is WAL.
  const std::vector<Setting> short_of_wal{
      parameter("checkpoint_timeout", "1h"), parameter("max_wal_size", "32MiB"),
      parameter("min_wal_size", "32MiB"), parameter("failing_wal", "1")};
  CHECK(until_panic(short_of_wal) < 60);
}

TEST_CASE("a server that panicked says that it is ready, and lets nobody in until there is room") {
  Platform platform({parameter("checkpoint_timeout", "30s")});
  platform.pass(10s);
  const EffectId effect = platform.world.inject(full("pod/postgres-primary-0"));
  platform.pass(2min);
  CHECK(accepts(platform, "postgres-primary-0"));  // and its pod is ready
  CHECK(platform.psql("postgres-primary-0", "SELECT 1").find("could not write init file") !=
        std::string::npos);
  platform.world.recover(effect);
  platform.pass(40s);
  CHECK(platform.writable());
  CHECK(test::lost_writes(platform.world, ComponentId::postgres) == 0);
}

TEST_CASE("a server that is stopped on a full disk does not start again until there is room") {
  Platform platform({parameter("checkpoint_timeout", "1h")});
  platform.pass(10s);
  const EffectId effect = platform.world.inject(full("pod/postgres-primary-0"));
  platform.pass(10s);
  platform.world.inject(test::crash_of("dies", "pod/postgres-primary-0"));
  platform.pass(2min);
  CHECK_FALSE(accepts(platform, "postgres-primary-0"));
  platform.world.recover(effect);
  platform.pass(6min);
  CHECK(platform.writable());
}

TEST_CASE("a standby on a full disk ends when it cannot replay, and its primary goes on") {
  Platform platform({});
  platform.pass(10s);
  platform.world.inject(full("pod/postgres-replica-0"));
  platform.pass(1min);
  CHECK(platform.writable());
  CHECK(test::figure(platform.world, "streaming standbys") == 1);
}

TEST_CASE("CHECKPOINT by hand on a full disk ends the server") {
  Platform platform({parameter("checkpoint_timeout", "1h")});
  platform.pass(10s);
  platform.world.inject(full("pod/postgres-primary-0"));
  platform.pass(10s);
  CHECK(accepts(platform, "postgres-primary-0"));
  platform.psql("postgres-primary-0", "CHECKPOINT");
  CHECK_FALSE(lets_in(platform));
}
