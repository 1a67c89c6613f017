#include <algorithm>

#include "models/kubernetes.hpp"

/// The cluster autoscaler: pods that find no room, and would find it on a further node of a pool
/// that may grow, bring that node. Nodes that nobody needs are not taken away again: that takes ten
/// idle minutes and changes no recovery.
namespace drdrill::models {

/// Does anything of the zone still run? In a zone that is gone the provider makes no node.
bool Kubernetes::zone_lives(int cluster, std::string_view zone) const {
  const auto& nodes = clusters_.items[static_cast<std::size_t>(cluster)].nodes;
  const auto& runtimes = runtimes_[static_cast<std::size_t>(cluster)].nodes;
  bool any = false;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (!nodes[n].meta.exists || nodes[n].zone != zone) continue;
    if (answers(runtimes[n])) return true;
    any = true;
  }
  return !any;
}

kube::Node Kubernetes::made_node(int cluster, std::size_t pool, const ComingNode& coming) const {
  const NodePoolSpec& spec = context_.spec.clusters[static_cast<std::size_t>(cluster)].pools[pool];
  kube::Node node = spec.node;
  node.meta.name = spec.name_of(coming.number);
  node.zone = coming.zone;
  return node;
}

/// Lays the pods that wait for a node onto a copy of the cluster in which the nodes on their way
/// have come; asks for one more wherever one more would take a pod.
void Kubernetes::order_nodes(int cluster) {
  const auto& pools = context_.spec.clusters[static_cast<std::size_t>(cluster)].pools;
  const bool grows = std::any_of(pools.begin(), pools.end(),
                                 [](const NodePoolSpec& pool) { return pool.most > pool.count; });
  if (!grows) return;
  const kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  const auto waits = [](const kube::Pod& pod) {
    return pod.meta.exists && !pod.terminating && pod.node == kube::no_index &&
           pod.phase == kube::PodPhase::pending;
  };
  if (std::none_of(objects.pods.begin(), objects.pods.end(), waits)) return;
  planned_ = objects;
  const auto& runtimes = runtimes_[static_cast<std::size_t>(cluster)].pools;
  for (std::size_t pool = 0; pool < pools.size(); ++pool)
    for (const ComingNode& coming : runtimes[pool].coming)
      kube::add_node(planned_, made_node(cluster, pool, coming));
  for (std::size_t p = 0; p < planned_.pods.size(); ++p) {
    if (!waits(planned_.pods[p])) continue;
    const int pod = static_cast<int>(p);
    int node = kube::node_for(planned_, pod);
    for (std::size_t pool = 0; pool < pools.size() && node == kube::no_index; ++pool) {
      const PoolRuntime& rt = runtimes[pool];
      const int number = pools[pool].count + rt.made + 1;
      if (number > pools[pool].most) continue;
      std::string zone = pools[pool].zone_of(number);
      for (std::size_t z = 0; z < pools[pool].zones.size() && !zone_lives(cluster, zone); ++z)
        zone = pools[pool].zones[z];
      if (!zone_lives(cluster, zone)) continue;
      kube::add_node(planned_, made_node(cluster, pool, {number, zone}));
      node = kube::node_for(planned_, pod);
      if (node == kube::no_index)
        planned_.nodes.pop_back();
      else
        order_node(cluster, pool, {number, zone});
    }
    if (node == kube::no_index) continue;
    kube::bind_pod(planned_, pod, node);
    kube::bind_claims(planned_, pod);
  }
}

void Kubernetes::order_node(int cluster, std::size_t pool, ComingNode coming) {
  const int number = coming.number;
  PoolRuntime& rt = runtimes_[static_cast<std::size_t>(cluster)].pools[pool];
  ++rt.made;
  rt.coming.push_back(std::move(coming));
  at(node_provision_.time(), Kind::node_arrives, cluster,
     (static_cast<int>(pool) << pool_shift) + number, Group::none);
}

void Kubernetes::node_arrives(int cluster, int pool, int number) {
  kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  ClusterRuntime& rt = runtimes_[static_cast<std::size_t>(cluster)];
  auto& coming = rt.pools[static_cast<std::size_t>(pool)].coming;
  const auto found = std::find_if(coming.begin(), coming.end(),
                                  [&](const ComingNode& node) { return node.number == number; });
  const bool lives = zone_lives(cluster, found->zone);
  kube::Node node = made_node(cluster, static_cast<std::size_t>(pool), *found);
  coming.erase(found);
  if (!lives) return objects_changed(cluster);  // another zone is tried, if there is one
  node.meta.created = context_.now();
  const int index = kube::add_node(objects, std::move(node));
  grow(cluster);
  note(cluster, NoteKind::node_added, ComponentId::platform, node_subject(cluster, index),
       node_provision_.id());
  objects_changed(cluster);
}

}  // namespace drdrill::models
