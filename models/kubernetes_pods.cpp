#include <algorithm>
#include <utility>

#include "models/kubernetes.hpp"

/// Pods: controllers, scheduling, containers that start, stop and restart.
namespace drdrill::models {

void Kubernetes::grow(int cluster) {
  auto& rt = runtimes_[static_cast<std::size_t>(cluster)];
  const auto& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  while (rt.nodes.size() < objects.nodes.size()) {
    rt.nodes.emplace_back();
    rt.nodes.back().lease = take_group();
    rt.nodes.back().hear = take_group();
    rt.nodes.back().boot = take_group();
    rt.nodes.back().evict = take_group();
    rt.nodes.back().subject = context_.notes.subject(objects.nodes[rt.nodes.size() - 1].meta.name);
  }
  while (rt.services.size() < objects.services.size()) {
    rt.services.emplace_back();
    rt.services.back().update = take_group();
    rt.services.back().subject =
        context_.notes.subject(objects.services[rt.services.size() - 1].meta.name);
  }
  while (rt.pods.size() < objects.pods.size()) {
    rt.pods.emplace_back();
    rt.pods.back().life = context_.engine.make_group();
    rt.pods.back().ready_timer = context_.engine.make_group();
    rt.pods.back().alive_timer = context_.engine.make_group();
  }
}

Group Kubernetes::take_group() {
  if (spare_groups_.empty()) return context_.engine.make_group();
  const Group group = spare_groups_.back();
  spare_groups_.pop_back();
  return group;
}

void Kubernetes::list_pods() const {
  slots_.resize(context_.spec.workloads.size());
  for (std::vector<int>& slots : slots_) slots.clear();
  for (const ClusterRuntime& cluster : runtimes_)
    for (std::size_t p = 0; p < cluster.pods.size(); ++p)
      if (const PodRuntime& pod = cluster.pods[p]; pod.model >= 0 && pod.uid != 0)
        slots_[static_cast<std::size_t>(pod.model)].push_back(static_cast<int>(p));
  listed_ = true;
}

/// Takes note of a pod object that the controllers made in this slot.
void Kubernetes::adopt(PodRef ref) {
  PodRuntime& rt = runtime(ref);
  const kube::Pod& object = pod(ref);
  rt.uid = object.uid;
  listed_ = false;
  rt.subject = context_.notes.subject(object.meta.name);
  rt.model = -1;
  rt.starting = rt.up = rt.paused = rt.stopping = rt.told_to_stop = false;
  rt.told_unschedulable = false;
  rt.cutoff = {};
  rt.impairment = {};
  rt.told_refused = rt.image_missing = false;
  rt.placed = rt.ready_changed = rt.measured_at = context_.now();
  rt.measured = {};
  rt.healthy = false;
  rt.failures_in_row = 0;
  if (object.owner != kube::Pod::Owner::workload) return;
  const kube::Workload& owner =
      cluster(ref.cluster).workloads[static_cast<std::size_t>(object.owner_index)];
  if (const WorkloadModel* model = model_for(ref.cluster, owner.meta))
    rt.model = static_cast<int>(model - context_.spec.workloads.data());
}

void Kubernetes::objects_changed(int cluster) {
  touch();
  usage_changed(cluster);
  arm_look(cluster);
  Group group = runtimes_[static_cast<std::size_t>(cluster)].sync;
  if (context_.engine.pending(group) == 0)
    at(controller_sync_.time(), Kind::sync, cluster, 0, group);
  auto& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  for (std::size_t p = 0; p < objects.pods.size(); ++p) {
    const PodRef ref{cluster, static_cast<int>(p)};
    if (p >= runtimes_[static_cast<std::size_t>(cluster)].pods.size()) grow(cluster);
    PodRuntime& rt = runtime(ref);
    if (rt.uid != 0 && (!objects.pods[p].meta.exists || objects.pods[p].uid != rt.uid)) {
      // Deleted by force: the object is gone, the processes end with it.
      end_container(ref, Ending::killed);
      forget_object(ref);
    }
    if (!objects.pods[p].meta.exists) continue;
    if (rt.uid == 0) adopt(ref);
    if (objects.pods[p].terminating && objects.pods[p].grace_s == 0) {
      // Nobody is waited for: the object goes, whether or not the node still answers.
      end_container(ref, Ending::killed);
      forget_object(ref);
      forget_pod(ref);
      kube::remove_pod(objects, ref.pod);
      continue;
    }
    if (objects.pods[p].terminating && !rt.stopping) begin_stop(ref);
  }
  out_of_service(cluster);
  endpoints_changed(cluster);
  tell_reach_changed();
}

void Kubernetes::sync(int cluster) {
  if (!this->cluster(cluster).api_available) return;
  run_controllers(cluster);
  schedule_pending(cluster);
  endpoints_changed(cluster);
}

void Kubernetes::run_controllers(int cluster) {
  auto& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  if (!objects.api_available) return;
  for (std::size_t w = 0; w < objects.workloads.size(); ++w) {
    if (!objects.workloads[w].meta.exists) continue;
    kube::next_actions(objects, static_cast<int>(w), actions_);
    for (const kube::PodAction& action : actions_) {
      touch();
      if (action.kind == kube::PodAction::Kind::remove) {
        const PodRef ref{cluster, action.pod};
        if (pod(ref).terminating) continue;
        kube::terminate_pod(objects, action.pod);
        begin_stop(ref);
      } else {
        const int made = kube::create_pod(objects, action);
        grow(cluster);
        adopt({cluster, made});
      }
    }
  }
  run_jobs(cluster);
}

void Kubernetes::schedule_pending(int cluster) {
  const auto& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  for (std::size_t p = 0; p < objects.pods.size(); ++p) {
    const kube::Pod& object = objects.pods[p];
    if (object.meta.exists && !object.terminating && object.phase == kube::PodPhase::pending)
      try_bind({cluster, static_cast<int>(p)}, false);
  }
  order_nodes(cluster);
}

/// Finds a node for a pod and has it started there. `at_once`: the caller starts it.
bool Kubernetes::try_bind(PodRef ref, bool at_once) {
  PodRuntime& rt = runtime(ref);
  auto& objects = clusters_.items[static_cast<std::size_t>(ref.cluster)];
  if (rt.starting || rt.up || rt.uid == 0 || rt.image_missing) return false;
  if (pod(ref).node == kube::no_index) {
    const int node = kube::node_for(objects, ref.pod);
    if (node == kube::no_index) {
      pod_of(ref).reason = {};
      if (!rt.told_unschedulable)
        note(ref.cluster, NoteKind::pod_unschedulable, component_of(ref), rt.subject);
      rt.told_unschedulable = true;
      return false;
    }
    rt.placed = context_.now();
    kube::bind_pod(objects, ref.pod, node);
    kube::bind_claims(objects, ref.pod);
  }
  if (kube::mount_refusal(objects, ref.pod, pod(ref).node) || is_held_elsewhere(ref)) {
    if (!std::exchange(rt.told_refused, true))
      note(ref.cluster, NoteKind::pod_cannot_start, component_of(ref),
           context_.notes.subject(pod(ref).meta.name +
                                  " waits: its volume is attached to another node"));
    return false;
  }
  if (const auto refusal = kube::start_refusal(objects, pod(ref).meta.ns, *pod(ref).spec)) {
    if (!std::exchange(rt.told_refused, true))
      note(ref.cluster, NoteKind::pod_cannot_start, component_of(ref),
           context_.notes.subject(pod(ref).meta.name + " cannot start: " + *refusal));
    return false;
  }
  touch();
  const std::optional<Duration> pulled = pull(ref, at_once);
  if (at_once) return true;
  rt.starting = pulled.has_value();
  rt.image_missing = !pulled;
  rt.pull_began = rt.starts_since = context_.now();
  note(ref.cluster, NoteKind::pod_scheduled, component_of(ref), rt.subject);
  if (pulled && *pulled > Duration::zero())
    at(*pulled, Kind::pulled, ref.cluster, ref.pod, rt.life);
  else
    at(pod_start_.time(), pulled ? Kind::started : Kind::pull_refused, ref.cluster, ref.pod,
       rt.life);
  return true;
}

// ---- containers -----------------------------------------------------------------------------

void Kubernetes::start_container(PodRef ref) {
  PodRuntime& rt = runtime(ref);
  NodeRuntime* node = node_of(ref);
  if (node && !node->up) return;
  auto& objects = clusters_.items[static_cast<std::size_t>(ref.cluster)];
  kube::start_pod(objects, ref.pod);
  rt.starting = false;
  rt.started = context_.now();
  if (ends_as_it_starts(ref)) return container_failed(ref);
  rt.up = true;
  rt.healthy = false;
  rt.probe_phase = from_seconds(phases_.uniform() * 3600.0);
  if (PodModel* model = model_at(ref)) model->pod_started(ref);
  touch();
  health_changed(ref);
}

void Kubernetes::begin_stop(PodRef ref) {
  PodRuntime& rt = runtime(ref);
  rt.stopping = true;
  rt.starting = false;
  context_.engine.cancel(rt.life);
  context_.engine.cancel(rt.ready_timer);
  context_.engine.cancel(rt.alive_timer);
  touch();
  endpoints_changed(ref.cluster);
  const NodeRuntime* node = node_of(ref);
  if (node && !answers(*node)) return;  // nobody confirms: the object stays
  if (!rt.up) {
    at(Duration::zero(), Kind::exited, ref.cluster, ref.pod, rt.life);
    return;
  }
  terminate(ref);
}

/// The kubelet sends SIGTERM, and SIGKILL once the grace period is over.
void Kubernetes::terminate(PodRef ref) {
  const PodRuntime& rt = runtime(ref);
  note(ref.cluster, NoteKind::pod_stopping, component_of(ref), rt.subject);
  at(std::chrono::seconds(pod(ref).grace_s), Kind::killed, ref.cluster, ref.pod, rt.life);
  if (!rt.paused) tell_to_stop(ref);
}

/// A process that stands still gets the signal when it goes on.
void Kubernetes::tell_to_stop(PodRef ref) {
  if (std::exchange(runtime(ref).told_to_stop, true)) return;
  PodModel* model = model_at(ref);
  if (!model || !model->pod_stopping(ref)) exit_after(ref, process_exit_.time());
}

void Kubernetes::exit_after(PodRef ref, Duration delay) {
  PodRuntime& rt = runtime(ref);
  if (!rt.stopping || rt.paused) return;
  at(delay, Kind::exited, ref.cluster, ref.pod, rt.life);
}

void Kubernetes::end_container(PodRef ref, Ending ending) {
  PodRuntime& rt = runtime(ref);
  context_.engine.cancel(rt.life);
  context_.engine.cancel(rt.ready_timer);
  context_.engine.cancel(rt.alive_timer);
  rt.starting = rt.healthy = rt.paused = false;
  const bool was_up = std::exchange(rt.up, false);
  pod_of(ref).ready = false;
  touch();
  if (was_up)
    if (PodModel* model = model_at(ref)) model->pod_ended(ref, ending);
  if (ending != Ending::lost) endpoints_changed(ref.cluster);
}

/// The kubelet restarts at once, then after 10, 20, 40 … 300 s; ten minutes of running forgive.
void Kubernetes::restart_later(PodRef ref) {
  PodRuntime& rt = runtime(ref);
  if (context_.now() - rt.started > crash_loop_reset_.time()) rt.failures_in_row = 0;
  constexpr int most_doublings = 20;
  Duration wait = Duration::zero();
  if (rt.failures_in_row > 0) {
    const Duration most = from_seconds(crash_loop_most_.look());
    wait = crash_loop_first_.time() * (1 << std::min(rt.failures_in_row - 1, most_doublings));
    if (wait > most) crash_loop_most_.use();
    wait = std::min(wait, most);
  }
  ++rt.failures_in_row;
  kube::Pod& object = pod_of(ref);
  ++object.restarts;
  object.reason = wait > Duration::zero() ? "CrashLoopBackOff" : "";
  rt.starting = true;
  rt.restart_wait = wait;
  at(wait + process_exit_.time(), Kind::restart, ref.cluster, ref.pod, rt.life);
}

void Kubernetes::break_image(const std::string& image) {
  broken_images_.push_back(
      {image, context_.notes.subject("containers of " + image + " end as they start"), false});
}

bool Kubernetes::ends_as_it_starts(PodRef ref) {
  for (BrokenImage& image : broken_images_)
    for (const kube::Container& container : pod(ref).spec->containers) {
      if (container.image != image.name) continue;
      if (!std::exchange(image.told, true))
        note(ref.cluster, NoteKind::pod_cannot_start, component_of(ref), image.subject);
      return true;
    }
  return false;
}

void Kubernetes::container_failed(PodRef ref) {
  end_container(ref, Ending::killed);
  restart_later(ref);
}

void Kubernetes::remove(PodRef ref) {
  PodRuntime& rt = runtime(ref);
  note(ref.cluster, NoteKind::pod_stopped, component_of(ref), rt.subject);
  forget_object(ref);
  kube::remove_pod(clusters_.items[static_cast<std::size_t>(ref.cluster)], ref.pod);
  objects_changed(ref.cluster);
}

}  // namespace drdrill::models
