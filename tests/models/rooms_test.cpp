#include <algorithm>

#include <catch2/catch.hpp>

#include "models/redis_slots.hpp"
#include "tests/models/drilling.hpp"

/// Rooms: what LiveKit keeps of them in Redis, and on which node they are.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

const Setting single{"/platform/load/placement", "single", ""};
const Setting roomy{"/platform/clusters/0/objects/0/model/capacity", "600", ""};

std::vector<Setting> and_nobody_leaves(std::vector<Setting> settings) {
  settings.push_back({"/platform/load/churn_per_hour", "0", ""});
  return settings;
}

struct Platform {
  explicit Platform(std::vector<Setting> settings = {})
      : loaded(test::load("redis-master-failure", and_nobody_leaves(settings))),
        world(loaded.platform, loaded.scenario.start) {
    world.reset(1, 0);
    test::pass_until(world, 60s);
  }
  void cli(const std::string& pod, const std::string& words) {
    test::run(world, "kubectl exec " + pod + " -n gomeet -- redis-cli " + words);
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

std::string master_of(const std::string& key) {
  return "redis-master-" + std::to_string(models::slot_of_key(key) * 3 / models::all_slots);
}

std::int64_t without_media(const World& world) {
  return world.user_impact().curve.back().without_media;
}

/// Until everybody has media again whose room's process was killed.
double back_after(const std::vector<Setting>& settings) {
  std::vector<Setting> all{single, roomy};
  all.insert(all.end(), settings.begin(), settings.end());
  Platform platform(all);
  SimulatedWorld& world = platform.world;
  for (int i = 0; i < 12 && without_media(world) == 0; ++i) {
    const ActionState name =
        test::run(world, "kubectl get pods -n gomeet -l app=livekit-sfu -o jsonpath='{.items[" +
                             std::to_string(i) + "].metadata.name}'");
    const std::string pod(name.output);
    world.inject({"kill", Primitive::crash, {Level::pod, pod}});
  }
  REQUIRE(without_media(world) == 500);
  const Offset killed = world.now();
  while (without_media(world) > 0 && world.now() < killed + 10min)
    test::pass_until(world, world.now() + 100ms);
  return to_seconds(world.now() - killed);
}

}  // namespace

TEST_CASE("keys are in the slots that Redis puts them in") {
  // CLUSTER KEYSLOT of Redis 7.0.15.
  CHECK(models::slot_of_key("123456789") == 12739);
  CHECK(models::slot_of_key("foo") == 12182);
  CHECK(models::slot_of_key("{user1000}.following") == models::slot_of_key("user1000"));
  CHECK(models::slot_of_key("foo{}{bar}") == 8363);
  CHECK(models::slot_of_key("foo{{bar}}zap") == models::slot_of_key("{bar"));
}

TEST_CASE("what Redis forgets of rooms is lost, the rooms' hash with the shard that has it") {
  Platform none;
  CHECK(none.lost("room records") == 0);
  CHECK(none.lost("participant records") == 0);

  Platform all;
  for (const char* master : {"redis-master-0", "redis-master-1", "redis-master-2"})
    all.cli(master, "flushall");
  CHECK(all.lost("room records") == 1);
  CHECK(all.lost("participant records") == 500);

  // Both hashes happen to be in the first shard.
  REQUIRE(master_of("rooms") == "redis-master-0");
  REQUIRE(master_of("room_participants:meeting-1") == "redis-master-0");
  Platform first;
  first.cli("redis-master-0", "flushall");
  CHECK(first.lost("room records") == 1);
  CHECK(first.lost("participant records") == 500);
  Platform others;
  others.cli("redis-master-1", "flushall");
  others.cli("redis-master-2", "flushall");
  CHECK(others.lost("room records") == 0);
  CHECK(others.lost("participant records") == 0);
}

TEST_CASE("rooms that the drill forgets are a loss of LiveKit, as old as who joined first") {
  for (const auto& [window, minutes] : {std::pair("5m", 5), std::pair("30m", 30)}) {
    Platform platform({{"/platform/load/join_window", window, ""}});
    platform.cli(master_of("room_participants:meeting-1"), "flushall");
    Offset oldest = never;
    for (const LedgerStream& stream : platform.world.ledger().streams)
      if (stream.name == "participant records")
        for (const LedgerRun& run : stream.runs)
          if (run.fate == Fate::lost) oldest = std::min(oldest, run.first);
    CHECK(oldest == -std::chrono::minutes(minutes));
  }
}

TEST_CASE("of a lost region the rooms survive that are in a snapshot elsewhere") {
  const auto lost = [](const char* window) {
    const auto drilled =
        test::drill("region-failover-corrected",
                    and_nobody_leaves({{"/platform/load/join_window", window, ""}}));
    std::uint64_t count = 0;
    for (const LedgerStream& stream : drilled.journal.ledger.streams)
      if (stream.name == "participant records")
        for (const LedgerRun& run : stream.runs) count += run.fate == Fate::lost ? run.count : 0;
    return count;
  };
  // The snapshot was taken 40 minutes before the drill.
  CHECK(lost("5m") == 500);
  CHECK(lost("80m") < 300);
  CHECK(lost("80m") > 200);
}

TEST_CASE("who joins the room of a killed node waits until its statistics are too old") {
  const auto after = [](const char* seconds) {
    return back_after({{"/platform/parameters/livekit.available_within", seconds, ""}});
  };
  // Attempts after 0.3 s and then 1.2 to 2.2, 2.7 to 3.7 … s after one that was given up after 5 s.
  CHECK(after("5s") < 13);
  CHECK(after("20s") > 18);
  CHECK(after("20s") < 32);
  CHECK(after("40s") > 38);
}

TEST_CASE("how long nobody answers a join is the client's patience") {
  const auto after = [](const char* patience) {
    return back_after({{"/platform/parameters/livekit.join_timeout", patience, ""},
                       {"/platform/parameters/livekit.available_within", "5s", ""}});
  };
  CHECK(after("15s") - after("5s") == Approx(10).margin(1.5));
}

TEST_CASE("a room that fits on no node leaves out who does not fit, and says so") {
  const auto drilled = test::drill("redis-master-failure", {single});
  CHECK(drilled.judgement.verdict == Verdict::inconclusive);
  CHECK(drilled.has_finding("capacity-exhausted"));
  CHECK(drilled.journal.impact.curve.front().without_media == 450);
  CHECK(test::drill("redis-master-failure", {single, roomy}).judgement.verdict == Verdict::pass);
}

namespace {

/// When notes of a kind came after Redis was cut off for so long, and 5 minutes more.
std::vector<double> after_outage(NoteKind kind, Duration lasts,
                                 std::vector<Setting> settings = {}) {
  settings.push_back({"/platform/parameters/redis.cluster_node_timeout", "1h", ""});
  Platform platform(settings);
  SampleBuffer buffer;
  platform.world.drain(buffer);
  buffer.notes.clear();
  const Offset began = platform.world.now();
  const EffectId cut =
      platform.world.inject({"cut", Primitive::isolate, {Level::pod, "redis-master", 3}});
  test::pass_until(platform.world, began + lasts);
  platform.world.recover(cut);
  test::pass_until(platform.world, began + lasts + 5min);
  platform.world.drain(buffer);
  std::vector<double> times;
  for (const Note& note : buffer.notes)
    if (note.kind == kind && note.component == ComponentId::livekit_sfu)
      times.push_back(to_seconds(note.at - began));
  return times;
}

}  // namespace

TEST_CASE("without Redis an SFU node fails its health check, and Kubernetes restarts it") {
  const auto restarted = after_outage(NoteKind::pod_killed, 60s);
  CHECK(restarted.size() == 12);
  for (const double s : restarted) {  // 4 s less the age of its statistics, three probes 10 s apart
    CHECK(s > 22);
    CHECK(s < 34);
  }
  CHECK(after_outage(NoteKind::pod_killed, 20s).empty());
}

TEST_CASE("how old statistics may be, and how often they are published, decide when") {
  const std::string within = "/platform/parameters/livekit.healthy_within";
  const std::string interval = "/platform/parameters/livekit.stats_interval";
  const std::string available = "/platform/parameters/livekit.available_within";
  const auto all_between = [](const std::vector<double>& times, double least, double most) {
    CHECK(times.size() == 12);
    CHECK(std::all_of(times.begin(), times.end(),
                      [&](double time) { return time >= least && time <= most; }));
  };
  all_between(after_outage(NoteKind::sfu_unhealthy, 15s), 2, 4);
  all_between(after_outage(NoteKind::sfu_unhealthy, 15s, {{interval, "100ms", ""}}), 3.9, 4);
  all_between(after_outage(NoteKind::sfu_unhealthy, 15s, {{within, "10s", ""}}), 8, 10);
  all_between(after_outage(NoteKind::sfu_unavailable, 15s), 3, 5);
  all_between(after_outage(NoteKind::sfu_unavailable, 15s, {{available, "12s", ""}}), 10, 12);
  CHECK(after_outage(NoteKind::sfu_unhealthy, 1s).empty());
}

TEST_CASE("participants of a silent node notice by its silence") {
  const auto back_after_loss = [](const char* timeout) {
    const auto drilled =
        test::drill("sfu-node-failure-corrected",
                    {{"/platform/parameters/livekit.signal_timeout", timeout, ""}});
    const auto& rto = drilled.of(ComponentId::livekit_sfu).rto.achieved;
    REQUIRE(rto);
    return to_seconds(*rto);
  };
  CHECK(back_after_loss("25s") - back_after_loss("15s") == Approx(10).margin(0.1));
}
