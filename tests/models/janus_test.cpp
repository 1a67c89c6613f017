#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// Janus as the SFU: servers that know nothing of each other or of Redis.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

struct Platform {
  Platform() : loaded(test::load("lab/sfu-killed")), world(loaded.platform, loaded.scenario.start) {
    world.reset(1, 0);
    test::pass_until(world, 3s);
  }
  std::int64_t without_media() const { return world.user_impact().curve.back().without_media; }
  /// Until everybody has media again, or for ten minutes.
  double back_after() {
    const Offset since = world.now();
    while (without_media() > 0 && world.now() < since + 10min)
      test::pass_until(world, world.now() + 10ms);
    return to_seconds(world.now() - since);
  }
  std::uint64_t lost(std::string_view stream_name) const {
    std::uint64_t lost = 0;
    for (const LedgerStream& stream : world.ledger().streams)
      if (stream.component == ComponentId::livekit_sfu && stream.name == stream_name)
        for (const LedgerRun& run : stream.runs) lost += run.fate == Fate::lost ? run.count : 0;
    return lost;
  }

  LoadedScenario loaded;
  SimulatedWorld world;
};

}  // namespace

TEST_CASE("users of a Janus server that is killed meet again in new rooms on the other") {
  Platform platform;
  CHECK(platform.lost("room records") == 0);
  platform.world.inject({"kill", Primitive::crash, {Level::pod, "janus-0"}});
  CHECK(platform.without_media() == 4);  // each server has a meeting
  const double took = platform.back_after();
  // Nobody answers where they were, so they join anew 0.3 s later.
  CHECK(took > 0.3);
  CHECK(took < 5);
  CHECK(platform.lost("room records") == 1);
  CHECK(platform.lost("participant records") == 4);
}

TEST_CASE("a Janus server that stands still keeps its users waiting until each gives it up") {
  Platform platform;
  platform.world.inject({"freeze", Primitive::pause, {Level::pod, "janus-0"}});
  const double took = platform.back_after();
  // 10 to 15 s until they notice, 5 s for the one who alone could answer, 0.3 s, a new room.
  CHECK(took > 15.3);
  CHECK(took < 25);
  CHECK(platform.lost("room records") == 1);
}

TEST_CASE("a Janus server that no packet reaches is found not ready, and nobody is sent there") {
  Platform platform;
  platform.world.inject({"cut", Primitive::isolate, {Level::pod, "janus-0"}});
  const double took = platform.back_after();
  CHECK(took > 15.3);
  CHECK(took < 25);
}

TEST_CASE("who notices in time that a Janus server goes on stays in its room") {
  Platform platform;
  const EffectId pause =
      platform.world.inject({"freeze", Primitive::pause, {Level::pod, "janus-0"}});
  test::pass_until(platform.world, platform.world.now() + 5s);
  CHECK(platform.without_media() == 4);
  platform.world.recover(pause);
  test::pass_until(platform.world, platform.world.now() + 1s);
  CHECK(platform.without_media() == 0);
  CHECK(platform.lost("room records") == 0);
}

TEST_CASE("Redis is nothing to Janus") {
  Platform platform;
  for (const char* master : {"redis-master-0", "redis-master-1", "redis-master-2"})
    platform.world.inject({master, Primitive::pause, {Level::pod, master}});
  test::pass_until(platform.world, platform.world.now() + 60s);
  CHECK(platform.without_media() == 0);
  CHECK(test::figure(platform.world, "nodes taking participants") == 2);
  CHECK(platform.lost("room records") == 0);
}
