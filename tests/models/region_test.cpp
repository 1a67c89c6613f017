#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

const std::string no_stretching = "/platform/parameters/dns.stretching_share";
const Setting soon_noticed{"/platform/parameters/people.notice_without_alert", "1m", ""};

Duration down(const test::Drilled& drilled, ComponentId component) {
  const auto& achieved = drilled.of(component).rto.achieved;
  REQUIRE(achieved);
  return *achieved;
}

}  // namespace

TEST_CASE("the documented failover sends clients to a region where nothing runs") {
  const auto drilled = test::drill("region-failover");
  CHECK(drilled.judgement.verdict == Verdict::fail);
  CHECK_FALSE(drilled.of(ComponentId::platform).rto.achieved);
  CHECK(drilled.has_finding("step-failed"));
}

TEST_CASE(
    "the corrected failover restores the stores; resolvers that stretch answers stay behind") {
  const auto drilled = test::drill("region-failover-corrected", {soon_noticed});
  CHECK(down(drilled, ComponentId::postgres) < 45min);
  const RpoResult& rpo = drilled.of(ComponentId::postgres).rpo;
  REQUIRE(rpo.achieved);
  CHECK(*rpo.achieved < 2min);  // a segment of WAL, and its copy
  const auto& api = drilled.of(ComponentId::api).rto.achieved;
  CHECK((!api || *api > 60min));

  const auto honest =
      test::drill("region-failover-corrected", {soon_noticed, {no_stretching, "0", ""}});
  CHECK(down(honest, ComponentId::api) < 45min);
  CHECK(down(honest, ComponentId::livekit_sfu) < 50min);
}

TEST_CASE("that resolvers stretch answers is noted while it keeps the API below its promise") {
  const auto drilled = test::drill("region-failover-corrected");
  CHECK(drilled.has_finding("resolvers-behind"));
  const auto honest = test::drill("region-failover-corrected", {{no_stretching, "0", ""}});
  CHECK_FALSE(honest.has_finding("resolvers-behind"));
}

TEST_CASE("a longer time to live of the name is a longer outage") {
  const auto brief = test::drill("region-failover-corrected", {{no_stretching, "0", ""}});
  const auto longer =
      test::drill("region-failover-corrected",
                  {{no_stretching, "0", ""}, {"/platform/entry/dns_ttl", "10m", ""}});
  const Duration more = down(longer, ComponentId::api) - down(brief, ComponentId::api);
  CHECK(more > 8min);
  CHECK(more < 10min);
}

TEST_CASE("a provider that takes no changes keeps clients where nothing runs") {
  const auto drilled = test::drill(
      "region-failover-corrected",
      {{"/faults",
        R"([{"id": "region-dies", "fault": "region-loss", "target": "region/singapore", "after": "10s"},
            {"id": "no-dns", "fault": "dns-provider-down", "target": "provider/api.cloudflare.com", "after": "10s"}])",
        ""}});
  CHECK_FALSE(drilled.of(ComponentId::api).rto.achieved);
}

TEST_CASE("with fewer nodes to be had Jakarta carries only some of the meeting") {
  const auto drilled =
      test::drill("region-failover-corrected",
                  {{no_stretching, "0", ""},
                   {"/platform/clusters/dr/node_pools/warm/autoscale/max", "6", ""},
                   {"/horizon", "2h", ""}});
  CHECK_FALSE(drilled.of(ComponentId::livekit_sfu).rto.achieved);
}

namespace {

const Setting stretched{"/platform", "platforms/gomeet-500-stretched.json", ""};

}  // namespace

TEST_CASE("a standby in the DR region is of no use to the documented failover") {
  const auto drilled = test::drill("region-failover-stretched");
  CHECK_FALSE(drilled.of(ComponentId::postgres).rto.achieved);
  CHECK(drilled.has_finding("step-failed"));
}

TEST_CASE("a standby that is promoted lacks nearly no write, and waits for no restore") {
  const Setting slow{"/platform/parameters/postgres.clone_rate", "20MB/s", ""};
  const auto restored = test::drill("region-failover-corrected");
  const auto promoted = test::drill("region-failover-stretched-corrected");
  CHECK(*restored.of(ComponentId::postgres).rpo.achieved > 5s);
  CHECK(*promoted.of(ComponentId::postgres).rpo.achieved < 1s);
  const auto restored_slowly = test::drill("region-failover-corrected", {slow});
  const auto promoted_slowly = test::drill("region-failover-stretched-corrected", {slow});
  CHECK(down(restored_slowly, ComponentId::postgres) >
        down(restored, ComponentId::postgres) + 10min);
  CHECK(down(promoted_slowly, ComponentId::postgres) == down(promoted, ComponentId::postgres));
}

TEST_CASE("the runbook that restores backups finds no room where a standby has taken it") {
  const auto crowded = test::drill("region-failover-corrected", {stretched});
  CHECK_FALSE(crowded.of(ComponentId::postgres).rto.achieved);
  CHECK(crowded.has_finding("pod-unschedulable"));
  // With room it loses what was not archived, though the standby beside it has everything.
  const auto roomy =
      test::drill("region-failover-corrected",
                  {stretched, {"/platform/clusters/dr/node_pools/warm/autoscale/max", "14", ""}});
  REQUIRE(roomy.of(ComponentId::postgres).rpo.achieved);
  CHECK(*roomy.of(ComponentId::postgres).rpo.achieved > 5s);
}

TEST_CASE("one of three Redis masters in another region serves nothing when the two are lost") {
  const LoadedScenario loaded = test::load("region-failover-stretched");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  CHECK(test::figure(world, "masters serving") == 3);
  test::pass_until(world, 60s);
  world.inject({"lost", Primitive::crash, {Level::region, "singapore"}});
  test::pass_until(world, 5min);
  const ActionState asked = test::run(
      world,
      "kubectl exec redis-master-jakarta-0 -n gomeet-dr --context=dr-cluster -- redis-cli cluster "
      "info");
  CHECK(std::string(asked.output).find("cluster_state:fail") != std::string::npos);
}

TEST_CASE("the loss of Jakarta costs the stretched platform one Redis master, which is replaced") {
  const LoadedScenario loaded = test::load("region-failover-stretched");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  test::pass_until(world, 60s);
  world.inject({"lost", Primitive::crash, {Level::region, "jakarta"}});
  test::pass_until(world, 5min);
  CHECK(test::figure(world, "masters serving") == 3);
  CHECK(test::figure(world, "writable primaries") == 1);
  CHECK(test::figure(world, "streaming standbys") == 1);
}
