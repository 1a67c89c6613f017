#include <catch2/catch.hpp>

#include "tests/models/database_platform.hpp"

/// Synchronous replication: what a commit waits for decides what a failover loses.
using namespace drdrill;
using namespace std::chrono_literals;
using test::crash_of;
using Platform = test::DatabasePlatform;

namespace {

const Setting lag{"/platform/parameters/postgres.replication_lag", "800ms", ""};
const Setting first{"/platform/postgres/synchronous_standbys", R"(["postgres-replica-0"])", ""};
const Setting second{"/platform/postgres/synchronous_standbys", R"(["postgres-replica-1"])", ""};

Setting level(const std::string& name) {
  return {"/platform/postgres/synchronous_commit", name, ""};
}

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

TEST_CASE("a level that there is not, and a list that is none, are refused") {
  Platform platform({});
  CHECK(platform.psql("postgres-primary-0", "ALTER SYSTEM SET synchronous_commit = 'sometimes'")
            .find("invalid value for parameter \"synchronous_commit\"") != std::string::npos);
  CHECK(platform
            .psql("postgres-primary-0",
                  "ALTER SYSTEM SET synchronous_standby_names = 'ANY 0 (postgres-replica-0)'")
            .find("invalid value for parameter \"synchronous_standby_names\"") !=
        std::string::npos);
}

TEST_CASE("commits wait for as many standbys as are asked for: FIRST of the list, ANY of it") {
  const auto works_without_one = [](const std::string& names) {
    Platform platform({});
    platform.psql("postgres-primary-0",
                  "ALTER SYSTEM SET synchronous_standby_names = '" + names + "'");
    platform.psql("postgres-primary-0", "SELECT pg_reload_conf()");
    platform.pass(10s);
    CHECK(platform.writable());
    platform.world.inject(crash_of("dies", "node/pool-postgres-2"));  // replica 0
    platform.pass(5s);
    return platform.writable();
  };
  CHECK(works_without_one("ANY 1 (postgres-replica-0, postgres-replica-1)"));
  CHECK(works_without_one("FIRST 1 (postgres-replica-1, postgres-replica-0)"));
  CHECK_FALSE(works_without_one("FIRST 1 (postgres-replica-0, postgres-replica-1)"));
  CHECK_FALSE(works_without_one("FIRST 2 (postgres-replica-0, postgres-replica-1)"));
  CHECK_FALSE(works_without_one("ANY 2 (postgres-replica-0, postgres-replica-1)"));
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
