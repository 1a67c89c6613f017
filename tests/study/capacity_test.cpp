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

}  // namespace

TEST_CASE("what is left after a loss carries its places, and the load needs its pods", "[many]") {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  PlatformSpec platform = load_platform("scenarios/platforms/gomeet-500.json", {}, known);
  const Capacity capacity = capacity_of(platform, {1, 3, 1});
  const ServiceCapacity& sfu = service(capacity, "livekit-sfu");
  REQUIRE(sfu.losses.size() == 3);
  const auto& [node, zone, region] = std::tie(sfu.losses[0], sfu.losses[1], sfu.losses[2]);

  // Twelve pods of 50 places on twelve nodes in two zones, 500 people.
  CHECK(node.pods_left == 11);
  CHECK(*node.carries == 550);
  CHECK(*zone.carries == 300);
  CHECK(*region.carries == 0);
  CHECK(sfu.needed == 10);
  CHECK(sfu.needed_less_node == 11);
  CHECK(sfu.needed_less_zone == 20);
  CHECK(sfu.needed_by_hour[10] == 10);
  CHECK(sfu.needed_by_hour[2] == 1);

  // One node's people find places elsewhere; a region's do not.
  REQUIRE(node.rejoin.p95);
  CHECK(*node.rejoin.p95 > std::chrono::seconds(1));
  CHECK(*node.rejoin.p95 < std::chrono::minutes(5));
  CHECK(region.rejoin.not_back == 3);

  REQUIRE(capacity.standby.size() == 1);
  CHECK(capacity.standby[0].nodes == 3);
  CHECK(capacity.standby[0].usd_per_month == 3 * 334);
}

}  // namespace drdrill::study
