#include "sim/audit/graph.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/biconnected_components.hpp>
#include <boost/graph/strong_components.hpp>

namespace drdrill::audit {
namespace {

using Directed = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Undirected =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                          boost::property<boost::edge_index_t, std::size_t>>;

const kube::Workload* workload_of(const ClusterSpec& cluster, const WorkloadModel& model) {
  for (const kube::Workload& workload : cluster.initial.workloads)
    if (workload.meta.name == model.workload && workload.meta.ns == model.ns) return &workload;
  return nullptr;
}

/// Kinds that stand in for each other.
std::string group_of(const WorkloadModel& model) {
  switch (model.kind) {
    case WorkloadModel::Kind::postgres_primary:
    case WorkloadModel::Kind::postgres_replica:
      return "postgres";
    case WorkloadModel::Kind::redis_master:
    case WorkloadModel::Kind::redis_replica:
      return "redis";
    default:
      return model.workload;
  }
}

}  // namespace

bool stands_in(const WorkloadModel& model) {
  return model.workload.starts_with("assumed-");
}

ComponentSet own_components(const PlatformSpec& platform) {
  ComponentSet own;
  bool stand_ins = false;
  for (const WorkloadModel& model : platform.workloads) {
    if (model.cluster != 0 || model.kind == WorkloadModel::Kind::plain) continue;
    if (stands_in(model))
      stand_ins = true;
    else
      own.add(component_of(model.kind));
  }
  // Where something is made up, so is whether a participant can join.
  if (!stand_ins) own.add(ComponentId::platform);
  return own;
}

const NodePoolSpec* pool_of(const ClusterSpec& cluster, const kube::Workload& workload) {
  const kube::Labels& wanted = workload.pod_template().node_selector;
  if (wanted.empty()) return nullptr;
  for (const NodePoolSpec& pool : cluster.pools) {
    const kube::Labels& labels = *pool.node.meta.labels;
    if (std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
          return std::find(labels.begin(), labels.end(), label) != labels.end();
        }))
      return &pool;
  }
  return nullptr;
}

std::vector<std::vector<ComponentId>> dependency_cycles(const PlatformSpec& platform) {
  Directed graph(component_count);
  std::set<std::size_t> selves;
  for (const DependencySpec& dependency : platform.dependencies) {
    if (dependency.from == dependency.on) selves.insert(static_cast<std::size_t>(dependency.from));
    boost::add_edge(static_cast<std::size_t>(dependency.from),
                    static_cast<std::size_t>(dependency.on), graph);
  }
  std::vector<std::size_t> group(component_count);
  boost::strong_components(graph, boost::make_iterator_property_map(
                                      group.begin(), boost::get(boost::vertex_index, graph)));
  std::map<std::size_t, std::vector<ComponentId>> members;
  for (std::size_t i = 0; i < component_count; ++i)
    members[group[i]].push_back(static_cast<ComponentId>(i));
  std::vector<std::vector<ComponentId>> cycles;
  for (const auto& [number, cycle] : members)
    if (cycle.size() > 1 || selves.count(static_cast<std::size_t>(cycle.front())) != 0)
      cycles.push_back(cycle);
  return cycles;
}

/// For each group of workloads a graph of its own: clients, then zones, then pods, then the
/// service. A pod or zone that is an articulation point carries everything.
std::vector<SinglePoint> single_points(const PlatformSpec& platform) {
  std::vector<SinglePoint> found;
  if (platform.clusters.empty()) return found;
  const ClusterSpec& cluster = platform.clusters.front();
  std::map<std::string, std::vector<const WorkloadModel*>> groups;
  for (const WorkloadModel& model : platform.workloads)
    if (model.cluster == 0 && model.kind != WorkloadModel::Kind::plain &&
        model.kind != WorkloadModel::Kind::postgres_scratch && !stands_in(model))
      groups[group_of(model)].push_back(&model);
  const std::size_t zones_in_region = static_cast<std::size_t>(
      std::count_if(platform.zones.begin(), platform.zones.end(),
                    [&](const ZoneSpec& zone) { return zone.region == cluster.region; }));
  for (const auto& [name, models] : groups) {
    std::vector<std::string> names{"clients", "service"};
    std::map<std::string, std::size_t> zones;
    Undirected graph(2);
    std::size_t edges = 0;
    const auto add = [&](std::string what) {
      names.push_back(std::move(what));
      return boost::add_vertex(graph);
    };
    const auto join = [&](std::size_t a, std::size_t b) { boost::add_edge(a, b, edges++, graph); };
    for (const WorkloadModel* model : models) {
      const kube::Workload* workload = workload_of(cluster, *model);
      if (!workload) continue;
      const NodePoolSpec* pool = pool_of(cluster, *workload);
      for (int i = 0; i < workload->replicas; ++i) {
        const std::string zone = pool && !pool->zones.empty() ? pool->zone_of(i + 1)
                                                              : "?" + std::to_string(names.size());
        const auto [at, made] = zones.emplace(zone, 0);
        if (made) {
          at->second = add("zone " + zone);
          join(0, at->second);
        }
        const std::size_t pod = add("the only pod of " + model->workload);
        join(at->second, pod);
        join(pod, 1);
      }
    }
    if (names.size() == 2) continue;
    std::vector<std::size_t> points;
    boost::articulation_points(graph, std::back_inserter(points));
    std::sort(points.begin(), points.end());
    for (const std::size_t point : points) {
      if (point < 2 || names[point].starts_with("zone ?")) continue;
      const bool zone = names[point].starts_with("zone ");
      // Where the region has one zone only, the zone is the region.
      if (zone && (zones_in_region < 2 || names.size() <= 4)) continue;
      found.push_back({names[point], component_of(models.front()->kind), models.front()->place});
    }
  }
  return found;
}

}  // namespace drdrill::audit
