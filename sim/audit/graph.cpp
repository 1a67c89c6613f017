#include "sim/audit/graph.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dominator_tree.hpp>
#include <boost/graph/strong_components.hpp>

namespace drdrill::audit {
namespace {

using Directed = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS>;

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
      return "postgres " + std::to_string(model.shard);
    case WorkloadModel::Kind::redis_master:
    case WorkloadModel::Kind::redis_replica:
      return "redis";
    default:
      return model.workload;
  }
}

}  // namespace

bool stands_in(std::string_view workload) {
  return workload.starts_with("assumed-");
}

bool stands_in(const WorkloadModel& model) {
  return stands_in(model.workload);
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

namespace {

/// The cluster that a workload's service belongs to: standbys may be elsewhere, as may masters of a
/// Redis Cluster.
std::size_t home_of(const PlatformSpec& platform, const WorkloadModel& model) {
  if (model.kind != WorkloadModel::Kind::postgres_replica) return model.installation();
  for (const WorkloadModel& other : platform.workloads)
    if (other.kind == WorkloadModel::Kind::postgres_primary && other.shard == model.shard)
      return other.cluster;
  return model.cluster;
}

ComponentSet dependents(const PlatformSpec& platform, ComponentId on) {
  ComponentSet all;
  for (std::size_t round = 0; round < component_count; ++round)
    for (const DependencySpec& dependency : platform.dependencies)
      if ((dependency.on == on || all.has(dependency.on)) && dependency.from != on)
        all.add(dependency.from);
  return all;
}

/// The ways from the clients of one cluster to its services. A group of workloads that stand in for
/// each other is a service; each way to it leads through one of its zones and one of the pods
/// there.
class Ways {
 public:
  Ways(const PlatformSpec& platform, std::size_t cluster)
      : platform_(platform), cluster_(platform.clusters[cluster]), number_(cluster), graph_(1) {
    names_.emplace_back("clients");
    places_.emplace_back();
    for (const WorkloadModel& model : platform.workloads)
      if (home_of(platform, model) == cluster && model.kind != WorkloadModel::Kind::plain &&
          model.kind != WorkloadModel::Kind::postgres_scratch && !stands_in(model))
        add_model(model);
  }

  void find(std::vector<SinglePoint>& found) const {
    std::vector<Vertex> above(boost::num_vertices(graph_), none);
    boost::lengauer_tarjan_dominator_tree(
        graph_, Vertex{0},
        boost::make_iterator_property_map(above.begin(), boost::get(boost::vertex_index, graph_)));
    for (const auto& [name, group] : groups_)
      for (Vertex at = above[group.out]; at != none && at != 0; at = above[at])
        if (tells(at)) {
          const WorkloadModel& model = *places_[at].model;
          const ComponentId component = component_of(model.kind);
          found.push_back(
              {number_, names_[at], component, dependents(platform_, component), model.place});
        }
  }

 private:
  using Vertex = boost::graph_traits<Directed>::vertex_descriptor;
  static constexpr Vertex none = static_cast<Vertex>(-1);  // the tree's null vertex

  struct Place {
    const WorkloadModel* model = nullptr;
    bool zone = false;
    const std::string* group = nullptr;
  };
  struct Group {
    Vertex out = 0;
    std::map<std::string, Vertex> zones;
    std::size_t pods = 0;
  };

  Vertex add(std::string name, const WorkloadModel* model, bool zone, const std::string& group) {
    names_.push_back(std::move(name));
    places_.push_back({model, zone, &group});
    return boost::add_vertex(graph_);
  }

  void add_model(const WorkloadModel& model) {
    const ClusterSpec& home = platform_.clusters[model.cluster];
    const kube::Workload* workload = workload_of(home, model);
    if (!workload || workload->replicas == 0) return;
    const auto [found, made] = groups_.try_emplace(group_of(model));
    Group& group = found->second;
    if (made) group.out = add("", nullptr, false, found->first);
    const NodePoolSpec* pool = pool_of(home, *workload);
    for (int i = 0; i < workload->replicas; ++i) {
      const bool known = pool && !pool->zones.empty();
      const std::string zone = known ? pool->zone_of(i + 1) : "?" + std::to_string(names_.size());
      const auto [at, fresh] = group.zones.emplace(zone, 0);
      if (fresh) {
        at->second = add("zone " + zone, known ? &model : nullptr, true, found->first);
        boost::add_edge(Vertex{0}, at->second, graph_);
      }
      const Vertex pod = add("the only pod of " + model.workload, &model, false, found->first);
      boost::add_edge(at->second, pod, graph_);
      boost::add_edge(pod, group.out, graph_);
      ++group.pods;
    }
  }

  /// Is it a pod, or a zone beside others that a group of several pods could be in?
  bool tells(Vertex at) const {
    const Place& place = places_[at];
    if (!place.model) return false;
    if (!place.zone) return true;
    const auto zones =
        std::count_if(platform_.zones.begin(), platform_.zones.end(),
                      [&](const ZoneSpec& zone) { return zone.region == cluster_.region; });
    return zones > 1 && groups_.at(*place.group).pods > 1;
  }

  const PlatformSpec& platform_;
  const ClusterSpec& cluster_;
  std::size_t number_;
  Directed graph_;
  std::vector<std::string> names_;
  std::vector<Place> places_;
  std::map<std::string, Group> groups_;
};

}  // namespace

std::vector<SinglePoint> single_points(const PlatformSpec& platform) {
  std::vector<SinglePoint> found;
  for (std::size_t i = 0; i < platform.clusters.size(); ++i) Ways(platform, i).find(found);
  return found;
}

}  // namespace drdrill::audit
