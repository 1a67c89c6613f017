#include "sim/study/capacity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "sim/drill/platform_cost.hpp"
#include "sim/study/capacity_losses.hpp"

namespace drdrill::study {
namespace {

using Kind = WorkloadModel::Kind;

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
      if (cluster.standby || model.kind == Kind::plain) continue;
      for (const kube::Workload& workload : cluster.initial.workloads)
        if (workload.meta.name == model.workload && workload.meta.ns == model.ns)
          add(model, workload, cluster);
    }
    for (const ClusterSpec& cluster : platform_.clusters)
      if (cluster.standby) add_standby(cluster);
    return std::move(out_);
  }

 private:
  void add(const WorkloadModel& model, const kube::Workload& workload, const ClusterSpec& cluster) {
    const auto pools = pools_for(workload, cluster);
    if (pools.empty() || workload.replicas == 0) return;
    const Spread spread = spread_over(pools, losses_.nodes_of_pods(cluster, workload));
    ServiceCapacity row;
    row.workload = model.workload;
    row.component = component_of(model.kind);
    row.replicas = workload.replicas;
    row.nodes = spread.nodes;
    row.pods_per_node = pods_that_fit(pools.front()->node, workload);
    row.pool = pools.front()->node.pool;
    row.usd_per_node = usd_per_node(platform_, row.pool);
    find_places(model, row);
    const Ground ground{spread.nodes, static_cast<int>(spread.nodes_by_zone.size()),
                        row.pods_per_node};
    add_needs(ground, row);
    const auto [node, on_node] = largest(spread.pods_by_node);
    if (on_node > 0)
      add_loss({Level::node, node}, row.replicas - on_node,
               pods_to_lose_a_node(row.needed.replicas, ground), ground, row);
    const auto [zone, in_zone] = largest(spread.pods_by_zone);
    if (in_zone > 0)
      add_loss({Level::zone, zone}, row.replicas - in_zone,
               pods_to_lose_a_zone(row.needed.replicas, ground), ground, row);
    add_loss({Level::region, cluster.region}, 0, 0, ground, row);
    out_.services.push_back(std::move(row));
  }

  double parameter(std::string_view id) const {
    return mean(platform_.parameters[platform_.parameters.find(id)].value);
  }
  std::string with_provenance(std::string words, std::string_view id) const {
    const Parameter& from = platform_.parameters[platform_.parameters.find(id)];
    return std::move(words) + ", " + std::string(provenance_name(from.provenance));
  }

  /// What one pod carries. Writes are taken to grow as participants do.
  void find_places(const WorkloadModel& model, ServiceCapacity& row) const {
    const auto by_writes = [&](double writes, std::string_view limit, const std::string& unit) {
      if (writes <= 0 || out_.participants == 0) return;
      const double most = parameter(limit);
      row.places =
          static_cast<std::int64_t>(most * static_cast<double>(out_.participants) / writes);
      row.basis = with_provenance(unit, limit);
      row.scales = false;
    };
    switch (model.kind) {
      case Kind::livekit_sfu:
        row.places = model.capacity;
        row.basis = "participants of a pod, stated";
        break;
      case Kind::api_service:
        row.places = static_cast<std::int64_t>(parameter("api.sockets"));
        row.basis = with_provenance("connections of a pod", "api.sockets");
        break;
      case Kind::postgres_primary:
        by_writes(platform_.postgres.writes_per_second, "postgres.commit_rate",
                  "commits a second of the primary");
        break;
      case Kind::redis_master:
        by_writes(platform_.redis.writes_per_second, "redis.write_rate",
                  "writes a second of a master");
        break;
      default:
        break;
    }
  }

  /// Of what scales, the pods that are left carry their share. A store carries all of it when it
  /// works again in every run, by whoever stands in; else nothing.
  std::optional<std::int64_t> carried(const ServiceCapacity& row, const Loss& loss) const {
    if (row.places == 0) return std::nullopt;
    if (row.scales) return loss.pods_left * row.places;
    if (loss.service.judged == 0) return std::nullopt;
    const int leaders = row.component == ComponentId::postgres ? 1 : row.replicas;
    return loss.service.not_back > 0 ? 0 : leaders * row.places;
  }

  void add_loss(const Target& target, int left, int replicas, const Ground& ground,
                ServiceCapacity& row) {
    Loss loss;
    loss.target = target;
    loss.pods_left = left;
    loss.service = losses_.of(target, row.component);
    loss.rejoin = losses_.of(target, ComponentId::livekit_sfu);
    loss.carries = carried(row, loss);
    if (row.needed.replicas > 0) loss.needed = need(replicas, ground, 2, row);
    row.losses.push_back(std::move(loss));
  }

  /// The pool may have more nodes than that; a service is charged for those that it fills.
  static Need need(int replicas, const Ground& ground, int least_nodes,
                   const ServiceCapacity& row) {
    if (replicas == 0) return {};
    const Ground own{least_nodes, ground.zones, ground.pods_per_node};
    Need out{replicas, own.nodes_for(replicas), {}};
    if (row.usd_per_node) out.usd_per_month = out.nodes * *row.usd_per_node;
    return out;
  }

  void add_needs(const Ground& ground, ServiceCapacity& row) const {
    row.present = need(row.replicas, ground, 1, row);
    if (row.places == 0 || !row.scales) return;
    const auto pods_for = [&](double people) {
      return std::max(1, static_cast<int>(std::ceil(people / static_cast<double>(row.places))));
    };
    const auto participants = static_cast<double>(out_.participants);
    row.needed = need(pods_for(participants), ground, 1, row);
    for (std::size_t hour = 0; hour < row.needed_by_hour.size(); ++hour)
      row.needed_by_hour[hour] =
          need(pods_for(participants * platform_.load.daily_curve[hour]), ground, 1, row);
  }

  void add_standby(const ClusterSpec& cluster) {
    StandbyCost cost;
    cost.cluster = cluster.initial.name;
    double sum = 0;
    for (const NodePoolSpec& pool : cluster.pools) {
      if (pool.count == 0) continue;
      cost.nodes += pool.count;
      const auto each = usd_per_node(platform_, pool.node.pool);
      if (each)
        sum += pool.count * *each;
      else
        cost.without_cost.push_back(pool.node.pool);
    }
    if (cost.without_cost.empty()) cost.usd_per_month = sum;
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
