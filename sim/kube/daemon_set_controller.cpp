#include <algorithm>

#include "sim/kube/controller_parts.hpp"

namespace drdrill::kube::parts {
namespace {

bool fits_daemon(const PodTemplate& t, const Node& node) {
  if (!node.meta.exists) return false;
  const Labels& labels = *node.meta.labels;
  if (!selector_of(t.node_selector).matches(labels)) return false;
  if (!t.node_affinity.empty() &&
      std::none_of(t.node_affinity.begin(), t.node_affinity.end(),
                   [&](const Selector& s) { return s.matches(labels); }))
    return false;
  return std::all_of(node.taints->begin(), node.taints->end(), [&](const Taint& taint) {
    // The DaemonSet controller gives its pods tolerations for these.
    if (taint.key.starts_with("node.kubernetes.io/")) return true;
    if (taint.effect == TaintEffect::prefer_no_schedule) return true;
    return std::any_of(t.tolerations.begin(), t.tolerations.end(),
                       [&](const Toleration& tol) { return tolerates(tol, taint); });
  });
}

}  // namespace

void daemon_set_actions(const Cluster& cluster, int workload, std::vector<PodAction>& out) {
  const Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  const int current = w.current().number;
  int unavailable = 0;
  int wanted = 0;
  std::vector<int> old;
  for (std::size_t n = 0; n < cluster.nodes.size(); ++n) {
    const int node = static_cast<int>(n);
    const bool fits = fits_daemon(w.pod_template(), cluster.nodes[n]);
    wanted += fits ? 1 : 0;
    int found = no_index;
    for (std::size_t i = 0; i < cluster.pods.size(); ++i)
      if (owned_by(cluster.pods[i], workload) && cluster.pods[i].pinned_node == node)
        found = static_cast<int>(i);
    if (found == no_index) {
      if (fits)
        out.push_back({PodAction::Kind::create, workload, no_index, no_index, current, node});
      unavailable += fits ? 1 : 0;
      continue;
    }
    const Pod& p = pod_at(cluster, found);
    if (p.terminating || !is_serving(p)) ++unavailable;
    if (p.terminating) continue;
    if (!fits || is_finished(p))
      out.push_back({PodAction::Kind::remove, workload, found, no_index, 0, node});
    else if (p.revision != current)
      old.push_back(found);
  }
  if (w.on_delete) return;
  const int most = std::max(1, w.max_unavailable.of(wanted, true));
  for (int pod : old) {
    const bool broken = !is_serving(pod_at(cluster, pod));
    if (!broken && unavailable >= most) continue;
    unavailable += broken ? 0 : 1;
    out.push_back({PodAction::Kind::remove, workload, pod, no_index, 0, no_index});
  }
}

}  // namespace drdrill::kube::parts
