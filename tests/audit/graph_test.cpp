#include <algorithm>

#include <catch2/catch.hpp>

#include "scenarios/loader.hpp"
#include "sim/audit/graph.hpp"

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
  return {"/platform/clusters/0/objects/" + object + "/spec/replicas", count, ""};
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
  CHECK_FALSE(point->needed_by.has(ComponentId::livekit_sfu));
  CHECK_FALSE(point->needed_by.has(ComponentId::postgres));
}

TEST_CASE("a service whose pods all lie in one of several zones has that zone as its single point") {
  const auto found = points("gomeet-500-stretched", {});
  const SinglePoint* zone = find(found, "zone singapore-1", 0);
  REQUIRE(zone);
  CHECK(zone->component == ComponentId::postgres);
}

TEST_CASE("servers of one Redis Cluster stand in for each other across Kubernetes clusters") {
  CHECK(find(points("gomeet-500-stretched", {}), "the only pod of redis-master-jakarta", 1) ==
        nullptr);
}

TEST_CASE("what runs in a second region is judged by itself") {
  const auto found = points(
      "gomeet-500-stretched",
      {{"/platform/clusters/1/objects/StatefulSet:postgres-replica-jakarta/spec/replicas", "1", ""}});
  CHECK(find(found, "the only pod of postgres-replica-jakarta", 1));
  CHECK_FALSE(find(found, "the only pod of postgres-replica-jakarta", 0));
}
