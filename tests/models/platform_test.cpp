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

namespace {

/// The partition step of the drill with the API version that Kubernetes serves.
const Setting mended_policy{
    "/runbook/steps/apply-policy/run",
    R"(["kubectl apply -f - <<EOF", "apiVersion: networking.k8s.io/v1", "kind: NetworkPolicy",
        "metadata: {name: network-partition-drill, namespace: gomeet}",
        "spec: {podSelector: {matchLabels: {app: livekit-sfu}}, policyTypes: [Egress], egress: []}",
        "EOF"])",
    ""};

}  // namespace

TEST_CASE("at night the meeting is as full as the daily curve says") {
  const LoadedScenario loaded =
      test::load("node-failure", {{"/start", "2026-11-23T08:00:00+08:00", ""}});
  REQUIRE(loaded.platform.load.daily_curve[8] == 0.6);
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  CHECK(world.user_impact().joined == 300);
}

TEST_CASE("a NetworkPolicy of a version that nobody serves makes no partition") {
  const test::Drilled drilled = test::drill("network-partition");
  CHECK(drilled.has_finding("fault-without-effect"));
  CHECK(drilled.of(ComponentId::livekit_sfu).rto.outages.empty());
  CHECK(drilled.judgement.verdict == Verdict::inconclusive);
}

TEST_CASE(
    "without egress SFUs lose Redis, fail their health checks and take every call with them") {
  const test::Drilled drilled = test::drill("network-partition", {mended_policy});
  CHECK(drilled.judgement.verdict == Verdict::fail);
  CHECK(drilled.judgement.severity == Severity::sev0);
  const ObjectiveResult& sfu = drilled.of(ComponentId::livekit_sfu);
  CHECK(sfu.rto.met == false);
  REQUIRE(sfu.rto.outages.size() == 1);
  // Statistics are too old after 4 s less up to 2 s; the liveness probe (every 10 s, three times)
  // kills 20 to 30 s later. Until then media flows.
  const Duration after = sfu.rto.outages.front().began - *drilled.judgement.first_fault;
  CHECK(after >= 20s);
  CHECK(after <= 35s);
}

TEST_CASE("the same runbook comes out differently where pods use the network of their host") {
  // Kubernetes does not apply NetworkPolicies to pods with hostNetwork: the drill does nothing.
  const test::Drilled spared = test::drill(
      "network-partition",
      {mended_policy,
       {"/platform/clusters/0/objects/Deployment:livekit-sfu/spec/template/spec/hostNetwork",
        "true", ""}});
  CHECK(spared.of(ComponentId::livekit_sfu).rto.outages.empty());
}
