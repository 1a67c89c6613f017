#include <algorithm>

#include "models/faults.hpp"
#include "models/postgres_text.hpp"

/// What a target is on the platform as it stands: pods, machines, volumes.
namespace drdrill::models {

Faults::Places Faults::resolve(const Target& target) const {
  Places found;
  const bool pods_wanted = target.level == Level::pod || target.level == Level::process;
  for (std::size_t c = 0; c < kubernetes_.clusters().items.size(); ++c) {
    const int cluster = static_cast<int>(c);
    const kube::Cluster& objects = kubernetes_.cluster(cluster);
    for (std::size_t n = 0; n < objects.nodes.size(); ++n) {
      const kube::Node& node = objects.nodes[n];
      const bool hit = (target.level == Level::node &&
                        (node.meta.name == target.name || node.pool == target.name)) ||
                       (target.level == Level::zone && node.zone == target.name) ||
                       (target.level == Level::region && node.region == target.name);
      if (node.meta.exists && hit) found.nodes.push_back({cluster, static_cast<int>(n), 0, 0});
    }
    for (std::size_t p = 0; pods_wanted && p < objects.pods.size(); ++p) {
      const kube::Pod& pod = objects.pods[p];
      if (!pod.meta.exists) continue;
      const bool of_workload =
          pod.owner == kube::Pod::Owner::workload &&
          objects.workloads[static_cast<std::size_t>(pod.owner_index)].meta.name == target.name;
      if (pod.meta.name == target.name || of_workload)
        found.pods.push_back({cluster, static_cast<int>(p), pod.uid,
                              static_cast<std::uint32_t>(std::max(pod.restarts, 0))});
    }
  }
  const auto name_of = [&](const Place& place, bool pod) -> const std::string& {
    const kube::Cluster& objects = kubernetes_.cluster(place.cluster);
    const auto index = static_cast<std::size_t>(place.index);
    return pod ? objects.pods[index].meta.name : objects.nodes[index].meta.name;
  };
  std::stable_sort(found.pods.begin(), found.pods.end(), [&](const Place& a, const Place& b) {
    return name_of(a, true) < name_of(b, true);
  });
  std::stable_sort(found.nodes.begin(), found.nodes.end(), [&](const Place& a, const Place& b) {
    return name_of(a, false) < name_of(b, false);
  });
  const auto most = static_cast<std::size_t>(std::max(target.count, 1));
  if (found.pods.size() > most) found.pods.resize(most);
  if (target.level == Level::node && found.nodes.size() > most) found.nodes.resize(most);
  return found;
}

Side Faults::side_of(const Places& at) {
  Side side;
  for (const Place& place : at.pods) side.pods.emplace_back(place.cluster, place.uid);
  for (const Place& place : at.nodes) side.nodes.emplace_back(place.cluster, place.index);
  return side;
}

/// Those who keep what they must not lose on one of these volumes.
Faults::Places Faults::keepers_on(const std::vector<std::string>& roots) const {
  Places found;
  for (std::size_t c = 0; c < kubernetes_.clusters().items.size(); ++c) {
    const kube::Cluster& objects = kubernetes_.cluster(static_cast<int>(c));
    for (std::size_t p = 0; p < objects.pods.size(); ++p) {
      const kube::Pod& pod = objects.pods[p];
      const PodRef ref{static_cast<int>(c), static_cast<int>(p)};
      if (!pod.meta.exists || !kubernetes_.model_of(ref)) continue;
      const auto is_one = [&](const std::string& root) {
        return !root.empty() && std::find(roots.begin(), roots.end(), root) != roots.end();
      };
      if (is_one(data_root(ref)) || is_one(wal_root(ref)))
        found.pods.push_back({ref.cluster, ref.pod, pod.uid, 0});
    }
  }
  return found;
}

/// The volume that holds the data of what runs in the pod; empty: it has none that is modelled.
std::string Faults::data_root(PodRef ref) const {
  switch (kubernetes_.component_of(ref)) {
    case ComponentId::postgres:
      return volumes_.claim_behind(volumes_.disk_of(ref), "/var/lib/postgresql/data");
    case ComponentId::redis:
      return volumes_.claim_behind(volumes_.disk_of(ref), "/data");
    case ComponentId::monitoring:
      return volumes_.claim_behind(volumes_.disk_of(ref), "/prometheus");
    default:
      return {};
  }
}

/// The volume that holds the WAL of the PostgreSQL server in the pod; empty: it is none.
std::string Faults::wal_root(PodRef ref) const {
  if (kubernetes_.component_of(ref) != ComponentId::postgres) return {};
  return volumes_.claim_behind(volumes_.disk_of(ref), wal_folder(*kubernetes_.pod(ref).spec));
}

/// Are the pod's data on a volume that is a part of its node?
bool Faults::lies_on_node(PodRef ref) const {
  const std::string root = data_root(ref);
  const kube::Cluster& cluster = kubernetes_.cluster(ref.cluster);
  return std::any_of(cluster.claims.begin(), cluster.claims.end(), [&](const auto& claim) {
    return claim.meta.exists &&
           Volumes::claim_root(ref.cluster, claim.meta.ns, claim.meta.name) == root &&
           kube::lies_on_node(cluster, claim);
  });
}

std::vector<PodRef> Faults::pods_on(const Place& node) const {
  std::vector<PodRef> on;
  const auto& pods = kubernetes_.cluster(node.cluster).pods;
  for (std::size_t p = 0; p < pods.size(); ++p)
    if (pods[p].meta.exists && pods[p].node == node.index)
      on.push_back({node.cluster, static_cast<int>(p)});
  return on;
}

bool Faults::is_same_pod(const Place& place) const {
  const kube::Pod& pod =
      kubernetes_.cluster(place.cluster).pods[static_cast<std::size_t>(place.index)];
  return pod.meta.exists && pod.uid == place.uid;
}

}  // namespace drdrill::models
