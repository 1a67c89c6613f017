#include "sim/study/capacity.hpp"

#include <algorithm>
#include <tuple>

#include <catch2/catch.hpp>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"

namespace drdrill::study {
namespace {

const ServiceCapacity& service(const Capacity& capacity, std::string_view name) {
  const auto found = std::find_if(capacity.services.begin(), capacity.services.end(),
                                  [&](const auto& s) { return s.workload == name; });
  REQUIRE(found != capacity.services.end());
  return *found;
}

PlatformSpec platform_of_500() {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  return load_platform("scenarios/platforms/gomeet-500.json", {}, known);
}

}  // namespace

TEST_CASE("spare pods outlast a node or a zone, on as many nodes as they need") {
  const Ground twelve{12, 2, 1};
  CHECK(pods_to_lose_a_node(10, twelve) == 11);
  CHECK(pods_to_lose_a_zone(10, twelve) == 20);
  // 24 pods do not fit on twelve nodes: there are as many nodes as pods, and one pod on each.
  CHECK(pods_to_lose_a_node(24, twelve) == 25);
  CHECK(twelve.nodes_for(25) == 25);
  // Nodes for ten pods each: two of them carry five pods each, and losing one leaves five.
  CHECK(pods_to_lose_a_node(5, {1, 1, 10}) == 10);
  CHECK(pods_to_lose_a_zone(5, {4, 1, 10}) == 0);
  CHECK(pods_to_lose_a_zone(6, {3, 3, 4}) == 9);
}

TEST_CASE("a platform that does not work before the loss is not judged, and the reason is told") {
  PlatformSpec platform = platform_of_500();
  platform.load.participants_per_meeting = 650;  // twelve SFUs take 600
  const Capacity capacity = capacity_of(platform, {1, 2, 1});
  for (const ServiceCapacity& row : capacity.services)
    for (const Loss& loss : row.losses) {
      INFO(row.workload << " " << to_string(loss.target));
      CHECK(loss.service.not_judged == 2);
      CHECK_FALSE(loss.service.p95);
      CHECK(loss.service.why_not.find("steady state did not hold") != std::string::npos);
    }
  // What is where is asked all the same.
  CHECK(service(capacity, "livekit-sfu").losses.size() == 3);
  CHECK(service(capacity, "livekit-sfu").needed.replicas == 13);
}

TEST_CASE("a standby with a pool of unknown price has no price") {
  PlatformSpec platform = platform_of_500();
  std::erase_if(platform.costs, [](const UnitCost& cost) { return cost.pool == "warm"; });
  const Capacity capacity = capacity_of(platform, {1, 1, 1});
  REQUIRE(capacity.standby.size() == 1);
  CHECK_FALSE(capacity.standby[0].usd_per_month);
  CHECK(capacity.standby[0].without_cost == std::vector<std::string>{"warm"});
}

TEST_CASE("what is left after a loss carries its places, and the load needs its pods", "[many]") {
  const PlatformSpec platform = platform_of_500();
  const Capacity capacity = capacity_of(platform, {1, 3, 1});
  const ServiceCapacity& sfu = service(capacity, "livekit-sfu");
  REQUIRE(sfu.losses.size() == 3);
  const auto& [node, zone, region] = std::tie(sfu.losses[0], sfu.losses[1], sfu.losses[2]);

  // Twelve pods of 50 places on twelve nodes in two zones, 500 people.
  CHECK(node.pods_left == 11);
  CHECK(*node.carries == 550);
  CHECK(*zone.carries == 300);
  CHECK(*region.carries == 0);
  CHECK(sfu.needed.replicas == 10);
  CHECK(node.needed.replicas == 11);
  CHECK(zone.needed.replicas == 20);
  CHECK(zone.needed.usd_per_month == 20 * 334.0);
  CHECK(region.needed.replicas == 0);
  CHECK(sfu.needed_by_hour[10].replicas == 10);
  CHECK(sfu.needed_by_hour[2].replicas == 1);

  // Of what does not grow with pods, whoever stands in carries all of it, or nobody does.
  const ServiceCapacity& primary = service(capacity, "postgres-primary");
  CHECK(primary.places == 41'666);  // 5,000 commits a second; 500 people make 60
  CHECK(primary.losses[0].carries == 0);
  const ServiceCapacity& redis = service(capacity, "redis-master");
  CHECK(redis.losses[0].pods_left == 2);
  CHECK(redis.losses[0].carries == 150'000);
  CHECK(redis.losses[1].carries == 0);  // both servers of a shard are in the zone
  CHECK(service(capacity, "signaling-service").losses[0].carries == 22'000);

  // One node's people find places elsewhere; a region's do not.
  REQUIRE(node.rejoin.p95);
  CHECK(*node.rejoin.p95 > std::chrono::seconds(1));
  CHECK(*node.rejoin.p95 < std::chrono::minutes(5));
  CHECK(region.rejoin.not_back == 3);
  CHECK(region.rejoin.judged == 3);

  REQUIRE(capacity.standby.size() == 1);
  CHECK(capacity.standby[0].nodes == 3);
  CHECK(capacity.standby[0].usd_per_month == 3 * 334.0);
}

}  // namespace drdrill::study
