#include <catch2/catch.hpp>

#include "tests/models/redis_lab.hpp"

/// A Redis server whose volume has no room.
using namespace drdrill;
using namespace std::chrono_literals;
using test::RedisLab;
using test::says;

namespace {

/// What both kinds of servers are started with besides their cluster.
std::vector<Setting> started_with(const std::string& words) {
  std::vector<Setting> settings;
  for (const std::string set : {"redis-master", "redis-replica"})
    settings.push_back({"/platform/clusters/0/objects/StatefulSet:" + set +
                            "/spec/template/spec/containers/0/args",
                        R"(["redis-server", "--cluster-enabled", "yes", )" + words + "]", ""});
  return settings;
}

EffectId fill(RedisLab& lab, const std::string& pod) {
  return lab.world.inject({"full", Primitive::fill, {Level::pod, pod}});
}

/// Does the first master take a write? {06S} is in its first slot.
std::string writes(RedisLab& lab) {
  return lab.cli("redis-master-0", "set {06S}canary 1");
}

}  // namespace

TEST_CASE("with an append-only file writes are refused while there is no room, and not longer") {
  RedisLab lab;
  REQUIRE(says(writes(lab), "OK"));
  const EffectId full = fill(lab, "redis-master-0");
  lab.pass(1s);
  CHECK(says(writes(lab), "MISCONF Errors writing to the AOF file"));
  CHECK(says(lab.cli("redis-master-0", "get {06S}canary"), "1"));
  CHECK(says(lab.cli("redis-master-0", "info persistence"), "aof_last_write_status:err"));
  lab.world.recover(full);
  lab.pass(100ms);
  CHECK(says(writes(lab), "OK"));
  CHECK(lab.lost() == 0);
}

TEST_CASE("one that synchronises each write ends, and starts again to no avail") {
  RedisLab lab(started_with(R"("--appendonly", "yes", "--appendfsync", "always")"));
  const auto restarts = [&] {
    return std::stoi(std::string(lab.run("kubectl get pod redis-master-0 -n gomeet -o "
                                         "jsonpath='{.status.containerStatuses[0].restartCount}'")
                                     .output));
  };
  fill(lab, "redis-master-1");
  lab.pass(1min);
  CHECK(restarts() == 0);
  fill(lab, "redis-master-0");
  lab.pass(2min);
  CHECK(restarts() >= 2);
  CHECK(lab.lost() == 0);
}

TEST_CASE("a replica without room ends, and cannot copy its master until there is some") {
  RedisLab lab;
  const EffectId full = fill(lab, "redis-replica-0");
  lab.pass(5min);
  CHECK(test::figure(lab.world, "replicas") == 2);
  CHECK(says(writes(lab), "OK"));
  lab.world.recover(full);
  lab.pass(6min);
  CHECK(test::figure(lab.world, "replicas") == 3);
}

TEST_CASE("without an append-only file writes are refused once a snapshot has failed") {
  SECTION("until one succeeds") {
    RedisLab lab(started_with(R"("--save", "60", "1")"));
    const EffectId full = fill(lab, "redis-master-0");
    CHECK(says(writes(lab), "OK"));
    lab.pass(61s);
    CHECK(says(writes(lab), "MISCONF Redis is configured to save RDB snapshots"));
    lab.world.recover(full);
    CHECK(says(writes(lab), "MISCONF"));
    lab.pass(10s);
    CHECK(says(writes(lab), "OK"));
  }
  SECTION("never where none is taken") {
    RedisLab lab(started_with(R"("--save", "")"));
    fill(lab, "redis-master-0");
    lab.pass(10min);
    CHECK(says(writes(lab), "OK"));
  }
}
