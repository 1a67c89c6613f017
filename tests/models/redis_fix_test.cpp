#include <catch2/catch.hpp>

#include "models/redis_gossip.hpp"
#include "tests/models/redis_lab.hpp"

using namespace drdrill;
using namespace std::chrono_literals;
using drdrill::test::RedisLab;
using drdrill::test::says;

namespace {

/// Empty masters that know each other, of which the first owns all slots but so many.
struct Uncovered {
  explicit Uncovered(int slots, int masters = 3, std::vector<Setting> settings = {})
      : lab(with(std::move(settings))) {
    lab.start_over();
    lab.cli("redis-master-0", "cluster addslotsrange 0 " + std::to_string(16383 - slots));
    for (int i = 1; i < masters; ++i)
      lab.cli("redis-master-0",
              "cluster meet " + ip("redis-master-" + std::to_string(i)) + " 6379");
    lab.pass(10s);
  }
  static std::vector<Setting> with(std::vector<Setting> settings) {
    settings.push_back({"/platform/parameters/redis.round_trip", "1ms", ""});
    return settings;
  }
  std::string ip(const std::string& pod) {
    const std::string address = lab.address(pod);
    return address.substr(0, address.find(':'));
  }
  double fix() {
    const Offset before = lab.world.now();
    lab.run(
        "echo yes | kubectl exec -i redis-master-0 -n gomeet -- redis-cli --cluster fix "
        "127.0.0.1:6379");
    return to_seconds(lab.world.now() - before);
  }
  ActionState check() {
    return lab.in("redis-master-0", "redis-cli --cluster check 127.0.0.1:6379");
  }

  RedisLab lab;
};

double mean_to_tell(std::size_t servers, Duration timeout) {
  models::RedisGossip gossip;
  for (std::size_t i = 0; i < servers; ++i) gossip.members.push_back({true, false, timeout});
  RandomStream stream(1, 0, "gossip");
  double sum = 0;
  constexpr int times = 200;
  for (int i = 0; i < times; ++i) {
    const auto told = gossip.time_to_tell(stream);
    REQUIRE(told);
    sum += to_seconds(*told);
  }
  return sum / times;
}

}  // namespace

TEST_CASE(
    "redis-cli asks every master for each slot that nobody owns, and one of them five times") {
  const double few = Uncovered(1000).fix();
  CHECK(Uncovered(2000).fix() - few == Approx(8).margin(0.5));
  // Two masters: one question less for each slot.
  CHECK(few - Uncovered(1000, 2).fix() == Approx(1).margin(0.5));
}

TEST_CASE("a slow way to the masters is gone as often as they are asked") {
  const auto takes = [](Duration delay) {
    Uncovered cluster(1000);
    if (delay > Duration::zero()) {
      Effect slow{"slow", Primitive::delay, {Level::pod, "redis-master-1"}};
      slow.amount = to_seconds(delay);
      cluster.lab.world.inject(slow);
    }
    return cluster.fix();
  };
  // 3 ms there and 3 ms back, once for each slot and five times for a third of them.
  CHECK(takes(3ms) - takes(0ms) == Approx(6 * (1 + 5 / 3.0)).margin(1));
}

TEST_CASE("who owns slots is known to all only when servers have told each other") {
  Uncovered cluster(100);
  cluster.fix();
  const ActionState early = cluster.check();
  CHECK(early.exit_status == 1);
  CHECK(says(early.output, "[ERR] Nodes don't agree about configuration!"));
  CHECK(says(early.output, "[OK] All 16384 slots covered."));
  CHECK(says(cluster.lab.cli("redis-master-1", "cluster info"), "cluster_state:fail"));
  cluster.lab.pass(3s);
  CHECK(cluster.check().exit_status == 0);
  CHECK(says(cluster.lab.cli("redis-master-1", "cluster info"), "cluster_state:ok"));
}

TEST_CASE("the more servers there are, the longer it takes until each has told each other") {
  // Of three, each pings one of two every second, in turn.
  const double three = mean_to_tell(3, 15s);
  CHECK(three > 0.3);
  CHECK(three < 1.5);
  CHECK(mean_to_tell(12, 15s) > 2 * three);
  CHECK(mean_to_tell(12, 4s) < mean_to_tell(12, 15s));
}

TEST_CASE("a snapshot over the network begins once nobody else has asked for one for a while") {
  const auto takes = [](const std::string& config) {
    RedisLab lab({{"/platform/redis/data", "\"3MB\"", ""}});
    if (!config.empty()) lab.cli("redis-master-1", "config set " + config);
    lab.pass(300ms);
    const Offset before = lab.world.now();
    lab.cli("redis-master-1", "--rdb /data/copy.rdb");
    return to_seconds(lab.world.now() - before);
  };
  // Five whole seconds of the clock, looked at once a second.
  const double as_delivered = takes("");
  CHECK(as_delivered > 4);
  CHECK(as_delivered < 6.1);
  CHECK(takes("repl-diskless-sync-delay 20") == Approx(as_delivered + 15).margin(1));
  CHECK(takes("repl-diskless-sync-delay 0") < 0.5);
  CHECK(takes("repl-diskless-sync no") < 0.5);
}

TEST_CASE("keys with hash tags leave the other slots without an owner") {
  const auto owned = [](const char* slots) {
    RedisLab lab({{"/platform/parameters/redis.key_slots", slots, ""}});
    lab.run("kubectl exec redis-master-1 -n gomeet -- rm /data/nodes.conf");
    lab.world.inject({"dies", Primitive::crash, {Level::process, "redis-master-1"}});
    lab.pass(20s);
    const std::string info = lab.cli("redis-master-1", "cluster info");
    const std::string name = "cluster_slots_assigned:";
    return std::stoi(info.substr(info.find(name) + name.size()));
  };
  CHECK(owned("48") == 16);
  CHECK(owned("16384") > 5000);
}
