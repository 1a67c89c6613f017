#include "sim/audit/rehearsal.hpp"

#include <algorithm>
#include <array>

#include "sim/drill/shell.hpp"

namespace drdrill::audit {
namespace {

struct Disaster {
  std::array<std::string_view, 3> words;  ///< all of which the procedure's headings say; "" is any
  std::string_view fault;
  WorkloadModel::Kind kind;  ///< of the workload that it meets
  Level level;
};
using Kind = WorkloadModel::Kind;
/// The first row that fits says what a procedure is against.
constexpr std::array<Disaster, 14> disasters{{
    {{"rollback", "", ""}, "bad-deployment", Kind::livekit_sfu, Level::pod},
    {{"point-in-time", "", ""}, "bad-statement", Kind::postgres_primary, Level::pod},
    {{"pitr", "", ""}, "bad-statement", Kind::postgres_primary, Level::pod},
    {{"region", "", ""}, "region-loss", Kind::plain, Level::region},
    {{"complete infrastructure", "", ""}, "region-loss", Kind::plain, Level::region},
    {{"postgres", "primary", ""}, "node-loss", Kind::postgres_primary, Level::node},
    {{"database", "fail", ""}, "node-loss", Kind::postgres_primary, Level::node},
    {{"postgres", "fail", ""}, "node-loss", Kind::postgres_primary, Level::node},
    {{"redis", "full", ""}, "crash", Kind::redis_master, Level::pod},
    {{"redis", "", ""}, "node-loss", Kind::redis_master, Level::node},
    {{"livekit", "", ""}, "node-loss", Kind::livekit_sfu, Level::node},
    {{"sfu", "", ""}, "node-loss", Kind::livekit_sfu, Level::node},
    {{"api", "", ""}, "node-loss", Kind::api_service, Level::node},
    {{"monitoring", "", ""}, "monitoring-down", Kind::monitoring, Level::pod},
}};

const Disaster* disaster_of(const Followed& followed) {
  const bool rollback = contains(followed.procedure->runbook.name, "rollback");
  for (const Disaster& row : disasters) {
    if (row.fault == "bad-deployment" && !rollback) continue;
    if (std::all_of(row.words.begin(), row.words.end(),
                    [&](std::string_view word) { return contains(followed.about, word); }))
      return &row;
  }
  return nullptr;
}

const WorkloadModel* workload_of(const PlatformSpec& platform, Kind kind) {
  for (const WorkloadModel& workload : platform.workloads)
    if (workload.kind == kind && workload.cluster == 0) return &workload;
  return nullptr;
}

/// A node of the pool that the workload's pods go to.
std::string node_of(const PlatformSpec& platform, const WorkloadModel& model) {
  const ClusterSpec& cluster = platform.clusters.front();
  for (const kube::Workload& workload : cluster.initial.workloads) {
    if (workload.meta.name != model.workload) continue;
    const kube::Labels& wanted = workload.pod_template().node_selector;
    for (const NodePoolSpec& pool : cluster.pools) {
      const bool fits = std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
        const auto& labels = *pool.node.meta.labels;
        return std::find(labels.begin(), labels.end(), label) != labels.end();
      });
      if (fits) return pool.name_of(1);
    }
  }
  return {};
}

std::optional<FaultSpec> fault_for(const PlatformSpec& platform, const Disaster& disaster) {
  FaultSpec fault;
  const FaultRow* row = find_fault(disaster.fault);
  fault.catalog_id = disaster.fault;
  fault.effect.id = "disaster";
  fault.effect.primitive = row->primitive;
  fault.effect.target.level = disaster.level;
  fault.after = std::chrono::seconds(10);
  if (disaster.fault == "crash") fault.lasts = std::chrono::seconds(1);
  if (disaster.level == Level::region) {
    fault.effect.target.name = platform.clusters.front().region;
    return fault;
  }
  const WorkloadModel* workload = workload_of(platform, disaster.kind);
  if (!workload) return std::nullopt;
  fault.effect.target.name =
      disaster.level == Level::node ? node_of(platform, *workload) : workload->workload;
  if (fault.effect.target.name.empty()) return std::nullopt;
  if (disaster.fault == "crash")
    for (const kube::Workload& each : platform.clusters.front().initial.workloads)
      if (each.meta.name == workload->workload) fault.effect.target.count = each.replicas;
  return fault;
}

std::string on_call(const PlatformSpec& platform) {
  for (const AlertRule& rule : platform.monitoring.rules) return rule.role;
  return platform.people.empty() ? "automation" : platform.people.front().role;
}

}  // namespace

Scenario scenario_for(const Look& look, const Followed& followed) {
  const PlatformSpec& platform = *look.input.platform;
  Scenario scenario;
  scenario.name = followed.procedure->runbook.name;
  scenario.title = followed.procedure->runbook.title;
  scenario.file = followed.file;
  scenario.platform = platform.name;
  // A Tuesday afternoon in the platform's busiest hours.
  scenario.start = *parse_wall_time("2026-11-24T14:00:00+08:00");
  scenario.steady_for = std::chrono::minutes(1);
  scenario.stable_for = std::chrono::minutes(1);
  scenario.horizon = std::chrono::hours(4);
  scenario.runbook = followed.procedure->runbook;
  scenario.objectives = look.objectives;
  for (Step& step : scenario.runbook.steps) {
    // What our shell does not take is done by hand.
    if (!step.run.empty() && !shell::parse(step.run).list) step.by_hand = true;
    step.time_limit = std::chrono::minutes(45);
  }
  if (followed.purpose != Followed::Purpose::drill)
    if (!scenario.runbook.steps.empty()) scenario.runbook.steps.front().actor = on_call(platform);
  const bool makes_it_itself =
      std::any_of(scenario.runbook.steps.begin(), scenario.runbook.steps.end(),
                  [](const Step& step) { return step.phase == Phase::inject; });
  if (const Disaster* disaster = disaster_of(followed);
      disaster && !makes_it_itself && followed.purpose == Followed::Purpose::recovery)
    if (auto fault = fault_for(platform, *disaster)) {
      scenario.faults.push_back(std::move(*fault));
      // A whole Redis Cluster is its replicas, too.
      Disaster rest = *disaster;
      rest.kind = Kind::redis_replica;
      if (disaster->fault == "crash")
        if (auto more = fault_for(platform, rest)) {
          more->effect.id = "disaster-2";
          scenario.faults.push_back(std::move(*more));
        }
    }
  return scenario;
}

Scenario unalarmed(Scenario scenario) {
  Step wait;
  wait.id = "somebody-notices";
  wait.title = "Somebody notices";
  wait.phase = Phase::watch;
  wait.run = "sleep 300";
  scenario.runbook.steps.front().actor = "automation";
  scenario.runbook.steps.insert(scenario.runbook.steps.begin(), std::move(wait));
  return scenario;
}

}  // namespace drdrill::audit
