#include <algorithm>
#include <utility>

#include "models/kubernetes.hpp"

/// Who reaches whom, and what pods suffer from.
namespace drdrill::models {

bool Kubernetes::is_up(PodRef ref) const {
  const PodRuntime& rt = runtime(ref);
  return rt.up && !rt.paused;
}

bool Kubernetes::reaches(PodRef from, PodRef to) const {
  const auto cut = [&](PodRef ref) {
    const NodeRuntime* node = node_of(ref);
    return runtime(ref).isolated || !node || !node->up || node->isolated;
  };
  if (from == to) return true;
  if (cut(from) || cut(to)) return false;
  for (const Cut& each : cuts_)
    if (!each.mended && ((on_side(from, each.a) && on_side(to, each.b)) ||
                         (on_side(from, each.b) && on_side(to, each.a))))
      return false;
  if (from.cluster != to.cluster) return true;
  return kube::traffic_allowed(cluster(from.cluster), from.pod, to.pod);
}

bool Kubernetes::reached_from_outside(PodRef ref) const {
  const NodeRuntime* node = node_of(ref);
  return !runtime(ref).isolated && node && node->up && !node->isolated &&
         kube::traffic_allowed(cluster(ref.cluster), kube::no_index, ref.pod);
}

bool Kubernetes::kubelet_answers(PodRef ref) const {
  const NodeRuntime* node = node_of(ref);
  return node && node->up && !node->isolated;
}

Impairment Kubernetes::impairment(PodRef ref) const {
  Impairment all = runtime(ref).impairment;
  const NodeRuntime* node = node_of(ref);
  if (!node) return all;
  const Impairment& more = node->impairment;
  all.slowness *= more.slowness;
  all.delay += more.delay;
  all.loss = 1 - (1 - all.loss) * (1 - more.loss);
  all.skew += more.skew;
  all.full = all.full || more.full;
  return all;
}

bool Kubernetes::on_side(PodRef ref, const Side& side) const {
  const std::pair of_pod{ref.cluster, pod(ref).uid};
  const std::pair of_node{ref.cluster, pod(ref).node};
  return std::find(side.pods.begin(), side.pods.end(), of_pod) != side.pods.end() ||
         std::find(side.nodes.begin(), side.nodes.end(), of_node) != side.nodes.end();
}

std::size_t Kubernetes::cut(Side a, Side b) {
  cuts_.push_back({std::move(a), std::move(b), false});
  impairment_changed();
  return cuts_.size() - 1;
}

void Kubernetes::mend(std::size_t cut) {
  cuts_[cut].mended = true;
  impairment_changed();
}

}  // namespace drdrill::models
