#include <catch2/catch.hpp>

#include "tests/models/redis_lab.hpp"

/// What a replica of Redis has when it comes back, and when.
using namespace drdrill;
using namespace std::chrono_literals;
using test::RedisLab;

namespace {

Setting parameter(const std::string& id, const std::string& value) {
  return {"/platform/parameters/redis." + id, value, ""};
}

Effect effect(Primitive primitive, const std::string& target) {
  return {.id = "it", .primitive = primitive, .target = *parse_target(target)};
}

bool says(RedisLab& lab, const std::string& pod, const std::string& words) {
  return lab.cli(pod, "info replication").find(words) != std::string::npos;
}

/// From the end of a replica's process until it has again what its master has.
double seconds_until_copied(const std::vector<Setting>& settings) {
  RedisLab lab(settings);
  lab.world.inject(effect(Primitive::crash, "pod/redis-replica-0"));
  const Offset from = lab.world.now();
  CHECK(test::figure(lab.world, "replicas") == 2);
  while (test::figure(lab.world, "replicas") < 3 && lab.world.now() < from + 10min) lab.pass(250ms);
  return to_seconds(lab.world.now() - from);
}

/// Does a replica that was cut off for so long follow again as soon as its link is back?
bool goes_on_after(Duration away, const std::vector<Setting>& settings) {
  RedisLab lab(settings);
  const EffectId cut = lab.world.inject(effect(Primitive::isolate, "pod/redis-replica-0"));
  lab.pass(away);
  CHECK(test::figure(lab.world, "replicas") == 2);
  lab.world.recover(cut);
  lab.pass(1s);
  const bool at_once = test::figure(lab.world, "replicas") == 3;
  lab.pass(1min);
  CHECK(test::figure(lab.world, "replicas") == 3);
  return at_once;
}

}  // namespace

TEST_CASE("a replica that starts again is copied to anew, and the copy waits for others to ask") {
  const double with = seconds_until_copied({});
  const double without = seconds_until_copied({parameter("repl_diskless_sync_delay", "0s")});
  CHECK(with - without == Approx(5.5).margin(0.75));  // 4 to 6 s, by the second in which it asks
  const double slower = seconds_until_copied(
      {parameter("repl_diskless_sync_delay", "0s"), parameter("snapshot_rate", "10MB/s")});
  CHECK(slower > without + 1);
}

TEST_CASE(
    "a replica that is being copied to says that its link is down, and is nobody's successor") {
  RedisLab lab({parameter("snapshot_rate", "1MB/s")});
  lab.world.inject(effect(Primitive::crash, "pod/redis-replica-0"));
  lab.pass(20s);
  CHECK(says(lab, "redis-replica-0", "master_link_status:down"));
  CHECK(says(lab, "redis-master-0", "connected_slaves:0"));
  const ActionState node =
      lab.run("kubectl get pod redis-master-0 -n gomeet -o jsonpath='{.spec.nodeName}'");
  lab.world.inject({.id = "lost",
                    .primitive = Primitive::crash,
                    .target = *parse_target("node/" + std::string(node.output))});
  lab.pass(5min);
  CHECK(test::figure(lab.world, "masters serving") == 2);
}

TEST_CASE(
    "a replica that was cut off goes on where it was if its master's backlog reaches so far") {
  // 167 writes a second of 2 kB: what 10 s bring is more than 1 MiB.
  CHECK(goes_on_after(2s, {}));
  CHECK_FALSE(goes_on_after(10s, {}));
  CHECK(goes_on_after(10s, {parameter("repl_backlog_size", "8MiB")}));
}

TEST_CASE(
    "a master that comes back as a replica is copied to, although nothing was written to it") {
  RedisLab lab;
  const EffectId frozen = lab.world.inject(effect(Primitive::pause, "pod/redis-master-0"));
  lab.pass(1min);
  CHECK(test::figure(lab.world, "masters serving") == 3);
  lab.world.recover(frozen);
  lab.pass(3s);
  CHECK(test::figure(lab.world, "replicas") == 2);
  lab.pass(10s);
  CHECK(test::figure(lab.world, "replicas") == 3);
}
