#include "scenarios/loader.hpp"

#include <catch2/catch.hpp>

#include "tests/scenarios/known.hpp"

namespace drdrill {
namespace {

using namespace std::chrono_literals;

const std::string folder = "tests/scenarios/good/";

/// For REQUIRE's sake: what an InputError says.
std::string problems_of(const InputError& error) {
  std::string text;
  for (const Problem& problem : error.problems().all()) text += to_string(problem) + "\n";
  return text;
}

LoadedScenario load(std::vector<Setting> settings = {}) {
  try {
    return load_scenario(folder + "scenario.json", settings, known_in_tests);
  } catch (const InputError& error) {
    FAIL(problems_of(error));
    throw;
  }
}

TEST_CASE("A scenario comes with everything that its file says") {
  const Scenario s = load().scenario;
  CHECK(s.name == "zone-loss");
  CHECK(s.variant == "as a test");
  CHECK(s.file == folder + "scenario.json");
  CHECK(s.counterpart == folder + "scenario.json");
  CHECK(s.platform == "shop");
  CHECK(s.start.utc_offset_minutes == 480);
  CHECK(s.start.utc_ns == 1795413600000000000);
  CHECK(s.steady_for == 60s);
  CHECK(s.stable_for == 90s);
  CHECK(s.horizon == 2h);
  REQUIRE(s.faults.size() == 2);
  CHECK(s.faults[0].effect.primitive == Primitive::crash);
  CHECK(s.faults[0].effect.target.level == Level::zone);
  CHECK(s.faults[0].effect.target.name == "east-1");
  CHECK(s.faults[0].after == 10s);
  CHECK(s.faults[0].lasts == std::optional<Duration>(10min));
  CHECK(s.faults[0].place.line == 11);
  CHECK(s.faults[1].effect.target.count == 2);
  CHECK_FALSE(s.faults[1].lasts);
  REQUIRE(s.objectives.size() == 3);
  CHECK(s.objectives[0].rpo == std::optional<Duration>(15min));
  CHECK(s.objectives[1].component == ComponentId::load_balancer);
  CHECK_FALSE(s.objectives[1].rpo);
  REQUIRE(s.aborts.size() == 1);
  CHECK(s.aborts[0].probe == ProbeKind::join);
}

TEST_CASE("Steps follow each other unless they say what they need; rollbacks stand apart") {
  const auto steps = load().scenario.runbook.steps;
  using Indexes = std::vector<std::uint32_t>;
  REQUIRE(steps.size() == 5);
  CHECK(steps[0].needs.empty());
  CHECK(steps[0].rollback == Indexes{3, 4});
  CHECK(steps[0].on_failure == OnFailure::stop);
  CHECK(steps[0].place.file == folder + "runbook.json");
  CHECK(steps[0].place.line == 11);
  CHECK(steps[1].needs == Indexes{0});
  CHECK(steps[1].run ==
        "kubectl exec postgres-replica-0 -n shop -- \\\n  psql -c 'SELECT pg_promote()'");
  CHECK(steps[1].title == "kubectl exec postgres-replica-0 -n shop -- \\");
  CHECK(steps[1].wait_for == std::optional(ProbeKind::lb_connect));
  CHECK(steps[2].needs.empty());
  CHECK(steps[2].manual());
  CHECK(steps[2].words() == "psql -h <endpoint>");
  CHECK(steps[3].only_as_rollback);
  CHECK(steps[3].needs.empty());
  CHECK(steps[4].needs == Indexes{3});
}

TEST_CASE("A platform has the nodes, objects and models of its file") {
  const PlatformSpec p = load().platform;
  REQUIRE(p.clusters.size() == 2);
  const kube::Cluster& cluster = p.clusters[0].initial;
  CHECK(cluster.context == "main");
  CHECK(cluster.version == kube::Version{1, 31});
  REQUIRE(cluster.nodes.size() == 7);
  CHECK(cluster.nodes[0].meta.name == "sfu-1");
  CHECK(cluster.nodes[0].zone == "east-1");
  CHECK(cluster.nodes[1].zone == "east-2");
  CHECK(cluster.nodes[2].zone == "east-1");
  CHECK(cluster.nodes[0].cpu_milli == 16000);
  CHECK(cluster.nodes[0].memory_bytes == std::int64_t{64} << 30);
  CHECK(cluster.nodes[0].taints->size() == 1);
  CHECK(cluster.nodes[6].meta.name == "node-3-of-general");
  CHECK(cluster.workloads.size() == 4);
  CHECK(cluster.services.size() == 3);
  CHECK(cluster.cron_jobs.size() == 1);
  CHECK(p.clusters[1].standby);

  REQUIRE(p.workloads.size() == 4);
  CHECK(p.workloads[0].kind == WorkloadModel::Kind::livekit_sfu);
  CHECK(p.workloads[0].capacity == 50);
  CHECK(p.workloads[1].role == "auth");
  CHECK(p.workloads[1].concurrency == 8);
  CHECK(p.workloads[1].on_join_path);
  CHECK(p.workloads[2].ns == "shop");
  CHECK(p.workloads[2].workload == "postgres-primary");
}

TEST_CASE("A platform's quantities are in seconds, bytes and shares") {
  const PlatformSpec p = load().platform;
  CHECK(p.postgres.write_service == "postgres-primary");
  CHECK(p.postgres.databases[0].size_bytes == 8e9);
  CHECK(p.postgres.databases[1].size_bytes == 4e9);
  CHECK(p.postgres.writes_per_second == 60);
  CHECK(p.postgres.wal_bytes_per_second == 3e5);
  CHECK(p.redis.data_bytes == 2e8);
  CHECK_FALSE(p.redis.require_full_coverage);
  CHECK(p.entry.dns_ttl == 60s);
  CHECK(p.monitoring.scrape_interval_sfu == 5s);
  CHECK(p.monitoring.rules[0].hold == 2min);
  CHECK(p.people[0].awake_from_hour == 7);
  CHECK(p.backups[0].keep == 720h);
  CHECK(p.load.churn_per_hour == 0.02);
  CHECK(p.load.placement == LoadSpec::Placement::single);
  CHECK(p.load.daily_curve[9] == 1);
  CHECK(p.dependencies.size() == 3);
  CHECK(p.costs.size() == 2);
}

TEST_CASE("Overrides win over parameter files, and settings over both") {
  const auto timeout = [](const PlatformSpec& p) {
    return p.parameters[p.parameters.find("redis.cluster_node_timeout")];
  };
  const Parameter from_override = timeout(load().platform);
  CHECK(from_override.value == constant(5));
  CHECK(from_override.place.file == folder + "platform.json");
  CHECK(from_override.place.line == 6);
  const Parameter from_setting =
      timeout(load({{"/platform/parameters/redis.cluster_node_timeout", "2s", {}}}).platform);
  CHECK(from_setting.value == constant(2));
  CHECK(from_setting.place.file.empty());
  CHECK(from_setting.source == "given on the command line");
}

TEST_CASE("Distributions keep their shape and come in the parameter's unit") {
  const ParameterTable table = load().platform.parameters;
  const auto value = [&](std::string_view id) { return table[table.find(id)].value; };
  CHECK(value("kubernetes.pod_start") == Distribution{Shape::lognormal, 3, 0.8, 0});
  CHECK(value("api.error_share") == Distribution{Shape::uniform, 0.01, 0.05, 0});
  CHECK(value("postgres.restore_rate") == constant(1e8));
  CHECK(value("api.request_rate") == Distribution{Shape::exponential, 60, 0, 0});
  CHECK(value("livekit.stages") == Distribution{Shape::erlang, 3, 2, 0});
  CHECK(value("livekit.strict") == constant(1));
}

TEST_CASE("Settings reach into the scenario, its platform and its runbook") {
  const LoadedScenario loaded = load({{"/horizon", "1h", {}},
                                      {"/platform/load/meetings", "2", {}},
                                      {"/platform/backups/postgres/keep", "7d", {}},
                                      {"/runbook/steps/promote/retries", "5", {}},
                                      {"/runbook/steps/0/time_limit", "7m", {}},
                                      {"/objectives/0/rto", "\"20m\"", {}}});
  CHECK(loaded.scenario.horizon == 1h);
  CHECK(loaded.platform.load.meetings == 2);
  CHECK(loaded.platform.backups[0].keep == 168h);
  CHECK(loaded.scenario.runbook.steps[1].retries == 5);
  CHECK(loaded.scenario.runbook.steps[0].time_limit == 7min);
  CHECK(loaded.scenario.objectives[0].rto == std::optional<Duration>(20min));
}

TEST_CASE("Each kind of file is known by its content") {
  for (const auto& [name, kind] : {std::pair{"scenario.json", FileKind::scenario},
                                   std::pair{"platform.json", FileKind::platform},
                                   std::pair{"runbook.json", FileKind::runbook},
                                   std::pair{"parameters.json", FileKind::parameters}}) {
    const Checked checked = check_file(folder + name, known_in_tests);
    CHECK(checked.kind == std::optional(kind));
    for (const Problem& problem : checked.problems.all()) FAIL_CHECK(to_string(problem));
  }
}

TEST_CASE("Mistakes of the scenario, its platform and its runbook come together") {
  const std::vector<Setting> settings{{"/horizon", "soon", {}},
                                      {"/platform/load/meetings", "-1", {}},
                                      {"/runbook/steps/0/phase", "recovery", {}}};
  std::string text;
  try {
    load_scenario(folder + "scenario.json", settings, known_in_tests);
  } catch (const InputError& error) {
    text = problems_of(error);
  }
  CHECK(text ==
        "--set /horizon=soon: \"soon\" is no duration; write \"5m\", \"300s\" or \"1h30m\"\n"
        "--set /platform/load/meetings=-1: -1 is out of range; expected 1 to 100000\n"
        "--set /runbook/steps/0/phase=recovery: \"recovery\" is not known here; did you mean "
        "\"recover\"?\n");
}

}  // namespace
}  // namespace drdrill
