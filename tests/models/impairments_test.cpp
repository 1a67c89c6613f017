#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

/// The 500-participant platform under one fault for five minutes, with nobody doing anything.
test::Drilled under(const std::string& fault) {
  return test::drill(
      "sfu-node-failure",
      {{"/faults", "[{\"id\": \"f\", \"after\": \"10s\", \"lasts\": \"5m\", " + fault + "}]", ""},
       {"/runbook/steps", R"([{"id": "wait", "run": "sleep 360"}])", ""},
       {"/horizon", "30m", ""}});
}

Duration down(const test::Drilled& drilled, ComponentId component) {
  const auto& achieved = drilled.of(component).rto.achieved;
  REQUIRE(achieved);
  return *achieved;
}

}  // namespace

TEST_CASE("a slow database makes the API slow while it is slow enough, and loses nothing") {
  const auto drilled = under(R"("fault": "slow", "target": "pod/postgres-primary", "amount": 50)");
  CHECK(down(drilled, ComponentId::api) >= 5min);
  CHECK(down(drilled, ComponentId::postgres) == 0s);
  CHECK(drilled.of(ComponentId::api).rpo.lost_writes == 0);
  const auto little = under(R"("fault": "slow", "target": "pod/postgres-primary", "amount": 1.5)");
  CHECK(down(little, ComponentId::api) == 0s);
}

TEST_CASE("slow Redis servers make the API slow by the part of a request that waits for them") {
  const auto crawling =
      under(R"("fault": "slow", "target": "pod/redis-master", "count": 3, "amount": 500)");
  CHECK(down(crawling, ComponentId::api) >= 5min);
  CHECK(down(crawling, ComponentId::redis) == 0s);
  const auto little =
      under(R"("fault": "slow", "target": "pod/redis-master", "count": 3, "amount": 5)");
  CHECK(down(little, ComponentId::api) == 0s);
}

TEST_CASE("latency to one Redis server in three is seen in p95") {
  const auto far =
      under(R"("fault": "latency", "target": "pod/redis-master-0", "amount": "120ms")");
  CHECK(down(far, ComponentId::api) >= 5min);
  const auto near = under(R"("fault": "latency", "target": "pod/redis-master-0", "amount": "5ms")");
  CHECK(down(near, ComponentId::api) == 0s);
}

TEST_CASE("latency breaks the API's promise once two ways of it use up 200 ms") {
  const auto far = under(R"("fault": "latency", "target": "zone/singapore-1", "amount": "120ms")");
  CHECK(down(far, ComponentId::api) >= 5min);
  const auto near = under(R"("fault": "latency", "target": "zone/singapore-1", "amount": "10ms")");
  CHECK(down(near, ComponentId::api) == 0s);
}

// The zone has API pods, the primary and Redis servers: what they lose adds up.
TEST_CASE("lost packets cost a retransmission of 200 ms, which p95 shows from 5 % on") {
  const auto much =
      under(R"("fault": "packet-loss", "target": "zone/singapore-1", "amount": 0.06)");
  CHECK(down(much, ComponentId::api) >= 5min);
  const auto little =
      under(R"("fault": "packet-loss", "target": "zone/singapore-1", "amount": 0.01)");
  CHECK(down(little, ComponentId::api) == 0s);
}

TEST_CASE("a clock that is further ahead than the leeway makes tokens that nobody takes") {
  const auto far = under(R"("fault": "clock-skew", "target": "pod/auth-service", "amount": "90s")");
  CHECK(down(far, ComponentId::api) >= 5min);
  const auto near =
      under(R"("fault": "clock-skew", "target": "pod/auth-service", "amount": "30s")");
  CHECK(down(near, ComponentId::api) == 0s);
}

TEST_CASE("a full disk keeps PostgreSQL and Redis from writing until there is room") {
  const auto postgres = under(R"("fault": "disk-full", "target": "pod/postgres-primary")");
  CHECK(down(postgres, ComponentId::postgres) >= 4min + 50s);
  CHECK(postgres.has_finding("capacity-exhausted"));
  CHECK(postgres.has_finding("postgres-refused-start"));  // a checkpoint is due within five minutes
  const auto redis = under(R"("fault": "disk-full", "target": "pod/redis-master-0")");
  CHECK(down(redis, ComponentId::redis) >= 4min + 50s);
}

TEST_CASE(
    "a primary that is cut off from its standby goes on; API pods cut off from Redis do not") {
  const auto standby = under(
      R"("fault": "partial-partition", "target": "pod/postgres-primary", "from": "pod/postgres-replica-0")");
  CHECK(down(standby, ComponentId::postgres) == 0s);
  CHECK(standby.has_finding("replica-detached"));
  const auto gossip = under(
      R"("fault": "partial-partition", "target": "pod/redis-master-0", "from": "zone/singapore-2")");
  CHECK(gossip.judgement.verdict != Verdict::inconclusive);
}

TEST_CASE("an expired certificate keeps newcomers out and leaves connections standing") {
  const auto drilled = under(R"("fault": "certificate-expiry", "target": "name/api.gomeet.com")");
  CHECK(down(drilled, ComponentId::load_balancer) >= 5min);
  CHECK(down(drilled, ComponentId::postgres) == 0s);
  CHECK(down(drilled, ComponentId::livekit_sfu) == 0s);
}

TEST_CASE("a backup that is cut short lists its contents and restores nothing") {
  const auto loaded = test::load("point-in-time-recovery-corrected");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const Target claim{Level::volume, "postgres-archive", 1};
  const EffectId spoilt = world.inject({"spoilt", Primitive::corrupt, claim});
  CHECK(world.state(spoilt).took_effect);
  const std::string unpack =
      "kubectl exec postgres-primary-0 -n gomeet -- bash -c "
      "'tar -xzf $(find /archive/base -name base.tar.gz | tail -n 1) -C /tmp'";
  CHECK(test::run(world, unpack).exit_status != 0);
  world.recover(spoilt);
  CHECK(test::run(world, unpack).exit_status == 0);
  world.inject({"gone", Primitive::vanish, claim});
  CHECK(test::run(world, unpack).exit_status != 0);
}

TEST_CASE("an SFU node that is too slow for its participants gives them no media") {
  const auto slow =
      under(R"("fault": "slow", "target": "pod/livekit-sfu", "count": 12, "amount": 20)");
  CHECK(down(slow, ComponentId::livekit_sfu) >= 4min);
  const auto little =
      under(R"("fault": "slow", "target": "pod/livekit-sfu", "count": 12, "amount": 1.2)");
  CHECK(down(little, ComponentId::livekit_sfu) == 0s);
}

TEST_CASE(
    "one slow node of twelve is worse than one that is cut off: whoever leaves is sent back") {
  // The others have room for its 42 participants, but the emptied node has the fewest.
  const auto slow = under(R"("fault": "slow", "target": "pod/livekit-sfu", "amount": 20)");
  CHECK(down(slow, ComponentId::livekit_sfu) >= 5min);
  CHECK(down(slow, ComponentId::platform) >= 3min);  // newcomers are sent there too
  const auto cut = under(R"("fault": "partition", "target": "pod/livekit-sfu")");
  CHECK(down(cut, ComponentId::livekit_sfu) < 1min);
  CHECK(down(cut, ComponentId::platform) == 0s);
}

TEST_CASE("media does without a part of its packets, and not without more") {
  const auto much =
      under(R"("fault": "packet-loss", "target": "pod/livekit-sfu", "count": 12, "amount": 0.4)");
  CHECK(down(much, ComponentId::livekit_sfu) >= 4min);
  const auto little =
      under(R"("fault": "packet-loss", "target": "pod/livekit-sfu", "count": 12, "amount": 0.1)");
  CHECK(down(little, ComponentId::livekit_sfu) == 0s);
}

TEST_CASE("a node that hears nothing is heard until its clients give it up") {
  const auto down_for = [](const std::string& direction) {
    const auto drilled = under(
        R"("fault": "partition", "target": "pod/livekit-sfu", "direction": ")" + direction + "\"");
    const auto& outages = drilled.of(ComponentId::livekit_sfu).rto.outages;
    REQUIRE_FALSE(outages.empty());
    return outages.front().began - *drilled.judgement.first_fault;
  };
  CHECK(down_for("both") == 0s);
  CHECK(down_for("out") == 0s);
  // 15 s of silence on the signal connection, less up to 5 s.
  CHECK(down_for("in") >= 10s);
  CHECK(down_for("in") <= 15s);
}

TEST_CASE("a lease that is renewed once more makes a node that hears nothing later to be missed") {
  const auto missed = [](Direction direction) {
    const auto loaded = test::load("node-failure");
    SimulatedWorld world(loaded.platform, loaded.scenario.start);
    double sum = 0;
    constexpr int n = 100;
    for (int r = 0; r < n; ++r) {
      world.reset(5, static_cast<std::uint64_t>(r));
      test::pass_until(world, 100s);
      Effect cut{"f", Primitive::isolate, {Level::node, "pool-api-1", 1}, std::nullopt, 0};
      cut.direction = direction;
      world.inject(cut);
      test::pass_until(world, 200s);
      SampleBuffer buffer;
      world.drain(buffer);
      for (const Note& note : buffer.notes)
        if (note.kind == NoteKind::node_not_ready) sum += to_seconds(note.at - 100s) / n;
    }
    return sum;
  };
  // 50 s - U(0, 10) + U(0, 5), and 50 s + U(0, 10) + U(0, 5).
  CHECK(missed(Direction::out) == Approx(47.5).margin(1.7));
  CHECK(missed(Direction::in) == Approx(57.5).margin(1.7));
}

TEST_CASE(
    "a Prometheus whose scrapes time out, whose rules are late or whose disk is full is down") {
  const std::string target = R"("target": "pod/prometheus", "count": 2)";
  const auto monitoring = [&](const std::string& fault) {
    return down(under(fault + ", " + target), ComponentId::monitoring);
  };
  CHECK(monitoring(R"("fault": "latency", "amount": "6s")") >= 5min);
  CHECK(monitoring(R"("fault": "latency", "amount": "1s")") == 0s);
  CHECK(monitoring(R"("fault": "packet-loss", "amount": 0.8)") >= 5min);
  CHECK(monitoring(R"("fault": "packet-loss", "amount": 0.1)") == 0s);
  CHECK(monitoring(R"("fault": "slow", "amount": 100)") >= 5min);
  CHECK(monitoring(R"("fault": "slow", "amount": 10)") == 0s);
  CHECK(monitoring(R"("fault": "disk-full")") >= 5min);
}

TEST_CASE("a Redis server that lost its data is empty, and its replica has the rest") {
  const std::string master = R"("fault": "data-loss", "target": "pod/redis-master-0")";
  const std::string replica = R"("fault": "data-loss", "target": "pod/redis-replica-0")";
  const auto stood_in_for = under(master);
  CHECK(stood_in_for.of(ComponentId::redis).rto.achieved);
  CHECK(stood_in_for.of(ComponentId::redis).rpo.lost_writes < 40);  // a second of the shard's
  CHECK(under(replica).of(ComponentId::redis).rpo.lost_writes == 0);
  const auto both = under(master + R"(}, {"id": "g", "after": "10s", "lasts": "5m", )" + replica);
  CHECK_FALSE(both.of(ComponentId::redis).rto.achieved);  // nobody owns the slots any more
}

TEST_CASE("nothing more is written to a volume or a bucket that is full") {
  const auto backs_up = [](const std::string& scenario, const std::string& full) {
    const auto loaded = test::load(scenario);
    SimulatedWorld world(loaded.platform, loaded.scenario.start);
    if (!full.empty()) {
      const EffectId effect = world.inject({"full", Primitive::fill, {Level::volume, full, 1}});
      CHECK(world.state(effect).took_effect);
    }
    const ActionState backup =
        test::run(world,
                  "kubectl create job once --from=cronjob/postgres-base-backup -n gomeet && "
                  "kubectl wait --for=condition=complete job/once -n gomeet --timeout=50m");
    REQUIRE(backup.ended);
    return backup.exit_status == 0;
  };
  CHECK(backs_up("point-in-time-recovery-corrected", ""));
  CHECK_FALSE(backs_up("point-in-time-recovery-corrected", "postgres-archive"));
  CHECK(backs_up("region-failover-corrected", ""));
  CHECK_FALSE(backs_up("region-failover-corrected", "gomeet-dr-backups"));
}

TEST_CASE("what the models would not notice is refused with the reason") {
  const auto loaded = test::load("node-failure");
  const SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const auto refusal = [&](Primitive primitive, Level level, const std::string& name) {
    return world.refusal(Effect{"f", primitive, {level, name, 1}, std::nullopt, 5}).has_value();
  };
  CHECK(refusal(Primitive::slow, Level::pod, "minio"));
  CHECK_FALSE(refusal(Primitive::slow, Level::pod, "livekit-sfu"));
  CHECK_FALSE(refusal(Primitive::slow, Level::pod, "auth-service"));
  CHECK(refusal(Primitive::fill, Level::pod, "auth-service"));
  CHECK(refusal(Primitive::expire, Level::name, "example.org"));
  CHECK_FALSE(refusal(Primitive::refuse, Level::provider, "api.cloudflare.com"));
}
