#include <algorithm>
#include <utility>

#include "models/kubernetes.hpp"
#include "models/link.hpp"
#include "sim/kube/network.hpp"

/// Who reaches whom, and what pods suffer from.
namespace drdrill::models {
namespace {

/// Do pods of the kind ask the component's servers? A policy may let those in and nobody else.
bool asks(WorkloadModel::Kind kind, ComponentId servers) {
  using Kind = WorkloadModel::Kind;
  switch (servers) {
    case ComponentId::postgres:
      return kind == Kind::api_service || kind == Kind::pooler;
    case ComponentId::redis:
      return kind == Kind::api_service || kind == Kind::livekit_sfu;
    case ComponentId::api:
      return kind == Kind::ingress || kind == Kind::api_service;
    case ComponentId::monitoring:
      return true;
    default:  // participants come from outside
      return false;
  }
}

}  // namespace

bool Kubernetes::stands_still(PodRef ref) const {
  const PodRuntime& rt = runtime(ref);
  return rt.up && rt.paused;
}

bool Kubernetes::is_cut_off(PodRef ref) const {
  if (!was_cut_) return pod(ref).node == kube::no_index;
  const NodeRuntime* node = node_of(ref);
  return runtime(ref).cutoff.any() || !node || !node->up || node->cutoff.any();
}

/// Does a connection come to anything over such a path?
bool Kubernetes::bears(const Impairment& path) const {
  if (path.delay == Duration::zero() && path.loss <= 0) return true;
  network_patience_.use();
  return comes_through(path, patience_);
}

bool Kubernetes::reaches_now(PodRef from, PodRef to) const {
  if (is_cut_off(from) || is_cut_off(to)) return false;
  for (const Cut& each : cuts_)
    if (!each.mended && ((on_side(from, each.a) && on_side(to, each.b)) ||
                         (on_side(from, each.b) && on_side(to, each.a))))
      return false;
  if (was_impaired_ && !bears(path(from, to))) return false;
  if (from.cluster != to.cluster) return true;
  return kube::traffic_allowed(cluster(from.cluster), from.pod, to.pod);
}

bool Kubernetes::is_unhindered_now(PodRef ref) const {
  if (is_cut_off(ref) || !cluster(ref.cluster).network_policies.empty()) return false;
  if (was_impaired_ && impairment(ref) != Impairment{}) return false;
  return std::all_of(cuts_.begin(), cuts_.end(), [&](const Cut& each) {
    return each.mended || (!on_side(ref, each.a) && !on_side(ref, each.b));
  });
}

/// From outside, or by those who ask such servers from inside, whether or not any of them runs now:
/// a database is not away because its clients are stopped.
bool Kubernetes::reached_now(PodRef ref) const {
  if (is_cut_off(ref) || !bears(impairment(ref))) return false;
  const kube::Cluster& in = cluster(ref.cluster);
  if (kube::traffic_allowed(in, kube::no_index, ref.pod)) return true;
  const ComponentId servers = component_of(ref);
  const auto& models = context_.spec.workloads;
  return std::any_of(models.begin(), models.end(), [&](const WorkloadModel& model) {
    if (!runs_in(model, ref.cluster) || !asks(model.kind, servers)) return false;
    const auto from =
        std::find_if(in.workloads.begin(), in.workloads.end(), [&](const kube::Workload& workload) {
          return workload.meta.exists && workload.meta.name == model.workload &&
                 workload.meta.ns == model.ns;
        });
    return from != in.workloads.end() && kube::traffic_allowed(in, *from, ref.pod);
  });
}

bool Kubernetes::heard_outside(PodRef ref) const {
  const NodeRuntime* node = node_of(ref);
  return !runtime(ref).cutoff.out && node && node->up && !node->cutoff.out &&
         bears(impairment(ref)) &&
         kube::traffic_allowed(cluster(ref.cluster), kube::no_index, ref.pod);
}

/// Does the kubelet renew its lease? It needs power and a network that bears it.
bool Kubernetes::speaks(const NodeRuntime& node) const {
  return (node.up || node.booted) && !node.cutoff.any() && bears(node.impairment);
}

/// Does the kubelet answer, and do what it is told?
bool Kubernetes::answers(const NodeRuntime& node) const {
  return node.up && !node.cutoff.any() && bears(node.impairment);
}

bool Kubernetes::kubelet_answers(PodRef ref) const {
  const NodeRuntime* node = node_of(ref);
  return node && answers(*node);
}

Impairment Kubernetes::impairment_now(PodRef ref) const {
  const NodeRuntime* node = node_of(ref);
  return node ? runtime(ref).impairment + node->impairment : runtime(ref).impairment;
}

Impairment Kubernetes::path(PodRef from, PodRef to) const {
  const bool same_node = from.cluster == to.cluster && pod(from).node == pod(to).node;
  if (same_node) return runtime(from).impairment + runtime(to).impairment;
  return impairment(from) + impairment(to);
}

void Kubernetes::impair_pod(PodRef ref, const Impairment& impairment) {
  was_impaired_ = was_impaired_ || impairment != Impairment{};
  runtime(ref).impairment = impairment;
}

void Kubernetes::impair_node(int cluster, int node, const Impairment& impairment) {
  was_impaired_ = was_impaired_ || impairment != Impairment{};
  auto& nodes = runtimes_[static_cast<std::size_t>(cluster)].nodes;
  nodes[static_cast<std::size_t>(node)].impairment = impairment;
  look_at_node(cluster, node);
}

void Kubernetes::impairment_changed() {
  tell_reach_changed();
}

bool Kubernetes::on_side(PodRef ref, const Side& side) const {
  const std::pair of_pod{ref.cluster, pod(ref).uid};
  const std::pair of_node{ref.cluster, pod(ref).node};
  return std::find(side.pods.begin(), side.pods.end(), of_pod) != side.pods.end() ||
         std::find(side.nodes.begin(), side.nodes.end(), of_node) != side.nodes.end();
}

std::size_t Kubernetes::cut(Side a, Side b) {
  was_cut_ = true;
  cuts_.push_back({std::move(a), std::move(b), false});
  impairment_changed();
  return cuts_.size() - 1;
}

void Kubernetes::mend(std::size_t cut) {
  cuts_[cut].mended = true;
  impairment_changed();
}

}  // namespace drdrill::models
