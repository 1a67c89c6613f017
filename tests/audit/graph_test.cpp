#include "sim/audit/graph.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "scenarios/loader.hpp"

/// What carries a whole service by itself, in every cluster, and who needs that service.
using namespace drdrill;
using namespace drdrill::audit;

namespace {

std::vector<SinglePoint> points(const std::string& platform, const std::vector<Setting>& settings) {
  return single_points(load_platform("scenarios/platforms/" + platform + ".json", settings, {}));
}

const SinglePoint* find(const std::vector<SinglePoint>& all, const std::string& what,
                        std::size_t cluster) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const SinglePoint& point) {
    return point.what == what && point.cluster == cluster;
  });
  return found == all.end() ? nullptr : &*found;
}

Setting replicas(const std::string& object, const std::string& count) {
  return {"/clusters/0/objects/" + object + "/spec/replicas", count, ""};
}

}  // namespace

TEST_CASE("a pod that every way to a service leads through is a single point, two are none") {
  const std::string pooler = "the only pod of pgbouncer";
  CHECK(find(points("gomeet-500", {}), pooler, 0) == nullptr);
  const auto alone = points("gomeet-500", {replicas("Deployment:pgbouncer", "1")});
  const SinglePoint* point = find(alone, pooler, 0);
  REQUIRE(point);
  CHECK(point->component == ComponentId::postgres);
  CHECK(point->needed_by.has(ComponentId::api));
  CHECK(point->needed_by.has(ComponentId::platform));
  CHECK(point->needed_by.has(ComponentId::livekit_sfu));  // who joins gets a token from the API
  CHECK_FALSE(point->needed_by.has(ComponentId::redis));
  CHECK_FALSE(point->needed_by.has(ComponentId::postgres));
}

TEST_CASE("a service whose pods all lie in one of several zones has that zone as a single point") {
  const auto found =
      points("gomeet-500", {{"/clusters/0/node_pools/redis/zones", R"(["singapore-2"])", ""}});
  const SinglePoint* zone = find(found, "zone singapore-2", 0);
  REQUIRE(zone);
  CHECK(zone->component == ComponentId::redis);
  CHECK_FALSE(find(points("gomeet-500", {}), "zone singapore-2", 0));
}

TEST_CASE("servers of one installation stand in for each other across Kubernetes clusters") {
  const auto found = points("gomeet-500-stretched", {});
  CHECK_FALSE(find(found, "the only pod of redis-master-jakarta", 1));
  CHECK_FALSE(find(found, "the only pod of postgres-replica-jakarta", 1));
  CHECK_FALSE(find(found, "zone singapore-1", 0));  // PostgreSQL has a standby in Jakarta
}

TEST_CASE("what runs in a second region is judged by itself") {
  const auto found = points("gomeet-500-stretched", {});
  CHECK(find(found, "the only pod of postgres-shard-3", 1));
  CHECK_FALSE(find(found, "the only pod of postgres-shard-3", 0));
}
