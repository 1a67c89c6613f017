#include "models/kubernetes.hpp"

namespace drdrill::models {
namespace {

/// The kubelet's first wait after a failed pull (backOffPeriod of its image manager).
constexpr auto first_back_off = std::chrono::seconds(10);

}  // namespace

Kubernetes::Kubernetes(Context& context)
    : context_(context),
      models_(context.spec.workloads.size(), nullptr),
      phases_(0, 0, "kubernetes probe phases"),
      look_phases_(0, 0, "kubernetes autoscaler phases"),
      network_patience_(context.draws["network.patience"]),
      lease_renewal_(context.draws["kubernetes.lease_renewal"]),
      monitor_period_(context.draws["kubernetes.node_monitor_period"]),
      toleration_(context.draws["kubernetes.unreachable_toleration"]),
      eviction_rate_(context.draws["kubernetes.eviction_rate"]),
      secondary_eviction_rate_(context.draws["kubernetes.secondary_eviction_rate"]),
      large_zone_(context.draws["kubernetes.large_zone"]),
      unhealthy_zone_(context.draws["kubernetes.unhealthy_zone_threshold"]),
      controller_sync_(context.draws["kubernetes.controller_sync"]),
      pod_start_(context.draws["kubernetes.pod_start"]),
      endpoint_update_(context.draws["kubernetes.endpoint_update"]),
      process_exit_(context.draws["kubernetes.process_exit"]),
      node_boot_(context.draws["kubernetes.node_boot"]),
      node_provision_(context.draws["kubernetes.node_provision"]),
      crash_loop_first_(context.draws["kubernetes.crash_loop_first"]),
      crash_loop_most_(context.draws["kubernetes.crash_loop_most"]),
      crash_loop_reset_(context.draws["kubernetes.crash_loop_reset"]),
      force_detach_(context.draws["kubernetes.force_detach"]),
      pod_collection_(context.draws["kubernetes.pod_collection"]),
      image_size_(context.draws["kubernetes.image_size"]),
      image_pull_rate_(context.draws["kubernetes.image_pull_rate"]),
      image_check_(context.draws["kubernetes.image_check"]),
      metrics_resolution_(context.draws["kubernetes.metrics_resolution"]),
      autoscaler_sync_(context.draws["kubernetes.autoscaler_sync"]),
      autoscaler_cpu_initialization_(context.draws["kubernetes.autoscaler_cpu_initialization"]),
      autoscaler_readiness_delay_(context.draws["kubernetes.autoscaler_readiness_delay"]) {
  for (const ClusterSpec& cluster : context.spec.clusters) {
    clusters_.items.push_back(cluster.initial);
    grace_periods_.push_back(&context.draws.in_release("kubernetes.node_monitor_grace_period",
                                                       cluster.initial.version.minor));
  }
  runtimes_.resize(clusters_.items.size());
  selected_.resize(clusters_.items.size());
  for (const WorkloadModel& workload : context.spec.workloads)
    timers_.push_back(timers_of(context.spec, workload));
}

void Kubernetes::attach(const WorkloadModel& workload, PodModel& model) {
  for (std::size_t i = 0; i < models_.size(); ++i)
    if (&context_.spec.workloads[i] == &workload) models_[i] = &model;
}

void Kubernetes::at(Duration delay, Kind kind, int cluster, int subject, Group group) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::kubernetes),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(subject),
                         .data = static_cast<std::uint64_t>(cluster)},
                        group);
}

void Kubernetes::handle(const Event& event) {
  const int cluster = static_cast<int>(event.data & 0xff);
  const int subject = static_cast<int>(event.subject);
  const PodRef ref{cluster, subject};
  switch (static_cast<Kind>(event.kind)) {
    case Kind::sync:
      sync(cluster);
      break;
    case Kind::restart:
      note(cluster, NoteKind::container_restarted, component_of(ref), subject_of(ref),
           crash_loop_first_.id(), runtime(ref).restart_wait);
      start_container(ref);
      break;
    case Kind::started:
      note(cluster, NoteKind::container_started, component_of(ref), subject_of(ref),
           pod_start_.id(), context_.now() - runtime(ref).starts_since);
      start_container(ref);
      break;
    case Kind::exited:
      end_container(ref, Ending::clean);
      remove(ref);
      break;
    case Kind::killed:
      note_timer(NoteKind::pod_killed, ref, &TimerIds::grace);
      end_container(ref, Ending::killed);
      remove(ref);
      break;
    case Kind::ready:
      set_ready(ref, true);
      break;
    case Kind::unready:
      set_ready(ref, false);
      break;
    case Kind::liveness_failed:
      note_timer(NoteKind::pod_killed, ref, &TimerIds::liveness);
      end_container(ref, Ending::killed);
      restart_later(ref);
      break;
    case Kind::routes:
      update_routes(cluster, subject);
      break;
    case Kind::not_ready:
      node_not_ready(cluster, subject);
      break;
    case Kind::heard:
      node_heard(cluster, subject);
      break;
    case Kind::zones:
      look_at_zones(cluster);
      break;
    case Kind::tainted:
      taint_next(cluster, subject);
      break;
    case Kind::evict:
      evict_node(cluster, subject);
      break;
    case Kind::booted:
      node_booted(cluster, subject);
      break;
    case Kind::pulled:
      if (runtime(ref).pulls)
        note(cluster, NoteKind::image_pulled, component_of(ref), subject_of(ref),
             image_pull_rate_.id(), context_.now() - runtime(ref).pull_began);
      runtime(ref).starts_since = context_.now();
      at(pod_start_.time(), Kind::started, cluster, subject, runtime(ref).life);
      break;
    case Kind::scraped:
      scrape(cluster);
      break;
    case Kind::look:
      look(cluster);
      break;
    case Kind::node_arrives:
      node_arrives(cluster, subject >> pool_shift, subject & ((1 << pool_shift) - 1));
      break;
    case Kind::detached:
      detach(cluster, subject);
      break;
    case Kind::collected:
      collect(cluster);
      break;
    case Kind::pull_refused:
      pod_of(ref).reason = "ErrImagePull";
      touch();
      at(first_back_off, Kind::pull_backs_off, cluster, subject, runtime(ref).life);
      break;
    case Kind::pull_backs_off:
      pod_of(ref).reason = "ImagePullBackOff";
      touch();
      break;
  }
}

kube::Pod& Kubernetes::pod_of(PodRef ref) {
  return clusters_.items[static_cast<std::size_t>(ref.cluster)]
      .pods[static_cast<std::size_t>(ref.pod)];
}

PodModel* Kubernetes::model_at(PodRef ref) const {
  const int model = runtime(ref).model;
  if (model < 0) return pod(ref).owner == kube::Pod::Owner::job ? job_model_ : nullptr;
  return models_[static_cast<std::size_t>(model)];
}

const WorkloadModel* Kubernetes::model_of(PodRef ref) const {
  const int model = runtime(ref).model;
  return model < 0 ? nullptr : &context_.spec.workloads[static_cast<std::size_t>(model)];
}

const WorkloadModel* Kubernetes::model_for(int cluster, const kube::Meta& workload) const {
  for (const WorkloadModel& model : context_.spec.workloads)
    if (static_cast<int>(model.cluster) == cluster && model.workload == workload.name &&
        model.ns == workload.ns)
      return &model;
  return nullptr;
}

ComponentId Kubernetes::component_of(PodRef ref) const {
  const WorkloadModel* model = model_of(ref);
  return model ? drdrill::component_of(model->kind) : ComponentId::platform;
}

SubjectId Kubernetes::node_subject(int cluster, int node) const {
  return runtimes_[static_cast<std::size_t>(cluster)].nodes[static_cast<std::size_t>(node)].subject;
}

PodRef Kubernetes::find_pod(int cluster_index, std::string_view ns, std::string_view name) const {
  const int found = kube::find_pod(cluster(cluster_index), ns, name);
  return found == kube::no_index ? no_pod : PodRef{cluster_index, found};
}

/// Nobody knows a Service whose object has just been made.
const std::vector<int>& Kubernetes::routed(int cluster, int service) const {
  static const std::vector<int> nobody;
  const auto& services = runtimes_[static_cast<std::size_t>(cluster)].services;
  const auto index = static_cast<std::size_t>(service);
  return index < services.size() ? services[index].routed : nobody;
}

void Kubernetes::add_inventory(Inventory& inventory) const {
  std::int64_t schedulable = 0, policies = 0, pending = 0, namespaces = 0;
  for (const kube::Cluster& cluster : clusters_.items) {
    for (const kube::Node& node : cluster.nodes)
      schedulable += node.meta.exists && node.ready && !node.unschedulable ? 1 : 0;
    for (const kube::NetworkPolicy& policy : cluster.network_policies)
      policies += policy.meta.exists ? 1 : 0;
    for (const kube::Namespace& ns : cluster.namespaces) namespaces += ns.meta.exists ? 1 : 0;
    for (const kube::Pod& pod : cluster.pods)
      pending += pod.meta.exists && pod.phase == kube::PodPhase::pending ? 1 : 0;
  }
  using Better = InventoryItem::Better;
  inventory.push_back(
      {ComponentId::platform, "schedulable nodes", schedulable, Better::higher, false});
  inventory.push_back(
      {ComponentId::platform, "pods without a node", pending, Better::lower, false});
  inventory.push_back({ComponentId::platform, "NetworkPolicies", policies, Better::lower, false});
  inventory.push_back({ComponentId::platform, "namespaces", namespaces, Better::equal, false});
}

}  // namespace drdrill::models
