#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

TEST_CASE("all pods of the platform run and all participants have media at the start") {
  const LoadedScenario loaded = test::load("node-failure");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  CHECK(world.user_impact().joined == 500);
  for (const InventoryItem& item : world.inventory()) {
    INFO(item.name << " " << item.value);
    if (item.name == "nodes taking participants") CHECK(item.value == 12);
    if (item.name == "pods serving") CHECK(item.value == 30);
    if (item.name == "streaming standbys") CHECK(item.value == 2);
    if (item.name == "writable primaries") CHECK(item.value == 1);
    if (item.name == "masters serving" || item.name == "replicas") CHECK(item.value == 3);
    if (item.name == "pods without a node") CHECK(item.value == 0);
  }
}

TEST_CASE("the same runbook comes out differently where pods use the network of their host") {
  // Kubernetes does not apply NetworkPolicies to pods with hostNetwork: the drill does nothing.
  const std::vector<Setting> host_network{
      {"/platform/clusters/0/objects/0/spec/template/spec/hostNetwork", "true", ""}};
  const test::Drilled cut = test::drill("network-partition");
  const test::Drilled spared = test::drill("network-partition", host_network);
  CHECK(cut.of(ComponentId::livekit_sfu).rto.met == false);
  CHECK(spared.of(ComponentId::livekit_sfu).rto.outages.empty());
  CHECK(spared.judgement.verdict == Verdict::inconclusive);
}
