#include <catch2/catch.hpp>

#include "tests/models/redis_lab.hpp"

/// redis-cli: what servers answer, and its cluster manager.
using namespace drdrill;
using namespace std::chrono_literals;
using test::RedisLab;
using test::says;

namespace {

const std::string all_nodes =
    "$(kubectl get pods -n gomeet -l app=redis -o jsonpath='{range "
    ".items[*]}{.status.podIP}:6379 {end}')";

bool serves(World& world) {
  static constexpr Probe probe{ProbeKind::redis_slots};
  world.watch({&probe, 1});
  SampleBuffer buffer;
  world.drain(buffer);
  return buffer.samples.back().answer == Answer::holds;
}

/// For how long slots are not served within a minute from now.
double outage(RedisLab& lab) {
  static constexpr Probe probe{ProbeKind::redis_slots};
  lab.world.watch({&probe, 1});
  SampleBuffer buffer;
  lab.pass(1min);
  lab.world.drain(buffer);
  Duration down{};
  for (std::size_t i = 0; i + 1 < buffer.samples.size(); ++i)
    if (buffer.samples[i].answer == Answer::fails)
      down += buffer.samples[i + 1].at - buffer.samples[i].at;
  return to_seconds(down);
}

}  // namespace

TEST_CASE("a cluster of empty servers is created with replicas, each of another machine's master") {
  RedisLab lab;
  lab.start_over();
  const std::string create =
      "kubectl exec redis-master-0 -n gomeet -- redis-cli --cluster create " + all_nodes +
      " --cluster-replicas 1";
  const ActionState asked = lab.run(create);
  CHECK(asked.exit_status == 0);
  CHECK(says(asked.output, "type 'yes' to accept"));
  CHECK_FALSE(lab.ok());
  CHECK(lab.run(create + " --cluster-yes").exit_status == 0);
  lab.pass(10s);
  CHECK(lab.ok());
  CHECK(test::figure(lab.world, "masters serving") == 3);
  CHECK(test::figure(lab.world, "replicas") == 3);
  CHECK(serves(lab.world));
}

TEST_CASE("five servers are too few for three masters with a replica each, and enough without") {
  RedisLab lab;
  lab.start_over();
  std::string five;
  for (const char* pod :
       {"redis-master-0", "redis-master-1", "redis-master-2", "redis-replica-0", "redis-replica-1"})
    five += " " + lab.address(pod);
  const ActionState few = lab.in("redis-master-0", "redis-cli --cluster create" + five +
                                                       " --cluster-replicas 1 --cluster-yes");
  CHECK(few.exit_status == 1);
  CHECK(says(few.output, "At least 6 nodes are required"));
  CHECK(lab.in("redis-master-0", "redis-cli --cluster create" + five + " --cluster-yes")
            .exit_status == 0);
  lab.pass(10s);
  CHECK(lab.ok());
  CHECK(test::figure(lab.world, "masters serving") == 5);
  CHECK(says(lab.cli("redis-replica-1", "cluster nodes"), " 13107-16383"));
}

TEST_CASE("a server leaves, and joins as a replica of the master that has fewest") {
  RedisLab lab;
  const std::string moved = lab.address("redis-replica-2");
  const std::string seed = lab.address("redis-master-0");
  const auto del = [&](const std::string& id) {
    return lab.in("redis-master-0", "redis-cli --cluster del-node " + seed + " " + id);
  };
  CHECK(says(del("0123").output, "No such node ID"));
  CHECK(says(del(lab.id("redis-master-1")).output, "is not empty! Reshard"));
  CHECK(del(lab.id("redis-replica-2")).exit_status == 0);
  lab.pass(1s);
  CHECK(test::figure(lab.world, "replicas") == 2);
  CHECK_FALSE(says(lab.cli("redis-master-1", "cluster nodes"), moved));

  const std::string add = "redis-cli --cluster add-node " + moved + " " + seed;
  const ActionState joined = lab.in("redis-master-0", add + " --cluster-slave");
  CHECK(joined.exit_status == 0);
  CHECK(says(joined.output, "selected master " + lab.address("redis-master-2")));
  lab.pass(4s);
  CHECK(test::figure(lab.world, "replicas") == 2);  // a copy waits for further replicas
  lab.pass(4s);
  CHECK(test::figure(lab.world, "replicas") == 3);
  CHECK(says(lab.in("redis-master-0", add).output, "is not empty"));
  CHECK(lab.lost() == 0);
}

TEST_CASE("slots move with what is in them, and the more of them the longer it takes") {
  RedisLab lab;
  const std::string seed = lab.address("redis-master-0");
  const auto reshard = [&](int slots) {
    const Offset before = lab.world.now();
    const ActionState state =
        lab.in("redis-master-0", "redis-cli --cluster reshard " + seed + " --cluster-from " +
                                     lab.id("redis-master-0") + " --cluster-to " +
                                     lab.id("redis-master-1") + " --cluster-slots " +
                                     std::to_string(slots) + " --cluster-yes");
    CHECK(state.exit_status == 0);
    return to_seconds(lab.world.now() - before);
  };
  const double few = reshard(100);
  CHECK(reshard(1100) - few == Approx(6).margin(1));
  CHECK(says(lab.cli("redis-master-2", "cluster nodes"), " 0-1199 5461-10922"));
  CHECK(lab.cli("redis-master-1", "dbsize") == "40661\n");
  CHECK(lab.cli("redis-master-0", "dbsize") == "26007\n");
  const ActionState even = lab.in("redis-master-0", "redis-cli --cluster rebalance " + seed);
  CHECK(says(even.output, "Moving 1200 slots"));
  CHECK(says(lab.in("redis-master-0", "redis-cli --cluster rebalance " + seed).output,
             "No rebalancing needed"));
  lab.pass(1min);
  CHECK(lab.ok());
  CHECK(serves(lab.world));
  CHECK(lab.lost() == 0);
  // What moved fails over with its new master.
  lab.world.inject({"down", Primitive::crash, {Level::node, "pool-redis-4"}});
  lab.pass(2min);
  CHECK(lab.ok());
  CHECK(lab.lost() < 50);
}

TEST_CASE("slots are given in ranges or one by one, and not twice") {
  RedisLab lab;
  lab.start_over();
  CHECK(lab.cli("redis-master-0", "cluster addslotsrange 0 5459") == "OK\n");
  CHECK(lab.cli("redis-master-0", "cluster addslots 5460") == "OK\n");
  CHECK(lab.cli("redis-master-0", "cluster addslots 5461 5460") ==
        "ERR Slot 5460 is already busy\n");
  CHECK(says(lab.cli("redis-master-0", "cluster info"), "cluster_slots_assigned:5461\n"));
  CHECK(says(lab.cli("redis-master-0", "cluster nodes"), " 0-5460"));
  CHECK(lab.cli("redis-master-0", "cluster addslots 99999") ==
        "ERR Invalid or out of range slot\n");
  CHECK(lab.cli("redis-master-0", "cluster addslotsrange 9 7") ==
        "ERR start slot number 9 is greater than end slot number 7\n");
  CHECK(lab.cli("redis-master-0", "cluster delslots 5461") ==
        "ERR Slot 5461 is already unassigned\n");
  CHECK(lab.cli("redis-master-1", "cluster addslotsrange 5461 10922") == "OK\n");
  CHECK(lab.cli("redis-master-2", "cluster addslotsrange 10923 16383") == "OK\n");
  for (const char* pod : {"redis-master-1", "redis-master-2"}) {
    std::string ip = lab.address(pod);
    lab.cli("redis-master-0", "cluster meet " + ip.substr(0, ip.find(':')) + " 6379");
  }
  lab.pass(10s);
  CHECK(lab.ok());
  CHECK(serves(lab.world));
}

TEST_CASE("valid commands are answered or said to be unknown here, and never an error") {
  RedisLab lab;
  CHECK(lab.cli("redis-master-0", "cluster keyslot foo") == "12182\n");
  CHECK(lab.cli("redis-master-2", "cluster countkeysinslot 12182") == "6\n");
  CHECK(lab.cli("redis-master-0", "cluster countkeysinslot 12182") == "0\n");
  CHECK(says(lab.cli("redis-master-0", "cluster links"), lab.id("redis-master-1")));
  CHECK(says(lab.cli("redis-master-0", "cluster slots"), "5461\n10922\n"));
  CHECK(says(lab.cli("redis-master-0", "cluster replicas " + lab.id("redis-master-1")), "slave"));
  CHECK(says(lab.cli("redis-master-0", "config get appendonly"), "appendonly\nyes"));
  CHECK(says(lab.cli("redis-master-0", "config set appendonly maybe"), "ERR CONFIG SET failed"));
  CHECK(says(lab.cli("redis-master-0", "config set nonsense 1"), "ERR Unknown option"));
  CHECK(says(lab.cli("redis-master-0", "foo"), "ERR unknown command 'foo'"));
  for (const char* words : {"cluster shards", "scan 0", "client list"}) {
    const ActionState state = lab.in("redis-master-0", std::string("redis-cli ") + words);
    INFO(words);
    CHECK(state.exit_status == 0);
    CHECK_FALSE(state.understood);
    CHECK_FALSE(says(state.output, "ERR"));
  }
  CHECK(lab.in("redis-master-0", "redis-cli -e foo").exit_status == 1);
  CHECK(lab.in("redis-master-0", "redis-cli --cluster nodes x").exit_status == 1);
}

TEST_CASE("who does not answer refuses, keeps silent or lets one wait, each in its own time") {
  RedisLab lab;
  const auto asked = [&](const std::string& options) {
    const Offset before = lab.world.now();
    const ActionState state = lab.in("redis-master-0", "redis-cli " + options + " ping");
    return std::pair(state, lab.world.now() - before);
  };
  const auto port = asked("-p 6380");
  CHECK(port.first.exit_status == 1);
  CHECK(says(port.first.output, "127.0.0.1:6380: Connection refused"));
  CHECK(says(asked("-h nowhere").first.output, "Name or service not known"));
  CHECK(asked("-h redis").first.output == "PONG\n");

  const EffectId gone = lab.world.inject({"gone", Primitive::crash, {Level::node, "pool-redis-4"}});
  const auto silent = asked("-h redis-master-1");
  CHECK(silent.first.exit_status == 1);
  CHECK(silent.second > 2min);
  CHECK(asked("-h redis-master-1 -t 3").second < 5s);
  lab.world.recover(gone);

  lab.world.inject({"frozen", Primitive::pause, {Level::pod, "redis-master-2"}});
  Action action;
  action.command = "kubectl exec redis-master-0 -n gomeet -- redis-cli -h redis-master-2 ping";
  const ActionId waits = lab.world.begin(action);
  lab.pass(20s);
  CHECK_FALSE(lab.world.state(waits).ended);
}

TEST_CASE("what is written by hand is there until Redis forgets it") {
  RedisLab lab;
  // "b" is in slot 3300, "foo" in 12182.
  CHECK(says(lab.cli("redis-master-0", "set foo 1"), "MOVED 12182 "));
  CHECK(lab.cli("redis-master-0", "-c set foo 1") == "OK\n");
  CHECK(lab.cli("redis-master-2", "get foo") == "1\n");
  CHECK(says(lab.cli("redis-replica-2", "get foo"), "MOVED"));
  CHECK(lab.cli("redis-master-0", "set b 1") == "OK\n");
  CHECK(lab.cli("redis-master-0", "del b") == "1\n");
  CHECK(lab.cli("redis-master-0", "exists b") == "0\n");
  lab.cut_off();
  lab.pass(1min);
  CHECK(lab.cli("redis-master-1", "set hello 1") == "CLUSTERDOWN The cluster is down\n");
  CHECK(lab.cli("redis-master-2", "get foo") == "1\n");
  lab.cli("redis-master-2", "flushall");
  CHECK(lab.cli("redis-master-2", "get foo") == "\n");
}

TEST_CASE("what a cut off master was told is gone when it is a replica again") {
  RedisLab lab;
  CHECK(lab.cli("redis-master-1", "set g before") == "OK\n");  // slot 7233
  lab.cut_off();
  lab.pass(5s);
  CHECK(lab.cli("redis-master-1", "set g meanwhile") == "OK\n");
  lab.pass(1min);
  CHECK(lab.cli("redis-master-0", "-c get g") == "before\n");
}

TEST_CASE("a server's own timeout is what it waits for") {
  for (const auto& [milliseconds, most] : {std::pair("2000", 6.0), std::pair("30000", 48.0)}) {
    RedisLab lab;
    for (const char* pod : {"redis-master-0", "redis-master-1", "redis-master-2", "redis-replica-0",
                            "redis-replica-1", "redis-replica-2"})
      CHECK(lab.cli(pod, std::string("config set cluster-node-timeout ") + milliseconds) == "OK\n");
    lab.world.inject({"down", Primitive::crash, {Level::node, "pool-redis-4"}});
    const double down = outage(lab);
    CHECK(down > std::stod(milliseconds) / 1000);
    CHECK(down < most);
  }
}

TEST_CASE("a failover by hand is no outage, unless the master's clients wait for too long") {
  RedisLab lab;
  CHECK(lab.cli("redis-replica-1", "cluster failover") == "OK\n");
  CHECK(outage(lab) == 0);
  CHECK(says(lab.cli("redis-replica-1", "role"), "master"));
  CHECK(lab.lost() == 0);

  const auto with_latency = [](double seconds) {
    RedisLab slow;
    slow.world.inject(
        {"slow", Primitive::delay, {Level::pod, "redis-master-1"}, std::nullopt, seconds});
    slow.cli("redis-replica-1", "cluster failover");
    const double down = outage(slow);
    UNSCOPED_INFO(slow.cli("redis-replica-1", "role")
                  << slow.cli("redis-master-0", "cluster nodes"));
    return std::pair(down, says(slow.cli("redis-replica-1", "role"), "master"));
  };
  const auto slow = with_latency(0.6);  // there and back twice: 2.4 s
  CHECK(slow.first == Approx(1.4).margin(0.1));
  CHECK(slow.second);
  const auto too_slow = with_latency(1.4);  // more than the 5 s that it may take
  CHECK(too_slow.first == Approx(4).margin(0.1));
  CHECK_FALSE(too_slow.second);
}

TEST_CASE("a snapshot in the foreground makes clients wait, one in the background does not") {
  const Setting large{"/platform/redis/data", "\"3GB\"", ""};
  RedisLab lab({large});
  CHECK(lab.cli("redis-master-1", "bgsave") == "Background saving started\n");
  CHECK(outage(lab) == 0);
  CHECK(lab.cli("redis-master-1", "save") == "OK\n");
  CHECK(outage(lab) == Approx(4).margin(0.1));  // 1 GB at 200 MB/s, less the second of patience
}

TEST_CASE("without an append-only file a killed master has its newest snapshot, and no more") {
  const auto lost_s = [](const std::string& save) {
    RedisLab lab({{"/platform/redis/data", "0", ""},
                  {"/platform/parameters/redis.cluster_node_timeout", "1000s", ""}});
    lab.cli("redis-master-1", "config set appendonly no");
    if (!save.empty()) lab.cli("redis-master-1", save);
    lab.pass(30s);
    lab.world.inject({"kill", Primitive::crash, {Level::pod, "redis-master-1"}});
    lab.pass(1min);
    CHECK(lab.ok());
    return static_cast<double>(lab.lost()) / (500.0 * 5462 / 16384);
  };
  CHECK(lost_s("bgsave") == Approx(30).margin(1));
  // 167 writes a second make 10,000 changes in 60 s.
  const double by_itself = lost_s("");
  CHECK(by_itself > 0);
  CHECK(by_itself <= 60.5);
}
