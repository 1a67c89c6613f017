#include "sim/study/capacity_losses.hpp"

#include "sim/study/ask.hpp"
#include "sim/study/series.hpp"

namespace drdrill::study {
namespace {

constexpr auto minute = std::chrono::seconds(60);
constexpr std::string_view start = "2026-11-23T14:00:00+08:00";  // a working day

}  // namespace

std::string Losses::nodes_of_pods(const ClusterSpec& cluster,
                                  const kube::Workload& workload) const {
  std::string labels;
  for (const auto& [key, value] : workload.pod_template().labels)
    labels.append(labels.empty() ? "" : ",").append(key).append("=").append(value);
  SimulatedWorld world(platform_, *parse_wall_time(start));
  world.reset(1, 0);
  return answer(world, "kubectl --context=" + cluster.initial.context + " get pods -n " +
                           workload.meta.ns + " -l " + labels +
                           " -o jsonpath='{range .items[*]}{.spec.nodeName}{\"\\n\"}{end}'");
}

ReturnTime Losses::of(const Target& target, ComponentId component) {
  Series times;
  ReturnTime result;
  for (const Outcome& outcome : outcomes_of(target)) {
    const ObjectiveOutcome& row = outcome.objectives[index_of(component)];
    if (!row.evaluated) {
      if (result.not_judged++ == 0) result.why_not = reason_of(target, outcome.replication);
    } else if (!row.exercised) {
      ++result.untouched;
    } else if (row.censored) {
      times.add_infinite();
    } else {
      times.add(row.rto.count());
    }
  }
  const auto quantile = [&](double p) -> std::optional<Duration> {
    if (const auto value = times.quantile(p)) return Duration(*value);
    return std::nullopt;
  };
  result.median = quantile(0.5);
  result.p95 = quantile(0.95);
  result.judged = static_cast<std::uint32_t>(times.count());
  result.not_back = static_cast<std::uint32_t>(times.infinite());
  return result;
}

const std::vector<Outcome>& Losses::outcomes_of(const Target& target) {
  const std::string name = to_string(target);
  if (const auto found = done_.find(name); found != done_.end()) return found->second;
  const Scenario scenario = scenario_of(target);
  const SimulatedWorld world(platform_, scenario.start);
  if (Problems refused = preflight(scenario, world); !refused.empty())
    throw InputError(std::move(refused));
  return done_[name] = replicate(scenario, platform_, options_.seed, {0, options_.replications},
                                 options_.threads);
}

std::string Losses::reason_of(const Target& target, std::uint64_t replication) const {
  Replicator replicator(scenario_of(target), platform_);
  replicator.run(options_.seed, replication);
  const Judgement judgement = judge(replicator.journal());
  return judgement.reasons.empty() ? "its probe has no answer to go by" : judgement.reasons.front();
}

Scenario Losses::scenario_of(const Target& target) const {
  Scenario scenario;
  scenario.name = "loss of " + to_string(target);
  scenario.file = platform_.file;
  scenario.platform = platform_.name;
  scenario.start = *parse_wall_time(start);
  scenario.steady_for = scenario.stable_for = minute;
  scenario.horizon = 60 * minute;
  FaultSpec fault;
  fault.catalog_id = "crash";
  fault.effect = {"loss", Primitive::crash, target};
  scenario.faults.push_back(fault);
  scenario.runbook.name = "nobody acts";
  for (const ComponentRow& row : components) {
    Objective objective;
    objective.component = static_cast<ComponentId>(&row - components.data());
    objective.rto = 60 * minute;
    scenario.objectives.push_back(objective);
  }
  return scenario;
}

}  // namespace drdrill::study
