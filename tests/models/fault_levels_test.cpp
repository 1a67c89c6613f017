#include <map>

#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// Every fault of the catalog at every level: what is taken, and why the rest is not.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

/// Something of each kind on the 500-participant platform with its DR region.
std::vector<std::string> names_at(Level level) {
  switch (level) {
    case Level::process:
    case Level::pod:
      return {"livekit-sfu", "auth-service", "postgres-primary", "redis-master",
              "traefik",     "prometheus",   "pgbouncer",        "minio"};
    case Level::node:
      return {"pool-sfu-1",  "pool-api-1",        "pool-postgres-1", "pool-redis-1",
              "pool-edge-1", "pool-monitoring-1", "pool-storage-1"};
    case Level::zone:
      return {"singapore-1"};
    case Level::region:
      return {"singapore"};
    case Level::person:
      return {"on-call"};
    case Level::volume:
      return {"backup-storage", "data-postgres-primary-0", "data-redis-master-0",
              "data-prometheus-0", "gomeet-dr-backups"};
    case Level::name:
      return {"api.gomeet.com"};
    case Level::provider:
      return {"api.cloudflare.com"};
  }
  return {};
}

Effect effect_of(const FaultRow& row, Level level, const std::string& name) {
  Effect effect{"f", row.primitive, {level, name, 1}, std::nullopt, 0};
  if (row.amount) effect.amount = row.primitive == Primitive::drop ? 0.5 : 5;
  if (row.primitive == Primitive::cut) effect.other = Target{Level::pod, "chat-service", 100};
  return effect;
}

using Refusals = std::map<std::string, std::string>;

/// What is refused on purpose, by "fault target", and a word of why. Everything else is taken.
const Refusals& refused_on_purpose() {
  const std::string keepers = "postgres, redis, monitoring";
  const std::string on_network = "network volumes";
  static const Refusals refusals = [&] {
    Refusals out;
    const auto refuse = [&](const std::string& fault, const std::string& level,
                            std::initializer_list<const char*> names, const std::string& why) {
      for (const char* name : names) out[fault + " " + level + "/" + name] = why;
    };
    // No model runs in MinIO; of PgBouncer only whether it runs and is reached matters.
    refuse("slow", "process", {"pgbouncer", "minio"}, "would notice");
    for (const char* fault : {"slow", "latency", "packet-loss", "clock-skew"})
      refuse(fault, "pod", {"pgbouncer", "minio"}, "would notice");
    for (const char* fault : {"slow", "latency", "packet-loss", "clock-skew"})
      refuse(fault, "node", {"pool-storage-1"}, "would notice");
    // Nothing that must not be lost is there.
    for (const char* fault : {"disk-full", "data-loss"}) {
      refuse(fault, "pod", {"livekit-sfu", "auth-service", "traefik", "pgbouncer", "minio"},
             keepers);
      refuse(fault, "node", {"pool-sfu-1", "pool-api-1", "pool-edge-1", "pool-storage-1"}, keepers);
      refuse(fault, "node", {"pool-postgres-1", "pool-redis-1", "pool-monitoring-1"}, on_network);
    }
    refuse("bad-statement", "pod",
           {"livekit-sfu", "auth-service", "redis-master", "traefik", "prometheus", "pgbouncer",
            "minio"},
           "pods of these do: postgres");
    for (const char* fault : {"backup-corrupt", "backup-missing"})
      refuse(
          fault, "volume",
          {"data-postgres-primary-0", "data-redis-master-0", "data-prometheus-0", "backup-storage"},
          "no backup lies on");
    return out;
  }();
  return refusals;
}

}  // namespace

TEST_CASE("each fault is possible at each of its levels, or refused with a reason that is known") {
  const LoadedScenario loaded = test::load("region-failover-corrected");
  const SimulatedWorld world(loaded.platform, loaded.scenario.start);
  Refusals found;
  for (const FaultRow& row : fault_catalog())
    for (const Level level : row.levels)
      for (const std::string& name : names_at(level)) {
        const Effect effect = effect_of(row, level, name);
        if (const auto refusal = world.refusal(effect))
          found[std::string(row.id) + " " + to_string(effect.target)] = refusal->reason;
      }
  for (const auto& [what, why] : found) {
    INFO(what << ": " << why);
    const auto known = refused_on_purpose().find(what);
    CHECK(known != refused_on_purpose().end());
    if (known != refused_on_purpose().end()) CHECK(why.find(known->second) != std::string::npos);
  }
  for (const auto& [what, why] : refused_on_purpose()) {
    INFO(what << " is taken");
    CHECK(found.contains(what));
  }
}

TEST_CASE("what is not refused takes effect and can be undone") {
  const LoadedScenario loaded = test::load("region-failover-corrected");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  for (const FaultRow& row : fault_catalog())
    for (const Level level : row.levels)
      for (const std::string& name : names_at(level)) {
        const Effect effect = effect_of(row, level, name);
        INFO(row.id << " " << to_string(effect.target));
        world.reset(1, 0);
        test::pass_until(world, 10s);
        if (world.refusal(effect)) continue;
        const EffectId id = world.inject(effect);
        CHECK(world.state(id).took_effect);
        test::pass_until(world, 40s);
        world.recover(id);
        test::pass_until(world, 60s);
        CHECK(world.state(id).undone);
        CHECK(test::figure(world, "faults in force") == 0);
      }
}

TEST_CASE("a process that dies is restarted in its pod") {
  const LoadedScenario loaded = test::load("node-failure");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const auto line = [&] {
    return std::string(
        test::run(world, "kubectl get pod postgres-primary-0 -n gomeet --no-headers").output);
  };
  const std::string before = line();
  world.inject({"f", Primitive::crash, {Level::process, "postgres-primary", 1}, std::nullopt, 0});
  test::pass_until(world, world.now() + 1min);
  const std::string after = line();
  CHECK(before.find(" 0 ") != std::string::npos);
  CHECK(after.find(" 1 ") != std::string::npos);
  CHECK(after.starts_with("postgres-primary-0"));
}
