#include "sim/study/capacity.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "sim/study/replication.hpp"
#include "sim/study/series.hpp"

namespace drdrill::study {
namespace {

constexpr auto minute = std::chrono::seconds(60);
constexpr std::string_view start = "2026-11-23T14:00:00+08:00";  // a working day

int ceil_share(int whole, int part, int of) {
  return of > 0 ? (whole * part + of - 1) / of : 0;
}

/// The pools whose nodes the workload's selector allows.
std::vector<const NodePoolSpec*> pools_for(const kube::Workload& workload,
                                           const ClusterSpec& cluster) {
  std::vector<const NodePoolSpec*> pools;
  for (const NodePoolSpec& pool : cluster.pools) {
    const auto& labels = *pool.node.meta.labels;
    const auto& selector = workload.pod_template().node_selector;
    const bool allowed = std::all_of(selector.begin(), selector.end(), [&](const auto& label) {
      return std::find(labels.begin(), labels.end(), label) != labels.end();
    });
    if (allowed && pool.count > 0) pools.push_back(&pool);
  }
  return pools;
}

/// Where a workload may run, and where its pods do run when all is well.
struct Spread {
  int nodes = 0;
  std::map<std::string, int> nodes_by_zone;
  std::map<std::string, int> pods_by_node;
  std::map<std::string, int> pods_by_zone;
};

/// The name that counts most; of several the first.
std::pair<std::string, int> largest(const std::map<std::string, int>& counts) {
  std::pair<std::string, int> found;
  for (const auto& [name, count] : counts)
    if (count > found.second) found = {name, count};
  return found;
}

/// The nodes of the pods with these labels, asked for as people do. One name a line.
std::string nodes_of_pods(const PlatformSpec& platform, const ClusterSpec& cluster,
                          const kube::Workload& workload) {
  std::string labels;
  for (const auto& [key, value] : workload.pod_template().labels)
    labels.append(labels.empty() ? "" : ",").append(key).append("=").append(value);
  Scenario scenario;
  scenario.start = *parse_wall_time(start);
  scenario.steady_for = scenario.stable_for = std::chrono::seconds(1);
  scenario.horizon = 2 * minute;
  Step step;
  step.id = "ask";
  step.run = "kubectl --context=" + cluster.initial.context + " get pods -n " + workload.meta.ns +
             " -l " + labels + " -o jsonpath='{range .items[*]}{.spec.nodeName}{\"\\n\"}{end}'";
  scenario.runbook.steps.push_back(std::move(step));
  scenario.objectives.push_back({ComponentId::platform, minute, std::nullopt, {}});
  Replicator replicator(scenario, platform);
  replicator.run(1, 0);
  for (const JournalEntry& entry : replicator.journal().entries)
    if (const auto* ended = std::get_if<StepEnded>(&entry.what)) return ended->output;
  return {};
}

Spread spread_over(const std::vector<const NodePoolSpec*>& pools, const std::string& lines) {
  Spread spread;
  std::map<std::string, std::string> zones;
  for (const NodePoolSpec* pool : pools)
    for (int i = 1; i <= pool->count; ++i) {
      ++spread.nodes;
      if (pool->zones.empty()) continue;
      zones[pool->name_of(i)] = pool->zone_of(i);
      ++spread.nodes_by_zone[pool->zone_of(i)];
    }
  std::size_t begin = 0;
  while (begin < lines.size()) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    const std::string node = lines.substr(begin, end - begin);
    begin = end + 1;
    if (node.empty()) continue;
    ++spread.pods_by_node[node];
    if (const auto zone = zones.find(node); zone != zones.end())
      ++spread.pods_by_zone[zone->second];
  }
  return spread;
}

/// Runs one loss in which nobody acts; each only once.
class Losses {
 public:
  Losses(const PlatformSpec& platform, const CapacityOptions& options)
      : platform_(platform), options_(options) {}

  ReturnTime of(const Target& target, ComponentId component) {
    Series times;
    ReturnTime result;
    for (const Outcome& outcome : outcomes_of(target)) {
      const ObjectiveOutcome& row = outcome.objectives[index_of(component)];
      if (row.censored)
        times.add_infinite();
      else
        times.add(row.rto.count());
    }
    const auto quantile = [&](double p) -> std::optional<Duration> {
      if (const auto value = times.quantile(p)) return Duration(*value);
      return std::nullopt;
    };
    result.median = quantile(0.5);
    result.p95 = quantile(0.95);
    result.not_back = static_cast<std::uint32_t>(times.infinite());
    return result;
  }

 private:
  const std::vector<Outcome>& outcomes_of(const Target& target) {
    const std::string name = to_string(target);
    if (const auto found = done_.find(name); found != done_.end()) return found->second;
    const Scenario scenario = scenario_of(target);
    const SimulatedWorld world(platform_, scenario.start);
    if (Problems refused = preflight(scenario, world); !refused.empty())
      throw InputError(std::move(refused));
    return done_[name] = replicate(scenario, platform_, options_.seed, {0, options_.replications},
                                   options_.threads);
  }

  Scenario scenario_of(const Target& target) const {
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

  const PlatformSpec& platform_;
  CapacityOptions options_;
  std::map<std::string, std::vector<Outcome>> done_;
};

class Surveyor {
 public:
  Surveyor(const PlatformSpec& platform, const CapacityOptions& options)
      : platform_(platform), losses_(platform, options) {
    out_.platform = platform.name;
    out_.participants =
        std::int64_t{platform.load.meetings} * platform.load.participants_per_meeting;
    out_.options = options;
  }

  Capacity survey() {
    for (const WorkloadModel& model : platform_.workloads) {
      const ClusterSpec& cluster = platform_.clusters[model.cluster];
      if (cluster.standby || model.kind == WorkloadModel::Kind::plain) continue;
      for (const kube::Workload& workload : cluster.initial.workloads)
        if (workload.meta.name == model.workload && workload.meta.ns == model.ns)
          add(model, workload, cluster);
    }
    for (const ClusterSpec& cluster : platform_.clusters)
      if (cluster.standby) add_standby(cluster);
    return std::move(out_);
  }

 private:
  std::optional<double> cost_of(const std::string& pool) const {
    for (const UnitCost& cost : platform_.costs)
      if (cost.pool == pool) return cost.usd_per_month;
    return std::nullopt;
  }

  void add(const WorkloadModel& model, const kube::Workload& workload, const ClusterSpec& cluster) {
    const auto pools = pools_for(workload, cluster);
    if (pools.empty() || workload.replicas == 0) return;
    const Spread spread = spread_over(pools, nodes_of_pods(platform_, cluster, workload));
    ServiceCapacity row;
    row.workload = model.workload;
    row.component = component_of(model.kind);
    row.replicas = workload.replicas;
    row.nodes = spread.nodes;
    row.places = model.capacity;
    row.pool = pools.front()->node.pool;
    row.usd_per_node = cost_of(row.pool);
    const auto [node, on_node] = largest(spread.pods_by_node);
    if (on_node > 0) add_loss({Level::node, node}, row.replicas - on_node, row);
    const auto [zone, in_zone] = largest(spread.pods_by_zone);
    if (in_zone > 0) add_loss({Level::zone, zone}, row.replicas - in_zone, row);
    add_loss({Level::region, cluster.region}, 0, row);
    add_needs(spread, row);
    out_.services.push_back(std::move(row));
  }

  void add_loss(const Target& target, int left, ServiceCapacity& row) {
    Loss loss;
    loss.target = target;
    loss.pods_left = left;
    if (row.places > 0) loss.carries = std::int64_t{left} * row.places;
    loss.service = losses_.of(target, row.component);
    loss.rejoin = losses_.of(target, ComponentId::livekit_sfu);
    row.losses.push_back(std::move(loss));
  }

  void add_needs(const Spread& spread, ServiceCapacity& row) const {
    if (row.places == 0) return;
    const auto pods_for = [&](double people) {
      return static_cast<int>(std::ceil(people / static_cast<double>(row.places)));
    };
    const auto participants = static_cast<double>(out_.participants);
    row.needed = pods_for(participants);
    row.needed_less_node = row.needed + ceil_share(row.needed, 1, spread.nodes);
    const int in_zone = largest(spread.nodes_by_zone).second;
    int pods = row.needed;
    if (in_zone > 0 && in_zone < spread.nodes)
      while (pods - ceil_share(pods, in_zone, spread.nodes) < row.needed) ++pods;
    row.needed_less_zone = in_zone < spread.nodes ? pods : 0;
    for (std::size_t hour = 0; hour < row.needed_by_hour.size(); ++hour)
      row.needed_by_hour[hour] = pods_for(participants * platform_.load.daily_curve[hour]);
  }

  void add_standby(const ClusterSpec& cluster) {
    StandbyCost cost;
    cost.cluster = cluster.initial.name;
    for (const NodePoolSpec& pool : cluster.pools) {
      cost.nodes += pool.count;
      cost.usd_per_month += pool.count * cost_of(pool.node.pool).value_or(0);
    }
    out_.standby.push_back(std::move(cost));
  }

  const PlatformSpec& platform_;
  Losses losses_;
  Capacity out_;
};

}  // namespace

Capacity capacity_of(const PlatformSpec& platform, const CapacityOptions& options) {
  return Surveyor(platform, options).survey();
}

}  // namespace drdrill::study
