#include <catch2/catch.hpp>

#include "tests/models/database_platform.hpp"

/// Slots keep WAL for a standby that is away, on the server where they were made.
using namespace drdrill;
using namespace std::chrono_literals;
using test::crash_of;
using Platform = test::DatabasePlatform;

namespace {

/// Two standbys cannot use one slot.
const Setting one{"/platform/clusters/0/objects/StatefulSet:postgres-replica/spec/replicas", "1",
                  ""};
const Setting slotted{
    "/platform/clusters/0/objects/StatefulSet:postgres-replica/spec/template/spec/containers/0/"
    "args",
    R"(["-c", "max_connections=520", "-c", "primary_slot_name=standby"])", ""};

Setting parameter(const std::string& id, const std::string& value) {
  return {"/platform/parameters/postgres." + id, value, ""};
}

std::int64_t streaming(Platform& platform) {
  return test::figure(platform.world, "streaming standbys");
}

std::string status(Platform& platform, const std::string& pod) {
  return platform.psql(pod, "SELECT slot_name, active, wal_status FROM pg_replication_slots");
}

/// How many standbys stream when replica 0's node comes back after an hour.
std::int64_t streaming_after_an_hour(const std::vector<Setting>& settings, std::string* seen = {}) {
  Platform platform(settings);
  platform.pass(10s);
  const EffectId gone = platform.world.inject(crash_of("dies", "node/pool-postgres-2"));
  platform.pass(1h);
  if (seen) *seen = status(platform, "postgres-primary-0");
  platform.world.recover(gone);
  platform.pass(10min);
  return streaming(platform);
}

}  // namespace

TEST_CASE("a slot keeps what a standby lacks, as much as it may") {
  std::string seen;
  CHECK(streaming_after_an_hour({one}) == 0);
  CHECK(streaming_after_an_hour({one, slotted}, &seen) == 1);
  CHECK(seen.find("standby") != std::string::npos);
  // An hour is 1.08 GB.
  CHECK(streaming_after_an_hour({one, slotted, parameter("max_slot_wal_keep_size", "2GB")}) == 1);
  CHECK(streaming_after_an_hour({one, slotted, parameter("max_slot_wal_keep_size", "500MB")},
                                &seen) == 0);
  CHECK(seen.find("lost") != std::string::npos);
}

TEST_CASE("a standby whose slot is not there waits until somebody makes it") {
  Platform platform({one, slotted});
  platform.pass(10s);
  const auto says = [&](const std::string& sql) {
    return platform.psql("postgres-primary-0", sql);
  };
  CHECK(says("SELECT pg_drop_replication_slot('standby')").find("is active") != std::string::npos);
  const EffectId gone = platform.world.inject(crash_of("dies", "node/pool-postgres-2"));
  platform.pass(5s);
  says("SELECT pg_drop_replication_slot('standby')");
  platform.world.recover(gone);
  platform.pass(4min);
  CHECK(streaming(platform) == 0);
  says("SELECT pg_create_physical_replication_slot('standby')");
  CHECK(says("SELECT pg_create_physical_replication_slot('standby')").find("already exists") !=
        std::string::npos);
  platform.pass(1min);
  CHECK(streaming(platform) == 1);
}

TEST_CASE("a server that is promoted has no slots") {
  Platform platform({one, slotted});
  platform.pass(10s);
  CHECK(status(platform, "postgres-primary-0").find("(1 row)") != std::string::npos);
  platform.psql("postgres-replica-0", "SELECT pg_promote()");
  platform.pass(5s);
  CHECK(status(platform, "postgres-replica-0").find("(0 rows)") != std::string::npos);
}
