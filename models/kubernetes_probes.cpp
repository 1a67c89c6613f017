#include <algorithm>

#include "models/kubernetes.hpp"

/// Kubelet probes, readiness and what Services route to.
namespace drdrill::models {
namespace {

/// The kubelet is on the pod's machine, so only what the pod itself is cut off from is in its way.
bool is_over_network(const std::optional<kube::Probe>& probe) {
  return probe && probe->kind != kube::Probe::Kind::exec;
}

}  // namespace

/// Until the `ticks`th run of the probe from now (1 = the next).
Duration Kubernetes::until_tick(PodRef ref, const kube::Probe& probe, int ticks) const {
  const PodRuntime& rt = runtime(ref);
  const Duration period = std::chrono::seconds(std::max(probe.period_s, 1));
  const Offset first = rt.started + std::chrono::seconds(probe.initial_delay_s) +
                       Duration(rt.probe_phase.count() % period.count());
  const Duration since = context_.now() - first;
  Duration next = -since;
  if (since >= Duration::zero()) next = period - Duration(since.count() % period.count());
  return next + period * (ticks - 1);
}

void Kubernetes::health_changed(PodRef ref) {
  PodRuntime& rt = runtime(ref);
  if (rt.uid == 0 || !rt.up || rt.stopping) return;
  const PodModel* model = model_at(ref);
  const auto& containers = pod(ref).spec->containers;
  const bool cut_off = rt.cutoff.any() && !containers.empty() &&
                       (is_over_network(containers.front().readiness) ||
                        is_over_network(containers.front().liveness));
  const bool healthy = !rt.paused && !cut_off && (!model || model->pod_healthy(ref));
  if (healthy == rt.healthy) return;
  rt.healthy = healthy;
  rt.health_changed = context_.now();
  arm_probes(ref);
}

/// A note of what a timer of the workload did. What a probe takes to see is only told where there
/// is a line of a manifest to name.
void Kubernetes::note_timer(NoteKind kind, PodRef ref, ParameterId TimerIds::*timer) {
  const int model = runtime(ref).model;
  const ParameterId id =
      model < 0 ? ParameterId::none : timers_[static_cast<std::size_t>(model)].*timer;
  Duration took = Duration::zero();
  if (timer == &TimerIds::grace)
    took = std::chrono::seconds(pod(ref).grace_s);
  else if (id != ParameterId::none || kind == NoteKind::pod_ready)
    took = context_.now() - runtime(ref).health_changed;
  note(ref.cluster, kind, component_of(ref), subject_of(ref), id, took);
}

void Kubernetes::arm_probes(PodRef ref) {
  PodRuntime& rt = runtime(ref);
  context_.engine.cancel(rt.ready_timer);
  context_.engine.cancel(rt.alive_timer);
  if (pod(ref).spec->containers.empty()) return;
  const kube::Container& container = pod(ref).spec->containers.front();
  if (rt.healthy) {
    if (pod(ref).ready) return;
    const Duration wait = container.readiness ? until_tick(ref, *container.readiness,
                                                           container.readiness->success_threshold)
                                              : Duration::zero();
    at(wait, Kind::ready, ref.cluster, ref.pod, rt.ready_timer);
    return;
  }
  const PodModel* model = model_at(ref);
  const bool fails_itself = rt.paused || (model && !model->pod_healthy(ref));
  const auto fails = [&](const std::optional<kube::Probe>& probe) {
    return probe && (fails_itself || is_over_network(probe));
  };
  const auto failing_by = [&](const kube::Probe& probe) {
    const bool waits = rt.paused || rt.cutoff.any();
    const Duration slow = waits ? std::chrono::seconds(probe.timeout_s) : Duration::zero();
    return until_tick(ref, probe, probe.failure_threshold) + slow;
  };
  if (fails(container.readiness) && pod(ref).ready)
    at(failing_by(*container.readiness), Kind::unready, ref.cluster, ref.pod, rt.ready_timer);
  if (fails(container.liveness))
    at(failing_by(*container.liveness), Kind::liveness_failed, ref.cluster, ref.pod,
       rt.alive_timer);
}

void Kubernetes::set_ready(PodRef ref, bool ready) {
  pod_of(ref).ready = ready;
  runtime(ref).ready_changed = context_.now();
  usage_changed(ref.cluster);
  if (ready)
    note_timer(NoteKind::pod_ready, ref, &TimerIds::readiness);
  else
    note_timer(NoteKind::pod_unready, ref, &TimerIds::readiness);
  touch();
  endpoints_changed(ref.cluster);
  objects_changed(ref.cluster);
}

void Kubernetes::endpoints_changed(int cluster) {
  auto& rt = runtimes_[static_cast<std::size_t>(cluster)];
  if (rt.services.size() < clusters_.items[static_cast<std::size_t>(cluster)].services.size())
    grow(cluster);
  for (std::size_t s = 0; s < rt.services.size(); ++s) {
    ServiceRuntime& service = rt.services[s];
    if (context_.engine.pending(service.update) != 0) continue;
    service.stale_since = context_.now();
    at(endpoint_update_.time(), Kind::routes, cluster, static_cast<int>(s), service.update);
  }
}

ComponentId Kubernetes::component_of_service(std::string_view name) const {
  if (name == context_.spec.postgres.write_service) return ComponentId::postgres;
  for (const PostgresSpec& shard : context_.spec.shards)
    if (name == shard.write_service) return ComponentId::postgres;
  if (name == context_.spec.redis.service) return ComponentId::redis;
  if (name == context_.spec.entry.service) return ComponentId::load_balancer;
  for (const WorkloadModel& workload : context_.spec.workloads)
    if (workload.workload == name) return drdrill::component_of(workload.kind);
  return ComponentId::platform;
}

void Kubernetes::update_routes(int cluster, int service) {
  auto& rt =
      runtimes_[static_cast<std::size_t>(cluster)].services[static_cast<std::size_t>(service)];
  const auto& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  const bool had = !rt.routed.empty();
  routed_before_ = rt.routed;
  auto& selected = selected_[static_cast<std::size_t>(cluster)];
  if (selected.size() < objects.services.size()) selected.resize(objects.services.size());
  kube::endpoints(objects, service, selected[static_cast<std::size_t>(service)], rt.routed);
  if (routed_before_ == rt.routed) return;
  touch();
  tell_models([&](PodModel& model) { model.service_routes_changed(cluster, service); });
  const ComponentId component =
      component_of_service(objects.services[static_cast<std::size_t>(service)].meta.name);
  if (had && !rt.routed.empty()) {
    note(cluster, NoteKind::routes_updated, component, rt.subject, endpoint_update_.id(),
         context_.now() - rt.stale_since);
    return;
  }
  note(cluster, had ? NoteKind::endpoints_empty : NoteKind::endpoints_back, component, rt.subject,
       endpoint_update_.id());
}

}  // namespace drdrill::models
