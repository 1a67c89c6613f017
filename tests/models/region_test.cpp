#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

const std::string no_stretching = "/platform/parameters/dns.stretching_share";

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
  const auto drilled = test::drill("region-failover-corrected");
  CHECK(down(drilled, ComponentId::postgres) < 45min);
  const RpoResult& rpo = drilled.of(ComponentId::postgres).rpo;
  REQUIRE(rpo.achieved);
  CHECK(*rpo.achieved < 2min);  // a segment of WAL, and its copy
  const auto& api = drilled.of(ComponentId::api).rto.achieved;
  CHECK((!api || *api > 60min));

  const auto honest = test::drill("region-failover-corrected", {{no_stretching, "0", ""}});
  CHECK(down(honest, ComponentId::api) < 45min);
  CHECK(down(honest, ComponentId::livekit_sfu) < 50min);
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
