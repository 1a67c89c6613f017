#include <cmath>

#include <catch2/catch.hpp>

#include "models/redis_gossip.hpp"
#include "tests/models/redis_lab.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

constexpr const char* timeout = "/platform/parameters/redis.cluster_node_timeout";
constexpr double writes_of_shard = 500.0 / 3;
/// Without a size of the data every write has a key of its own, so that losses count writes.
const Setting fresh_keys{"/platform/redis/data", "0", ""};

using Lab = test::RedisLab;
using test::says;

}  // namespace

TEST_CASE("a Redis master is replaced after its node timeout, half of one, and an election") {
  for (const auto& [value, seconds] : {std::pair("15s", 15.0), std::pair("5s", 5.0)}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const test::Drilled drilled =
          test::drill("redis-master-failure", {{timeout, value, ""}}, seed);
      const auto& rto = drilled.of(ComponentId::redis).rto;
      REQUIRE(rto.achieved);
      CHECK(to_seconds(*rto.achieved) >= seconds + 0.5);
      CHECK(to_seconds(*rto.achieved) <= 1.5 * seconds + 2.2);
    }
  }
}

TEST_CASE(
    "a silent master has failed when real ones have, in a small cluster and in a larger one") {
  const auto mean_of = [](Duration timeout, std::size_t masters, int deaths) {
    models::RedisGossip gossip;
    for (std::size_t i = 0; i < 2 * masters; ++i)
      gossip.members.push_back({i < masters, i == 0, timeout});
    RandomStream stream(1, 0, "gossip");
    double sum = 0;
    for (int i = 0; i < deaths; ++i) {
      const auto failed = gossip.time_to_fail(0, stream);
      REQUIRE(failed);
      CHECK(*failed >= timeout);
      CHECK(*failed <= 2 * timeout);
      sum += to_seconds(*failed);
    }
    return sum / deaths;
  };
  // Redis 7.0.15: 24 kills 6.95 s on average (standard error 0.11 s), 14 kills 18.8 s (0.4 s),
  // 14 kills among 30 servers 7.1 s (0.1 s).
  CHECK(mean_of(5s, 3, 2'000) == Approx(6.95).margin(0.25));
  CHECK(mean_of(15s, 3, 2'000) == Approx(18.8).margin(0.6));
  CHECK(mean_of(5s, 15, 100) == Approx(7.1).margin(0.4));
}

TEST_CASE("without most masters nobody is agreed to have failed, and who is alone suspects them") {
  models::RedisGossip gossip;
  for (std::size_t i = 0; i < 6; ++i) gossip.members.push_back({i < 3, i < 2, 5s});
  RandomStream stream(1, 0, "gossip");
  CHECK_FALSE(gossip.time_to_fail(0, stream));
  const auto alone = gossip.time_to_suspect(2, 2, stream);
  REQUIRE(alone);
  CHECK(*alone >= 5s);
  CHECK(*alone <= 8s);
}

TEST_CASE("what a cut off master goes on acknowledging is lost, as long as the node timeout") {
  for (const auto& [value, seconds] : {std::pair("15s", 15.0), std::pair("5s", 5.0)}) {
    Lab lab({fresh_keys, {timeout, value, ""}});
    lab.cut_off();
    test::pass_until(lab.world, 5min);
    CHECK(lab.ok());
    const double lost_s = static_cast<double>(lab.lost()) / writes_of_shard;
    CHECK(lost_s >= seconds);
    CHECK(lost_s <= 1.5 * seconds + 2.0);
  }
}

TEST_CASE(
    "a master that must have a replica stops after the lag allowed, and so does a healthy one") {
  constexpr const char* least = "/platform/parameters/redis.min_replicas_to_write";
  for (const auto& [lag, seconds] : {std::pair("10s", 10.0), std::pair("30s", 30.0)}) {
    const std::vector<Setting> settings{
        fresh_keys,
        {timeout, "60s", ""},
        {least, "1", ""},
        {"/platform/parameters/redis.min_replicas_max_lag", lag, ""}};
    Lab cut(settings);
    cut.cut_off();
    test::pass_until(cut.world, 10min);
    CHECK(cut.lost() > 0);
    CHECK(static_cast<double>(cut.lost()) == Approx(seconds * writes_of_shard).margin(3));
    // The price: without its replica a master that everybody reaches refuses writes, too.
    Lab lonely(settings);
    lonely.world.inject({"replica", Primitive::isolate, {Level::pod, "redis-replica-1"}});
    test::pass_until(lonely.world, 60s + from_seconds(seconds) - 1s);
    CHECK(lonely.ok());
    test::pass_until(lonely.world, 3min);
    CHECK(static_cast<double>(lonely.written()) <
          500 * 60 + 500 * seconds + 2 * writes_of_shard * (120 - seconds) + 500);
  }
}

TEST_CASE("back among the others the old master becomes a replica of the new one") {
  Lab lab;
  lab.cut_off();
  test::pass_until(lab.world, 5min);
  CHECK(test::figure(lab.world, "replicas") == 2);
  const std::uint64_t lost = lab.lost();
  test::run(lab.world, "kubectl delete networkpolicy cut -n gomeet");
  test::pass_until(lab.world, 6min);
  CHECK(test::figure(lab.world, "replicas") == 3);
  CHECK(test::figure(lab.world, "masters serving") == 3);
  CHECK(says(lab.cli("redis-master-1", "info replication"), "role:slave"));
  CHECK(lab.lost() == lost);
}

TEST_CASE("a replica that has not reached its master since it started does not take its place") {
  const auto after_losing_master_1 = [](Lab& lab, bool restarts) {
    const std::string replica_of_1 = [&] {
      for (int i = 0; i < 3; ++i) {
        const std::string pod = "redis-replica-" + std::to_string(i);
        const std::string master = lab.address("redis-master-1");
        if (lab.cli(pod, "info replication").find(master.substr(0, master.find(':'))) !=
            std::string::npos)
          return pod;
      }
      return std::string();
    }();
    REQUIRE_FALSE(replica_of_1.empty());
    const auto node = lab.run(
        "kubectl get pod redis-master-1 -n gomeet -o "
        "jsonpath='{.spec.nodeName}'");
    lab.world.inject({.id = "gone",
                      .primitive = Primitive::crash,
                      .target = *parse_target("node/" + std::string(node.output))});
    if (restarts)
      lab.world.inject({.id = "restarts",
                        .primitive = Primitive::crash,
                        .target = *parse_target("pod/" + replica_of_1)});
    lab.pass(2min);
    return lab.ok();
  };
  Lab lab;
  CHECK(after_losing_master_1(lab, false));
  // Whatever happened before a reset: it was cut off from its master then, too.
  lab.world.reset(1, 0);
  lab.pass(60s);
  CHECK_FALSE(after_losing_master_1(lab, true));
}

TEST_CASE("a failover by hand is refused by a master, and loses nothing at a replica") {
  Lab lab;
  CHECK(lab.cli("redis-master-0", "cluster failover") ==
        "ERR You should send CLUSTER FAILOVER to a replica\n");
  const std::string replica = lab.cli("redis-replica-0", "cluster myid");
  CHECK(lab.cli("redis-replica-0", "cluster failover") == "OK\n");
  CHECK(says(lab.cli("redis-replica-0", "info replication"), "role:master"));
  CHECK(says(lab.cli("redis-master-0", "info replication"), "role:slave"));
  CHECK(says(lab.cli("redis-master-2", "cluster nodes"), replica.substr(0, 40) + " 10.244."));
  CHECK(lab.ok());
  CHECK(lab.lost() == 0);
}

TEST_CASE("without most masters no election is won, and a takeover needs none") {
  Lab lab;
  lab.world.inject({"two", Primitive::crash, {Level::node, "pool-redis-4"}});
  lab.world.inject({"three", Primitive::crash, {Level::node, "pool-redis-5"}});
  test::pass_until(lab.world, 5min);
  CHECK_FALSE(lab.ok());
  CHECK(test::figure(lab.world, "masters serving") == 1);
  CHECK(says(lab.cli("redis-replica-1", "cluster failover"), "FORCE"));
  lab.cli("redis-replica-1", "cluster failover force");
  CHECK(test::figure(lab.world, "masters serving") == 1);
  lab.cli("redis-replica-1", "cluster failover takeover");
  lab.cli("redis-replica-2", "cluster failover takeover");
  test::pass_until(lab.world, 6min);
  CHECK(test::figure(lab.world, "masters serving") == 3);
  CHECK(lab.ok());
}

TEST_CASE(
    "with full coverage all slots refuse while one master has failed, without it only its own") {
  const auto written = [](const char* full) {
    // No replica is there to be elected, so the failure lasts.
    Lab lab({fresh_keys, {"/platform/redis/require_full_coverage", full, ""}});
    lab.world.inject({"replica", Primitive::crash, {Level::pod, "redis-replica-1"}});
    lab.world.inject({"replica-node", Primitive::isolate, {Level::pod, "redis-replica-1"}});
    lab.world.inject({"master", Primitive::crash, {Level::node, "pool-redis-4"}});
    test::pass_until(lab.world, 10min);
    return static_cast<double>(lab.written());
  };
  // Until the failure is agreed: 60 s and about 20 s more; then 520 s of two shards of three.
  CHECK(written("true") == Approx(500 * 60 + 2 * writes_of_shard * 20).epsilon(0.05));
  CHECK(written("false") == Approx(500 * 60 + 2 * writes_of_shard * 540).epsilon(0.01));
}

TEST_CASE("a server that loses power loses what was not synchronised, one that is killed nothing") {
  const auto lost = [](const char* interval, bool power) {
    Lab lab({fresh_keys,
             {timeout, "1000s", ""},
             {"/platform/parameters/redis.fsync_interval", interval, ""}});
    const EffectId down = lab.world.inject(
        {"down", Primitive::crash,
         power ? Target{Level::node, "pool-redis-4"} : Target{Level::pod, "redis-master-1"}});
    test::pass_until(lab.world, 2min);
    lab.world.recover(down);
    test::pass_until(lab.world, 10min);
    CHECK(lab.ok());
    return static_cast<double>(lab.lost());
  };
  CHECK(lost("1s", false) == 0);
  CHECK(lost("0s", true) == 0);
  CHECK(lost("1s", true) == Approx(writes_of_shard).margin(3));
  CHECK(lost("2s", true) == Approx(2 * writes_of_shard).margin(3));
}

TEST_CASE("how long a server takes to come back follows from its data and the rate") {
  const auto back_after = [](const char* data) {
    Lab lab({{timeout, "1000s", ""}, {"/platform/redis/data", data, ""}});
    lab.world.inject({"kill", Primitive::crash, {Level::pod, "redis-master-1"}});
    while (test::figure(lab.world, "masters serving") < 3 && lab.world.now() < 1h)
      test::pass_until(lab.world, lab.world.now() + 100ms);
    return to_seconds(lab.world.now());
  };
  // A third of 21 GB at 350 MB/s: 20 s.
  CHECK(back_after("\"21GB\"") - back_after("\"0GB\"") == Approx(20).margin(0.25));
}

TEST_CASE(
    "one server finds the others again at a new address; all at once do not find each other") {
  Lab one;
  test::run(one.world, "kubectl delete pod redis-master-1 -n gomeet");
  test::pass_until(one.world, 5min);
  CHECK(one.ok());
  CHECK(test::figure(one.world, "replicas") == 3);

  Lab all;
  for (const char* set : {"redis-master", "redis-replica"})
    test::run(all.world,
              std::string("kubectl scale statefulset ") + set + " --replicas=0 -n gomeet");
  test::pass_until(all.world, 2min);
  for (const char* set : {"redis-master", "redis-replica"})
    test::run(all.world,
              std::string("kubectl scale statefulset ") + set + " --replicas=3 -n gomeet");
  test::pass_until(all.world, 15min);
  CHECK_FALSE(all.ok());
  CHECK(says(all.cli("redis-master-0", "cluster nodes"), "disconnected"));
  // Introduced to each other, they are one cluster again, with all that they had.
  const std::string meet =
      "kubectl exec redis-master-0 -n gomeet -- redis-cli cluster meet $(kubectl get pod POD -n "
      "gomeet -o jsonpath='{.status.podIP}') 6379";
  for (const char* pod : {"redis-master-1", "redis-master-2", "redis-replica-0", "redis-replica-1",
                          "redis-replica-2"}) {
    std::string command = meet;
    command.replace(command.find("POD"), 3, pod);
    test::run(all.world, command);
  }
  test::pass_until(all.world, 16min);
  CHECK(all.ok());
  CHECK(test::figure(all.world, "replicas") == 3);
  CHECK(all.lost() == 0);
}

TEST_CASE(
    "a cluster is created only of empty servers, and then nothing is left of what was written") {
  Lab lab;
  const auto each = [&](const std::string& words) {
    for (const char* set : {"redis-replica-", "redis-master-"})
      for (int i = 0; i < 3; ++i) lab.cli(set + std::to_string(i), words);
  };
  const std::string create =
      "kubectl exec redis-master-0 -n gomeet -- redis-cli --cluster create $(kubectl get pods -n "
      "gomeet -l app=redis,role=master -o jsonpath='{range .items[*]}{.status.podIP}:6379 {end}')";
  const ActionState refused = test::run(lab.world, create + " --cluster-yes");
  CHECK(refused.exit_status == 1);
  each("cluster reset hard");  // masters with keys refuse it
  CHECK(says(lab.cli("redis-master-0", "cluster reset hard"), "containing keys"));
  each("flushall");
  each("cluster reset hard");
  CHECK_FALSE(lab.ok());
  // It asks, and nobody answers.
  CHECK(test::run(lab.world, create).exit_status == 0);
  CHECK_FALSE(lab.ok());
  CHECK(test::run(lab.world, create + " --cluster-yes").exit_status == 0);
  test::pass_until(lab.world, lab.world.now() + 10s);
  CHECK(lab.ok());
  CHECK(test::figure(lab.world, "masters serving") == 3);
  CHECK(lab.lost() > 99'990);  // of 100,000 keys, six ranges rounded
  CHECK(lab.lost() <= 100'000);
}

TEST_CASE("a cluster that was made empty holds no more keys than were written since") {
  Lab lab;
  lab.start_over();
  REQUIRE(lab.cli("redis-master-0", "dbsize") == "0\n");
  const Offset emptied = lab.world.now();
  lab.run(
      "kubectl exec redis-master-0 -n gomeet -- redis-cli --cluster create $(kubectl get pods -n "
      "gomeet -l app=redis,role=master -o jsonpath='{range .items[*]}{.status.podIP}:6379 {end}') "
      "--cluster-yes");
  lab.pass(10s);
  REQUIRE(lab.ok());
  const auto keys = [&] {
    double sum = 0;
    for (const char* pod : {"redis-master-0", "redis-master-1", "redis-master-2"})
      sum += std::stod(lab.cli(pod, "dbsize"));
    return sum;
  };
  const auto written_at_most = [&] {
    return lab.loaded.platform.redis.writes_per_second * to_seconds(lab.world.now() - emptied);
  };
  const double first = keys();
  CHECK(first > 0);
  CHECK(first <= written_at_most());
  CHECK(first < 50'000);  // of the 100,000 that there were
  lab.pass(1min);
  const double later = keys();
  CHECK(later > first);
  CHECK(later <= written_at_most());
  // In the end every key has been written again.
  lab.pass(2h);
  CHECK(keys() == Approx(100'000).epsilon(0.01));
}

TEST_CASE("a snapshot of a cluster that was made empty has no more keys than that had") {
  Lab lab(
      {{"/platform/clusters/0/objects/StatefulSet:redis-master/spec/template/spec/containers/0/"
        "args",
        R"(["redis-server", "--cluster-enabled", "yes", "--save", ""])", ""}});
  lab.start_over();
  lab.run(
      "kubectl exec redis-master-0 -n gomeet -- redis-cli --cluster create $(kubectl get pods -n "
      "gomeet -l app=redis,role=master -o jsonpath='{range .items[*]}{.status.podIP}:6379 {end}') "
      "--cluster-yes");
  lab.pass(10s);
  REQUIRE(lab.ok());
  const double before = std::stod(lab.cli("redis-master-0", "dbsize"));
  REQUIRE(before > 0);
  lab.cli("redis-master-0", "--rdb /data/dump.rdb");
  lab.pass(1s);
  lab.world.inject({"dies", Primitive::crash, {Level::process, "redis-master-0"}});
  lab.pass(1min);
  REQUIRE(lab.ok());
  const double after = std::stod(lab.cli("redis-master-0", "dbsize"));
  CHECK(after >= before);
  CHECK(after < lab.loaded.platform.redis.writes_per_second * 90);  // of 33,333 that there were
}

TEST_CASE("no more keys are lost than there are, and none twice that is written twice") {
  // 0.2 GB of 2 kB are 100,000 keys, a third of them in the 5,462 slots of the second master.
  const auto lost = [](const char* size) {
    Lab lab({{"/platform/parameters/redis.key_size", size, ""}});
    CHECK(lab.cli("redis-master-1", "dbsize") ==
          (size == std::string("2kB") ? "33337\n" : "66674\n"));
    lab.cli("redis-master-1", "flushall");
    return lab.lost();
  };
  CHECK(lost("2kB") == 33'337);
  CHECK(lost("1kB") == 66'674);

  // 167 writes a second for 15 s and more go to some keys again.
  Lab cut;
  cut.cut_off();
  test::pass_until(cut.world, 5min);
  Lab fresh({fresh_keys});
  fresh.cut_off();
  test::pass_until(fresh.world, 5min);
  const double writes = static_cast<double>(fresh.lost());
  CHECK(static_cast<double>(cut.lost()) ==
        Approx(33'333 * (1 - std::exp(-writes / 33'333))).epsilon(0.001));
}

TEST_CASE(
    "a server that lost nodes.conf is somebody else, and owns the slots that it has keys in") {
  Lab lab;
  const std::string before = lab.cli("redis-master-1", "cluster myid");
  test::run(lab.world, "kubectl exec redis-master-1 -n gomeet -- rm -f /data/nodes.conf");
  CHECK(lab.cli("redis-master-1", "cluster myid") == before);
  lab.world.inject({"kill", Primitive::crash, {Level::pod, "redis-master-1"}});
  test::pass_until(lab.world, 70s);
  CHECK(lab.cli("redis-master-1", "cluster myid") != before);
  CHECK(says(lab.cli("redis-master-1", "cluster info"), "cluster_known_nodes:1"));
  // 33,333 keys in 5,461 slots leave 12 of them without one: e^-6.1.
  CHECK(says(lab.cli("redis-master-1", "cluster info"), "cluster_slots_assigned:545"));
}

TEST_CASE("what is no command is answered with an error, and redis-cli exits 0") {
  Lab lab;
  for (const char* words : {"init", "check"}) {
    const ActionState state =
        test::run(lab.world, std::string("kubectl exec redis-master-0 -n gomeet -- redis-cli "
                                         "cluster ") +
                                 words);
    CHECK(state.exit_status == 0);
    CHECK(says(std::string(state.output), "ERR unknown subcommand"));
  }
  CHECK(says(lab.cli("redis-replica-0", "cluster replicate 0123"), "ERR Unknown node"));
  CHECK(
      says(lab.cli("redis-master-0", "cluster meet redis-master-1 6379"), "Invalid node address"));
}
