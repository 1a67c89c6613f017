#include <catch2/catch.hpp>

#include "tests/models/redis_lab.hpp"

/// CLUSTER SETSLOT by hand, and what the cluster manager makes of slots that it leaves open.
using namespace drdrill;
using namespace std::chrono_literals;
using test::RedisLab;
using test::says;

namespace {

bool serves(World& world) {
  static constexpr Probe probe{ProbeKind::redis_slots};
  world.watch({&probe, 1});
  SampleBuffer buffer;
  world.drain(buffer);
  return buffer.samples.back().answer == Answer::holds;
}

ActionState manage(RedisLab& lab, const std::string& words) {
  return lab.in("redis-master-0",
                "redis-cli --cluster " + words + " " + lab.address("redis-master-0"));
}

/// Slot 5 is master 0's, and half on its way to master 1.
void open(RedisLab& lab) {
  lab.cli("redis-master-1", "cluster setslot 5 importing " + lab.id("redis-master-0"));
  lab.cli("redis-master-0", "cluster setslot 5 migrating " + lab.id("redis-master-1"));
}

}  // namespace

TEST_CASE("SETSLOT refuses what Redis refuses") {
  RedisLab lab;
  const std::string one = lab.id("redis-master-1"), replica = lab.id("redis-replica-1");
  const auto refuses = [&](const std::string& pod, const std::string& words,
                           const std::string& why) {
    INFO(words);
    CHECK(says(lab.cli(pod, "cluster setslot " + words), why));
  };
  refuses("redis-replica-0", "5 node " + one, "only with masters");
  refuses("redis-master-0", "5 node " + one, "I still hold keys for this hash slot");
  refuses("redis-master-0", "16384 node " + one, "Invalid or out of range slot");
  refuses("redis-master-0", "5 node nobody", "Unknown node nobody");
  refuses("redis-master-0", "5 migrating nobody", "I don't know about node nobody");
  refuses("redis-master-0", "5 migrating " + replica, "Target node is not a master");
  refuses("redis-master-1", "5 migrating " + one, "I'm not the owner of hash slot 5");
  refuses("redis-master-0", "5 importing " + one, "I'm already the owner of hash slot 5");
  refuses("redis-master-0", "5 node", "Invalid CLUSTER SETSLOT action");
  CHECK(serves(lab.world));
}

TEST_CASE("an open slot serves, and the cluster manager moves none until it is closed") {
  RedisLab lab;
  open(lab);
  const std::string to = lab.id("redis-master-1");
  CHECK(says(lab.cli("redis-master-0", "cluster nodes"), "[5->-" + to + "]"));
  CHECK(serves(lab.world));
  const ActionState check = manage(lab, "check");
  CHECK(check.exit_status == 1);
  CHECK(says(check.output, "The following slots are open: 5."));
  CHECK(manage(lab, "rebalance").exit_status == 1);
  SECTION("by hand it stays where it is") {
    lab.cli("redis-master-0", "cluster setslot 5 stable");
    lab.cli("redis-master-1", "cluster setslot 5 stable");
    CHECK(says(lab.cli("redis-master-0", "cluster nodes"), " 0-5460"));
  }
  SECTION("the cluster manager finishes the move, with what is in the slot") {
    CHECK(says(manage(lab, "fix").output, "Case 1: Moving slot 5"));
    CHECK(says(lab.cli("redis-master-0", "cluster nodes"), " 0-4 6-5460"));
    CHECK(lab.cli("redis-master-1", "cluster countkeysinslot 5") != "0\n");
  }
  CHECK(manage(lab, "check").exit_status == 0);
  CHECK(serves(lab.world));
  CHECK(lab.lost() == 0);
}

TEST_CASE("who alone imports a slot, or alone gives it away, has it closed by the manager") {
  RedisLab lab;
  const std::string zero = lab.id("redis-master-0"), one = lab.id("redis-master-1");
  lab.cli("redis-master-1", "cluster setslot 5 importing " + zero);
  lab.cli("redis-master-0", "cluster setslot 6 migrating " + one);
  const ActionState fixed = manage(lab, "fix");
  CHECK(says(fixed.output, "Case 2"));
  CHECK(says(fixed.output, "Case 4: Closing slot 6"));
  CHECK(manage(lab, "check").exit_status == 0);
  CHECK(says(lab.cli("redis-master-0", "cluster nodes"), " 0-5460"));
}

TEST_CASE("a server that claims a slot it was importing takes it, and what was in it is lost") {
  RedisLab lab;
  lab.cli("redis-master-1", "cluster setslot 5 importing " + lab.id("redis-master-0"));
  lab.cli("redis-master-1", "cluster setslot 5 node " + lab.id("redis-master-1"));
  CHECK(says(lab.cli("redis-master-0", "cluster nodes"), " 0-4 6-5460"));
  CHECK(lab.cli("redis-master-0", "cluster countkeysinslot 5") == "0\n");
  CHECK(serves(lab.world));
  CHECK(lab.lost() > 0);
}

TEST_CASE("a slot that is given away at one server alone is served by none, until all are told") {
  RedisLab lab;
  lab.start_over();
  lab.run(
      "kubectl exec redis-master-0 -n gomeet -- redis-cli --cluster create "
      "$(kubectl get pods -n gomeet -l app=redis -o jsonpath='{range "
      ".items[*]}{.status.podIP}:6379 {end}') --cluster-replicas 1 --cluster-yes");
  lab.pass(5s);
  REQUIRE(serves(lab.world));
  const std::string nodes = lab.cli("redis-master-0", "cluster nodes");
  std::string owner, other;
  for (const std::string set : {"redis-master-", "redis-replica-"})
    for (int i = 0; i < 3; ++i) {
      const std::string pod = set + std::to_string(i);
      const std::string own = lab.cli(pod, "cluster nodes");
      const std::string line =
          own.substr(own.find("myself"), own.find('\n', own.find("myself")) - own.find("myself"));
      if (says(line, " 0-5460")) owner = pod;
      if (says(line, " 5461-10922")) other = pod;
    }
  REQUIRE(!owner.empty());
  REQUIRE(!other.empty());
  const std::string give = "cluster setslot 0 node " + lab.id(other);
  lab.cli(owner, give);
  CHECK_FALSE(serves(lab.world));
  CHECK(says(manage(lab, "check").output, "don't agree"));
  lab.cli(other, give);
  lab.pass(1s);
  CHECK(serves(lab.world));
}
