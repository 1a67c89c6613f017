#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// When the pods of nodes that are not heard are evicted, and how fast that goes.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

/// The 500-participant platform, whose nodes are lost in numbers.
struct Zones {
  LoadedScenario loaded;
  SimulatedWorld world;
  std::vector<Note> notes;

  explicit Zones(const std::vector<Setting>& settings)
      : loaded(test::load("node-failure", settings)),
        world(loaded.platform, loaded.scenario.start) {
    world.reset(20261123, 3);
    test::pass_until(world, 100s);
  }
  EffectId lose(Level level, const std::string& name, int count = 1) {
    return world.inject({"f", Primitive::crash, {level, name, count}, std::nullopt, 0});
  }
  std::vector<Offset> times(NoteKind kind, Offset until) {
    test::pass_until(world, until);
    SampleBuffer buffer;
    world.drain(buffer);
    notes.insert(notes.end(), buffer.notes.begin(), buffer.notes.end());
    std::vector<Offset> out;
    for (const Note& note : notes)
      if (note.kind == kind) out.push_back(note.at);
    return out;
  }
};

Setting parameter(const std::string& id, const std::string& value) {
  return {"/platform/parameters/" + id, value, ""};
}

/// So many nodes for API pods in these zones.
std::vector<Setting> api_nodes(int nodes, const std::string& zones) {
  return {{"/platform/clusters/0/node_pools/api/count", std::to_string(nodes), ""},
          {"/platform/clusters/0/node_pools/api/zones", zones, ""}};
}

}  // namespace

TEST_CASE("nodes of a zone are evicted one after the other, ten seconds apart, after 300 s") {
  Zones zones(api_nodes(30, R"(["singapore-1"])"));
  zones.lose(Level::node, "api", 5);
  const auto not_ready = zones.times(NoteKind::node_not_ready, 20min);
  const auto evicted = zones.times(NoteKind::pods_evicted, 20min);
  REQUIRE(not_ready.size() == 5);
  // Of whatever runs there it is said too: here of the API alone.
  CHECK(zones.times(NoteKind::pods_not_ready, 20min) == not_ready);
  REQUIRE(evicted.size() == 5);
  CHECK(evicted.front() - not_ready.front() == 300s);
  for (std::size_t i = 1; i < evicted.size(); ++i) CHECK(evicted[i] - evicted[i - 1] >= 10s);
  CHECK(evicted.back() - evicted.front() <= 50s);

  auto faster = api_nodes(30, R"(["singapore-1"])");
  faster.push_back(parameter("kubernetes.eviction_rate", "1/s"));
  faster.push_back(parameter("kubernetes.unreachable_toleration", "60s"));
  Zones hasty(faster);
  hasty.lose(Level::node, "api", 5);
  const auto first = hasty.times(NoteKind::node_not_ready, 20min).front();
  const auto soon = hasty.times(NoteKind::pods_evicted, 20min);
  CHECK(soon.front() - first == 60s);
  CHECK(soon.back() - soon.front() <= 15s);
}

TEST_CASE("a zone that is lost as a whole is evicted at the usual rate, however small it is") {
  // 30 API nodes by themselves in a third zone.
  Zones zones(
      {{"/platform/regions/0/zones", R"(["singapore-1", "singapore-2", "singapore-3"])", ""},
       {"/platform/clusters/0/node_pools/api/zones", R"(["singapore-3"])", ""}});
  zones.lose(Level::zone, "singapore-3");
  const auto evicted = zones.times(NoteKind::pods_evicted, 20min);
  REQUIRE(evicted.size() == 30);
  CHECK(evicted.back() - evicted.front() >= 290s);
  CHECK(evicted.back() - evicted.front() <= 310s);
}

TEST_CASE("a small zone that is partly lost is not evicted until it is whole again, or lost") {
  Zones zones(
      {{"/platform/regions/0/zones", R"(["singapore-1", "singapore-2", "singapore-3"])", ""},
       {"/platform/clusters/0/node_pools/api/zones", R"(["singapore-3"])", ""}});
  const EffectId most = zones.lose(Level::node, "api", 20);
  // The first looks find fewer than 55 % of it lost; who was tainted then is evicted.
  const auto few = zones.times(NoteKind::pods_evicted, 30min);
  CHECK(few.size() <= 2);
  const EffectId one = zones.lose(Level::node, "pool-api-30");
  zones.world.recover(most);
  const auto then = zones.times(NoteKind::pods_evicted, 60min);
  CHECK(then.size() == few.size() + 1);  // the zone is healthy again: the one left goes
  zones.world.recover(one);
}

TEST_CASE("a large zone that is partly lost is evicted at the secondary rate") {
  auto settings = api_nodes(60, R"(["singapore-3"])");
  settings.push_back(
      {"/platform/regions/0/zones", R"(["singapore-1", "singapore-2", "singapore-3"])", ""});
  // A pod for each node: with those of the other services 60.
  settings.push_back(
      {"/platform/clusters/0/objects/Deployment:signaling-service/spec/replicas", "42", ""});
  Zones zones(settings);
  zones.lose(Level::node, "api", 40);
  const auto evicted = zones.times(NoteKind::pods_evicted, 60min);
  // One in 100 s, for the 54 minutes after the first.
  CHECK(evicted.size() >= 30);
  CHECK(evicted.size() <= 36);
  for (std::size_t i = 4; i < evicted.size(); ++i) CHECK(evicted[i] - evicted[i - 1] >= 99s);

  settings.push_back(parameter("kubernetes.large_zone", "60"));
  Zones small(settings);
  small.lose(Level::node, "api", 40);
  CHECK(small.times(NoteKind::pods_evicted, 60min).size() <= 2);
}

TEST_CASE(
    "when no node of any zone is heard nobody is evicted; later, when some are, the others are") {
  Zones zones({});
  const EffectId all = zones.world.inject(
      {"f", Primitive::isolate, {Level::zone, "singapore-1", 1}, std::nullopt, 0});
  const EffectId rest = zones.world.inject(
      {"f", Primitive::isolate, {Level::zone, "singapore-2", 1}, std::nullopt, 0});
  CHECK(zones.times(NoteKind::pods_evicted, 20min).empty());
  zones.world.recover(rest);
  const auto evicted = zones.times(NoteKind::pods_evicted, 50min);
  CHECK(evicted.size() > 20);
  CHECK(evicted.front() >= 20min + 300s);
  zones.world.recover(all);
}

TEST_CASE("a node that is heard before its pods' toleration is over keeps them") {
  Zones zones({});
  const EffectId cut = zones.world.inject(
      {"f", Primitive::isolate, {Level::node, "pool-api-1", 1}, std::nullopt, 0});
  // NotReady after 40 s at the earliest, and the kubelet renews its lease within 10 s.
  test::pass_until(zones.world, 100s + 325s);
  zones.world.recover(cut);
  CHECK(zones.times(NoteKind::node_not_ready, 30min).size() == 1);
  CHECK(zones.times(NoteKind::pods_evicted, 30min).empty());
}
