#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// The documented recovery procedures: what they do here, and on other platforms.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t seed = 20261123;
constexpr const char* primary_object = "/platform/clusters/0/objects/StatefulSet:postgres-primary";
const std::string autoscaler_object =
    "/platform/clusters/0/objects/HorizontalPodAutoscaler:livekit-sfu";
const Setting no_autoscaler{
    autoscaler_object, R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "none"}})",
    ""};

const StepEnded* end_of(const test::Drilled& drilled, std::string_view id) {
  const auto& steps = drilled.loaded.scenario.runbook.steps;
  const StepEnded* found = nullptr;
  for (const JournalEntry& entry : drilled.journal.entries)
    if (const auto* end = std::get_if<StepEnded>(&entry.what))
      if (steps[end->step].id == id) found = end;
  return found;
}

}  // namespace

TEST_CASE(
    "deleting the pod of a lost node hangs, and the documented rollback evicts a fifth of the "
    "users until the autoscaler undoes it") {
  const test::Drilled drilled = test::drill("sfu-node-failure", {}, seed);
  CHECK(drilled.has_finding("step-timed-out"));
  const ObjectiveResult& sfu = drilled.of(ComponentId::livekit_sfu);
  REQUIRE(sfu.rto.outages.size() == 2);
  CHECK(drilled.judgement.left_worse.empty());
  CHECK(drilled.journal.impact.affected_30s >= 100);
  // The second outage is the rollback's; it lasts at least as long as the autoscaler waits.
  CHECK(sfu.rto.outages.back().ended);
  CHECK(*sfu.rto.achieved > 60s);
  const test::Drilled patient = test::drill(
      "sfu-node-failure",
      {{autoscaler_object + "/spec/behavior/scaleUp/stabilizationWindowSeconds", "900", ""}}, seed);
  CHECK(*patient.of(ComponentId::livekit_sfu).rto.achieved > 900s);
  CHECK(patient.judgement.verdict == Verdict::fail);
}

TEST_CASE(
    "without an autoscaler the documented rollback leaves a fifth of the users out for good") {
  const test::Drilled drilled = test::drill("sfu-node-failure", {no_autoscaler}, seed);
  CHECK(drilled.judgement.verdict == Verdict::fail);
  const ObjectiveResult& sfu = drilled.of(ComponentId::livekit_sfu);
  REQUIRE(sfu.rto.outages.size() == 2);
  CHECK(sfu.rto.outages.front().ended);
  CHECK_FALSE(sfu.rto.outages.back().ended);  // 8 nodes of 50 for 500
}

TEST_CASE("nodes that take more participants bear the documented rollback") {
  const test::Drilled drilled =
      test::drill("sfu-node-failure",
                  {{"/platform/clusters/0/objects/Deployment:livekit-sfu/model/capacity", "70", ""},
                   no_autoscaler},
                  seed);
  for (const Outage& outage : drilled.of(ComponentId::livekit_sfu).rto.outages) CHECK(outage.ended);
  CHECK(drilled.of(ComponentId::platform).rto.met == true);
  CHECK(drilled.has_finding("redundancy-not-restored"));
}

TEST_CASE("the documented promotion leaves the Service with the lost primary, and ends with two") {
  const test::Drilled drilled = test::drill("postgres-primary-failure", {}, seed);
  CHECK(drilled.judgement.verdict == Verdict::fail);
  CHECK(drilled.of(ComponentId::postgres).rto.met == false);
  CHECK(drilled.has_finding("two-primaries"));
  REQUIRE(end_of(drilled, "verify-select"));
  CHECK(end_of(drilled, "verify-select")->exit_status == 0);  // it asks the wrong server
}

TEST_CASE("how long the documented promotion takes is how long the node is away") {
  const test::Drilled drilled =
      test::drill("postgres-primary-failure", {{"/faults/node-dies/lasts", "10m", ""}}, seed);
  const auto& rto = drilled.of(ComponentId::postgres).rto;
  REQUIRE(rto.achieved);
  CHECK(*rto.achieved > 10min);
  CHECK(*rto.achieved < 13min);
}

TEST_CASE(
    "where the primary is a Deployment the documented fencing works, and clients have no primary") {
  const test::Drilled drilled = test::drill("postgres-primary-failure",
                                            {{primary_object,
                                              R"({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "postgres-primary", "labels": {"app": "postgres", "role": "primary"}},
            "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "postgres", "role": "primary"}},
              "template": {"metadata": {"labels": {"app": "postgres", "role": "primary"}},
                "spec": {"nodeSelector": {"pool": "postgres"},
                  "containers": [{"name": "postgres", "image": "postgres:15-alpine",
                    "resources": {"requests": {"cpu": "6", "memory": "24Gi"}},
                    "readinessProbe": {"exec": {"command": ["pg_isready"]}, "periodSeconds": 10}}]}}},
            "model": {"kind": "postgres-primary"}})",
                                              ""}},
                                            seed);
  REQUIRE(end_of(drilled, "stop-primary"));
  CHECK(end_of(drilled, "stop-primary")->exit_status == 0);
  CHECK_FALSE(drilled.has_finding("two-primaries"));
  CHECK_FALSE(drilled.of(ComponentId::postgres).rto.achieved);
}

TEST_CASE("promoted by hand the API misses its target, however right the commands are") {
  const test::Drilled drilled =
      test::drill("postgres-primary-failure-corrected",
                  {{"/runbook/steps/confirm/actor", "on-call", ""}}, seed);
  CHECK(drilled.of(ComponentId::postgres).rto.met == true);
  CHECK(drilled.of(ComponentId::api).rto.met == false);
  CHECK(drilled.judgement.left_worse.empty());
}

TEST_CASE("Redis helps itself; the documented failover is refused, unseen") {
  const test::Drilled drilled = test::drill("redis-master-failure", {}, seed);
  CHECK(drilled.judgement.verdict == Verdict::pass);
  REQUIRE(end_of(drilled, "failover"));
  CHECK(end_of(drilled, "failover")->exit_status == 0);
  CHECK(end_of(drilled, "failover")->told().output ==
        "ERR You should send CLUSTER FAILOVER to a replica\n");
}

TEST_CASE("with a shorter node timeout no call ends when a Redis master dies") {
  const test::Drilled fast = test::drill("redis-master-failure", {}, seed);
  const test::Drilled slow =
      test::drill("redis-master-failure",
                  {{"/platform/parameters/redis.cluster_node_timeout", "30s", ""}}, seed);
  CHECK(*fast.of(ComponentId::redis).rto.achieved < *slow.of(ComponentId::redis).rto.achieved);
  CHECK(*slow.of(ComponentId::livekit_sfu).rto.achieved > 0s);
  CHECK(*fast.of(ComponentId::livekit_sfu).rto.achieved == 0s);
}

TEST_CASE(
    "with two masters on the lost node nobody is elected: the documented failover does nothing, "
    "the corrected one helps") {
  const std::vector<Setting> slow{{"/platform/parameters/redis.election_delay", "1h", ""}};
  const test::Drilled documented = test::drill("redis-master-failure", slow, seed);
  CHECK(documented.of(ComponentId::redis).rto.met == false);
  const test::Drilled corrected = test::drill("redis-master-failure-corrected", slow, seed);
  CHECK(corrected.of(ComponentId::redis).rto.met == true);
}

TEST_CASE(
    "restarting three services without a spare node makes the outage longer than the lost node "
    "did") {
  const test::Drilled documented = test::drill("api-node-failure", {}, seed);
  const test::Drilled corrected = test::drill("api-node-failure-corrected", {}, seed);
  CHECK(documented.judgement.verdict == Verdict::pass);
  CHECK(*documented.of(ComponentId::api).rto.achieved >
        *corrected.of(ComponentId::api).rto.achieved + 30s);
  const test::Drilled roomy = test::drill(
      "api-node-failure", {{"/platform/clusters/0/node_pools/0/count", "50", ""}}, seed);
  CHECK(*roomy.of(ComponentId::api).rto.achieved < *documented.of(ComponentId::api).rto.achieved);
}

TEST_CASE("two of the five services are in none of the documented restarts") {
  const test::Drilled drilled = test::drill("api-node-failure", {}, seed);
  std::string commands;
  for (const Step& step : drilled.loaded.scenario.runbook.steps) commands += step.run + "\n";
  for (const char* service : {"auth", "meeting", "signaling"})
    CHECK(commands.find(std::string("restart deployment/") + service) != std::string::npos);
  for (const char* service : {"chat", "turn"}) CHECK(commands.find(service) == std::string::npos);
}

TEST_CASE(
    "the documented full recovery of Redis never makes a cluster; the corrected one keeps all "
    "data") {
  const test::Drilled documented = test::drill("redis-full-recovery", {}, seed);
  CHECK(documented.judgement.verdict == Verdict::fail);
  CHECK_FALSE(documented.of(ComponentId::redis).rto.achieved);
  const test::Drilled corrected = test::drill("redis-full-recovery-corrected", {}, seed);
  CHECK(corrected.of(ComponentId::redis).rto.met == true);
  CHECK(corrected.of(ComponentId::redis).rpo.lost_writes == 0);
}

TEST_CASE(
    "servers that only crash find each other again, and the documented script need not harm") {
  // An ordered StatefulSet stops one pod after the other, and the script scales up again at once:
  // most pods, and their addresses, stay. Where all stop together, no server finds another.
  const std::vector<Setting> crash_only{
      {"/runbook/steps/destroy-configuration/run", "sleep 120", ""},
      {"/runbook/steps/stop-masters/actor", "automation", ""}};
  const test::Drilled ordered = test::drill("redis-full-recovery", crash_only, seed);
  CHECK(ordered.of(ComponentId::redis).rto.achieved);
  std::vector<Setting> parallel = crash_only;
  for (const char* set : {"StatefulSet:redis-master", "StatefulSet:redis-replica"})
    parallel.push_back(
        {std::string("/platform/clusters/0/objects/") + set + "/spec/podManagementPolicy",
         "Parallel", ""});
  const test::Drilled together = test::drill("redis-full-recovery", parallel, seed);
  CHECK_FALSE(together.of(ComponentId::redis).rto.achieved);
}
