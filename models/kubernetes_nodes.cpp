#include <algorithm>

#include "models/kubernetes.hpp"

/// Nodes that fall silent, and faults on pods and nodes.
namespace drdrill::models {
namespace {

constexpr auto not_ready_key = "node.kubernetes.io/unreachable";

}  // namespace

/// Did the node fall silent, or is it heard again? A kubelet that can renews its lease within the
/// next renewal; until then the node counts as silent.
void Kubernetes::look_at_node(int cluster, int node) {
  NodeRuntime& rt =
      runtimes_[static_cast<std::size_t>(cluster)].nodes[static_cast<std::size_t>(node)];
  const bool now = speaks(rt);
  if (now == rt.heard) return;
  rt.heard = now;
  if (now) {
    const Duration renewal = from_seconds(phases_.uniform() * lease_renewal_.value());
    return at(renewal, Kind::heard, cluster, node, rt.hear);
  }
  const bool was_heard = context_.engine.pending(rt.hear) == 0;
  context_.engine.cancel(rt.hear);
  if (was_heard) node_silent(cluster, node);
}

/// The node controller marks a node NotReady when it has not heard of it for the grace period; it
/// looks at all nodes every monitor period, and the last lease was renewed up to one renewal before
/// the silence. So: T = G - U(0, renewal), rounded up to a look. Where only the way to the node is
/// cut the renewal under way still arrives, and no other one, as it is not acknowledged.
void Kubernetes::node_silent(int cluster, int node) {
  ClusterRuntime& all = runtimes_[static_cast<std::size_t>(cluster)];
  NodeRuntime& rt = all.nodes[static_cast<std::size_t>(node)];
  rt.silent_since = context_.now();
  usage_changed(cluster);
  Draw& grace_period = *grace_periods_[static_cast<std::size_t>(cluster)];
  const Duration since_renewal = from_seconds(phases_.uniform() * lease_renewal_.value());
  const bool last_one_arrives = rt.up && rt.cutoff.in && !rt.cutoff.out;
  const Duration missed = std::max(
      grace_period.time() + (last_one_arrives ? since_renewal : -since_renewal), Duration::zero());
  const Duration period = std::max(monitor_period_.time(), Duration(1));
  if (all.monitor_phase < Duration::zero())
    all.monitor_phase = from_seconds(phases_.uniform() * to_seconds(period));
  const Duration since_look = (context_.now() + missed - all.monitor_phase) % period;
  const Duration until_look = since_look < Duration::zero() ? -since_look : period - since_look;
  at(missed + until_look, Kind::not_ready, cluster, node, rt.lease);
}

void Kubernetes::node_not_ready(int cluster, int node) {
  if (!this->cluster(cluster).api_available) return;
  auto& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  auto& rt = runtimes_[static_cast<std::size_t>(cluster)];
  NodeRuntime& silent = rt.nodes[static_cast<std::size_t>(node)];
  kube::Node& object = objects.nodes[static_cast<std::size_t>(node)];
  object.ready = false;
  silent.not_ready_since = context_.now();
  object.taints.edit([](std::vector<kube::Taint>& taints) {
    taints.push_back({not_ready_key, "", kube::TaintEffect::no_schedule});
  });
  const ParameterId grace = grace_periods_[static_cast<std::size_t>(cluster)]->id();
  const Duration silence = context_.now() - silent.silent_since;
  note(cluster, NoteKind::node_not_ready, ComponentId::platform, silent.subject, grace, silence);
  ComponentSet told;
  for (std::size_t p = 0; p < objects.pods.size(); ++p) {
    if (!objects.pods[p].meta.exists || objects.pods[p].node != node) continue;
    objects.pods[p].ready = false;
    // Whatever has a pod there waited for this too.
    const ComponentId component = component_of({cluster, static_cast<int>(p)});
    if (told.has(component)) continue;
    told.add(component);
    context_.note(NoteKind::pods_not_ready, component, silent.subject, grace, silence);
  }
  touch();
  endpoints_changed(cluster);
  out_of_service(cluster);
  queue_for_taint(cluster, node);
}

/// A machine has power again. Its kubelet asks the API server what to run.
void Kubernetes::node_booted(int cluster, int node) {
  NodeRuntime& rt =
      runtimes_[static_cast<std::size_t>(cluster)].nodes[static_cast<std::size_t>(node)];
  rt.booted = true;
  if (speaks(rt)) node_heard(cluster, node);
}

void Kubernetes::node_heard(int cluster, int node) {
  auto& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  NodeRuntime& rt =
      runtimes_[static_cast<std::size_t>(cluster)].nodes[static_cast<std::size_t>(node)];
  const bool booted = !rt.up;
  rt.up = rt.heard = true;
  rt.booted = false;
  detach_node(cluster, node);
  context_.engine.cancel(rt.lease);
  context_.engine.cancel(rt.hear);
  kube::Node& object = objects.nodes[static_cast<std::size_t>(node)];
  if (!object.ready) {
    object.ready = true;
    object.taints.edit([](std::vector<kube::Taint>& taints) {
      std::erase_if(taints, [](const kube::Taint& taint) { return taint.key == not_ready_key; });
    });
    note(cluster, NoteKind::node_ready, ComponentId::platform, rt.subject);
    spare(cluster, node);
  }
  for (std::size_t p = 0; p < objects.pods.size(); ++p) {
    const PodRef ref{cluster, static_cast<int>(p)};
    if (!objects.pods[p].meta.exists || objects.pods[p].node != node) continue;
    PodRuntime& of_pod = runtime(ref);
    if (of_pod.stopping) {
      // The kubelet hears at last that the pod was deleted.
      if (of_pod.up)
        terminate(ref);
      else
        at(Duration::zero(), Kind::exited, cluster, ref.pod, of_pod.life);
      continue;
    }
    if (booted && !of_pod.starting && !of_pod.image_missing) restart_later(ref);
    if (!booted && of_pod.up) {
      of_pod.healthy = false;
      health_changed(ref);
    }
  }
  objects_changed(cluster);
}

void Kubernetes::set_control_plane(int cluster, bool available) {
  auto& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  if (objects.api_available == available) return;
  objects.api_available = available;
  touch();
  if (!available) return;
  for (std::size_t n = 0; n < objects.nodes.size(); ++n) {
    const NodeRuntime& node = runtimes_[static_cast<std::size_t>(cluster)].nodes[n];
    if (objects.nodes[n].meta.exists && !node.heard && objects.nodes[n].ready &&
        context_.engine.pending(node.lease) == 0)
      node_silent(cluster, static_cast<int>(n));
  }
  objects_changed(cluster);
}

void Kubernetes::crash_pod(PodRef ref) {
  if (!runtime(ref).up) return;
  note(ref.cluster, NoteKind::pod_killed, component_of(ref), subject_of(ref));
  end_container(ref, Ending::killed);
  if (!runtime(ref).stopping) restart_later(ref);
}

void Kubernetes::pause_pod(PodRef ref, bool paused) {
  PodRuntime& rt = runtime(ref);
  if (!rt.up || rt.paused == paused) return;
  rt.paused = paused;
  touch();
  if (!paused && rt.stopping) tell_to_stop(ref);
  health_changed(ref);
  tell_reach_changed();
}

void Kubernetes::cut_off_pod(PodRef ref, Cutoff cutoff) {
  PodRuntime& rt = runtime(ref);
  if (rt.cutoff == cutoff) return;
  was_cut_ = true;
  rt.cutoff = cutoff;
  touch();
  health_changed(ref);
  tell_reach_changed();
}

void Kubernetes::crash_node(int cluster, int node) {
  NodeRuntime& rt =
      runtimes_[static_cast<std::size_t>(cluster)].nodes[static_cast<std::size_t>(node)];
  context_.engine.cancel(rt.boot);
  rt.booted = false;
  if (!rt.up) return;
  rt.up = false;
  was_cut_ = true;
  const std::uint64_t before = version_;
  on_machine_.clear();
  const auto& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  for (std::size_t p = 0; p < objects.pods.size(); ++p) {
    const PodRef ref{cluster, static_cast<int>(p)};
    if (!objects.pods[p].meta.exists || objects.pods[p].node != node) continue;
    // What the API says of the pod does not change until the node is missed.
    const bool was_ready = objects.pods[p].ready;
    on_machine_.push_back(ref);
    end_container(ref, Ending::lost);
    pod_of(ref).ready = was_ready;
  }
  look_at_node(cluster, node);
  touch();
  tell_models([&](PodModel& model) { model.machine_lost(on_machine_, before); });
}

/// Power is back; until the machine has booted it is as silent as before.
void Kubernetes::restore_node(int cluster, int node) {
  const NodeRuntime& rt =
      runtimes_[static_cast<std::size_t>(cluster)].nodes[static_cast<std::size_t>(node)];
  if (rt.up || rt.booted || context_.engine.pending(rt.boot) > 0) return;
  at(node_boot_.time(), Kind::booted, cluster, node, rt.boot);
}

void Kubernetes::cut_off_node(int cluster, int node, Cutoff cutoff) {
  NodeRuntime& rt =
      runtimes_[static_cast<std::size_t>(cluster)].nodes[static_cast<std::size_t>(node)];
  if (rt.cutoff == cutoff) return;
  was_cut_ = true;
  rt.cutoff = cutoff;
  touch();
  look_at_node(cluster, node);
  tell_reach_changed();
}

void Kubernetes::tell_reach_changed() {
  touch();
  tell_models([](PodModel& model) { model.reach_changed(); });
}

}  // namespace drdrill::models
