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

TEST_CASE("a full disk ends PostgreSQL until there is room, and makes Redis refuse writes") {
  const auto postgres = under(R"("fault": "disk-full", "target": "pod/postgres-primary")");
  CHECK(down(postgres, ComponentId::postgres) >= 5min);
  CHECK(postgres.has_finding("postgres-refused-start"));
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

TEST_CASE("what the models would not notice is refused with the reason") {
  const auto loaded = test::load("node-failure");
  const SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const auto refusal = [&](Primitive primitive, Level level, const std::string& name) {
    return world.refusal(Effect{"f", primitive, {level, name, 1}, std::nullopt, 5}).has_value();
  };
  CHECK(refusal(Primitive::slow, Level::pod, "livekit-sfu"));
  CHECK_FALSE(refusal(Primitive::slow, Level::pod, "auth-service"));
  CHECK(refusal(Primitive::fill, Level::pod, "auth-service"));
  CHECK(refusal(Primitive::expire, Level::name, "example.org"));
  CHECK_FALSE(refusal(Primitive::refuse, Level::provider, "api.cloudflare.com"));
}
