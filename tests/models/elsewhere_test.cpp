#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"
#include "tests/models/imported.hpp"

/// The documented runbooks, word for word, on platforms that differ in one thing: what they do
/// follows from the platform. (Others of this kind: platform_test.cpp, procedures_test.cpp.)

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t seed = 20261123;

const Setting primary_as_deployment{"/platform/clusters/0/objects/StatefulSet:postgres-primary",
                                    R"({"apiVersion": "apps/v1", "kind": "Deployment",
  "metadata": {"name": "postgres-primary", "labels": {"app": "postgres", "role": "primary"}},
  "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "postgres", "role": "primary"}},
    "template": {"metadata": {"labels": {"app": "postgres", "role": "primary"}},
      "spec": {"nodeSelector": {"pool": "postgres"},
        "containers": [{"name": "postgres", "image": "postgres:15-alpine",
          "resources": {"requests": {"cpu": "6", "memory": "24Gi"}},
          "readinessProbe": {"exec": {"command": ["pg_isready"]}, "periodSeconds": 10}}]}}},
  "model": {"kind": "postgres-primary"}})",
                                    ""};

const StepEnded& end_of(const test::Drilled& drilled, std::string_view id) {
  for (const JournalEntry& entry : drilled.journal.entries)
    if (const auto* ended = std::get_if<StepEnded>(&entry.what))
      if (drilled.journal.scenario.runbook.steps[ended->step].id == id && !ended->verifying)
        return *ended;
  FAIL("no such step");
  throw 0;
}

Duration down(const test::Drilled& drilled, ComponentId component) {
  const auto& achieved = drilled.of(component).rto.achieved;
  REQUIRE(achieved);
  return *achieved;
}

}  // namespace

TEST_CASE("where the first node by name carries calls, the documented node drill ends them") {
  const auto reference = test::drill("node-failure", {}, seed);
  CHECK(down(reference, ComponentId::livekit_sfu) == 0s);
  const auto other = test::drill("node-failure",
                                 {{"/platform/clusters/0/node_pools/sfu/names", "a-{}", ""}}, seed);
  CHECK(down(other, ComponentId::livekit_sfu) > 0s);
}

TEST_CASE("where the primary is a Deployment the documented database drill stops it") {
  const auto reference = test::drill("database-failover", {}, seed);
  CHECK(reference.has_finding("fault-without-effect"));
  CHECK(down(reference, ComponentId::postgres) < 30s);
  const auto other = test::drill("database-failover", {primary_as_deployment}, seed);
  CHECK_FALSE(other.has_finding("fault-without-effect"));
  const auto& rto = other.of(ComponentId::postgres).rto;
  CHECK((!rto.achieved || *rto.achieved > 30s));
}

TEST_CASE("where servers are Deployments the documented point-in-time recovery finds no pod") {
  const auto reference = test::drill("point-in-time-recovery", {}, seed);
  const auto other =
      test::drill("point-in-time-recovery",
                  {primary_as_deployment, {"/faults/0/target", "pod/postgres-primary", ""}}, seed);
  const std::string& first = reference.loaded.scenario.runbook.steps.front().id;
  CHECK(end_of(reference, first).told().output.find("not found") != std::string::npos);
  CHECK(end_of(other, first).told().output.find("deployment.apps/postgres-primary scaled") !=
        std::string::npos);
  CHECK_FALSE(other.of(ComponentId::postgres).rto.achieved);
}

TEST_CASE("with manifests where the document looks for them, Jakarta answers, and has no data") {
  const Setting no_stretching{"/platform/parameters/dns.stretching_share", "0", ""};
  const auto reference = test::drill("region-failover", {no_stretching}, seed);
  CHECK_FALSE(reference.of(ComponentId::load_balancer).rto.achieved);
  LoadedScenario loaded = test::load(
      "region-failover", {{"/platform", "platforms/gomeet-500-dr.json", ""}, no_stretching});
  auto& files = loaded.platform.files;
  const auto shipped = files;
  for (const auto& [path, text] : shipped) {
    std::string flat = text;
    if (path.ends_with("postgres.yaml")) {
      flat = flat.substr(0, flat.find("---\napiVersion: batch/v1"));
      flat.replace(flat.find("replicas: 0"), 11, "replicas: 1");
    }
    if (!path.ends_with("redis-data.yaml"))
      files["deployment/k8s/" + path.substr(path.rfind('/') + 1)] = flat;
  }
  const auto drilled = test::drill(std::move(loaded), seed);
  CHECK(end_of(drilled, "activate").exit_status == 0);
  CHECK(drilled.of(ComponentId::load_balancer).rto.achieved);
  // The server starts, as a new and empty one: that is no recovery.
  CHECK_FALSE(drilled.of(ComponentId::postgres).rto.achieved);
  CHECK(end_of(drilled, "restore").exit_status != 0);
}

TEST_CASE("backups in the region that is lost are of no use to the corrected failover") {
  const auto drilled = test::drill(
      "region-failover-corrected",
      {{"/platform/buckets/gomeet-dr-backups/region", "singapore", ""}, {"/horizon", "2h", ""}},
      seed);
  CHECK_FALSE(drilled.of(ComponentId::postgres).rto.achieved);
}

TEST_CASE("where little is written and nothing forces a segment, more of it is lost") {
  const auto lost = [](const std::string& timeout) {
    const auto drilled = test::drill("region-failover-corrected",
                                     {{"/platform/postgres/wal", "0.01MB/s", ""},
                                      {"/platform/clusters/0/objects/StatefulSet:postgres-primary/"
                                       "spec/template/spec/containers/0/args/5",
                                       timeout, ""}},
                                     seed);
    REQUIRE(drilled.of(ComponentId::postgres).rpo.achieved);
    return *drilled.of(ComponentId::postgres).rpo.achieved;
  };
  CHECK(lost("archive_timeout=60s") < 2min);
  CHECK(lost("archive_timeout=0") > 5min);
}

TEST_CASE(
    "where in its last segment a region dies is chance, unless a base backup has just ended one") {
  const auto lost = [](LoadedScenario loaded, std::uint64_t replication) {
    const auto drilled = test::drill(std::move(loaded), seed, replication);
    REQUIRE(drilled.of(ComponentId::postgres).rpo.achieved);
    return *drilled.of(ComponentId::postgres).rpo.achieved;
  };
  // archive_timeout is 60 s, and a segment of 16 MB is full after 53 s.
  Duration least = 1h, most = 0s;
  for (std::uint64_t replication = 0; replication < 12; ++replication) {
    const Duration one = lost(test::load("region-failover-corrected"), replication);
    least = std::min(least, one);
    most = std::max(most, one);
  }
  CHECK(least < 20s);
  CHECK(most > 40s);
  CHECK(most < 60s);
  // This one makes a backup as it begins.
  const auto lab = [] { return test::load_file("scenarios/lab/region-failover-corrected.json"); };
  CHECK(to_seconds(lost(lab(), 1)) == Approx(to_seconds(lost(lab(), 2))).margin(0.1));
}

TEST_CASE("a node that is marked lost later is an outage that is longer by as much") {
  const std::string grace = "/platform/parameters/kubernetes.node_monitor_grace_period";
  const auto brief = test::drill("api-node-failure-corrected", {{grace, "40s", ""}}, seed);
  const auto longer = test::drill("api-node-failure-corrected", {{grace, "100s", ""}}, seed);
  const Duration more = down(longer, ComponentId::api) - down(brief, ComponentId::api);
  CHECK(more > 40s);
  CHECK(more < 80s);
}
