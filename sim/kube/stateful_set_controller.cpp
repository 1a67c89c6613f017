#include <algorithm>

#include "sim/kube/controller_parts.hpp"

namespace drdrill::kube::parts {
namespace {

int pod_of_ordinal(const Cluster& cluster, int workload, int ordinal) {
  for (std::size_t i = 0; i < cluster.pods.size(); ++i)
    if (owned_by(cluster.pods[i], workload) && cluster.pods[i].ordinal == ordinal)
      return static_cast<int>(i);
  return no_index;
}

/// A missing pod below the partition comes back with the previous revision.
int revision_of(const Workload& w, int ordinal) {
  if (ordinal >= w.partition || w.revisions.size() < 2) return w.current().number;
  return w.revisions[w.revisions.size() - 2].number;
}

/// Ordinals that should exist; true when all of them are there, running and ready.
bool fill_ordinals(const Cluster& cluster, int workload, std::vector<PodAction>& out) {
  const Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  bool healthy = true;
  for (int ordinal = 0; ordinal < w.replicas; ++ordinal) {
    const int pod = pod_of_ordinal(cluster, workload, ordinal);
    if (pod == no_index)
      out.push_back({PodAction::Kind::create, workload, no_index, ordinal, revision_of(w, ordinal),
                     no_index});
    else if (is_finished(pod_at(cluster, pod)) && !pod_at(cluster, pod).terminating)
      out.push_back({PodAction::Kind::remove, workload, pod, ordinal, 0, no_index});
    if (pod != no_index && is_serving(pod_at(cluster, pod))) continue;
    healthy = false;
    if (!w.parallel) return false;
  }
  return healthy;
}

int highest_ordinal(const Cluster& cluster, int workload) {
  int out = no_index;
  for (const Pod& p : cluster.pods)
    if (owned_by(p, workload)) out = std::max(out, p.ordinal);
  return out;
}

bool unhealthy_below(const Cluster& cluster, int workload, int ordinal) {
  return std::any_of(cluster.pods.begin(), cluster.pods.end(), [&](const Pod& p) {
    return owned_by(p, workload) && p.ordinal < ordinal && !is_serving(p);
  });
}

/// From the highest ordinal down; an ordered set removes one at a time, and none that is unhealthy
/// while a lower one is unhealthy too (stateful_set_control.go). False while there is one to wait
/// for.
bool drop_surplus(const Cluster& cluster, int workload, std::vector<PodAction>& out) {
  const Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  bool none = true;
  for (int ordinal = highest_ordinal(cluster, workload); ordinal >= w.replicas; --ordinal) {
    const int pod = pod_of_ordinal(cluster, workload, ordinal);
    if (pod == no_index) continue;
    none = false;
    const Pod& p = pod_at(cluster, pod);
    const bool held = !w.parallel && !is_serving(p) && unhealthy_below(cluster, workload, ordinal);
    if (!p.terminating && !held)
      out.push_back({PodAction::Kind::remove, workload, pod, ordinal, 0, no_index});
    if (!w.parallel) return false;
  }
  return none;
}

void update_highest(const Cluster& cluster, int workload, std::vector<PodAction>& out) {
  const Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  if (w.on_delete) return;
  for (int ordinal = w.replicas - 1; ordinal >= w.partition; --ordinal) {
    const int pod = pod_of_ordinal(cluster, workload, ordinal);
    if (pod == no_index || pod_at(cluster, pod).terminating) return;
    if (pod_at(cluster, pod).revision != w.current().number) {
      out.push_back({PodAction::Kind::remove, workload, pod, ordinal, 0, no_index});
      return;
    }
    if (!is_serving(pod_at(cluster, pod))) return;
  }
}

}  // namespace

void stateful_set_actions(const Cluster& cluster, int workload, std::vector<PodAction>& out) {
  const Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  const bool healthy = fill_ordinals(cluster, workload, out);
  if (!healthy && !w.parallel) return;
  if (drop_surplus(cluster, workload, out) && out.empty()) update_highest(cluster, workload, out);
}

}  // namespace drdrill::kube::parts
