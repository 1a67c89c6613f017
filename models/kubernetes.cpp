#include "models/kubernetes.hpp"

#include <algorithm>

#include "sim/base/ensure.hpp"

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
      controller_sync_(context.draws["kubernetes.controller_sync"]),
      pod_start_(context.draws["kubernetes.pod_start"]),
      endpoint_update_(context.draws["kubernetes.endpoint_update"]),
      process_exit_(context.draws["kubernetes.process_exit"]),
      node_boot_(context.draws["kubernetes.node_boot"]),
      node_provision_(context.draws["kubernetes.node_provision"]),
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
  for (const WorkloadModel& workload : context.spec.workloads)
    timers_.push_back(timers_of(context.spec, workload));
}

void Kubernetes::attach(const WorkloadModel& workload, PodModel& model) {
  for (std::size_t i = 0; i < models_.size(); ++i)
    if (&context_.spec.workloads[i] == &workload) models_[i] = &model;
}

void Kubernetes::warm_up() {
  for (std::size_t c = 0; c < runtimes_.size(); ++c) {
    runtimes_[c].sync = context_.engine.make_group();
    runtimes_[c].scrape = context_.engine.make_group();
    runtimes_[c].look = context_.engine.make_group();
    runtimes_[c].collect = context_.engine.make_group();
    runtimes_[c].pools.resize(context_.spec.clusters[c].pools.size());
    runtimes_[c].scaling.resize(clusters_.items[c].autoscalers.size());
    grow(static_cast<int>(c));
    bring_up(static_cast<int>(c));
  }
  initial_ = clusters_;
  initial_runtimes_ = runtimes_;
}

/// Controllers, scheduler and kubelets until nothing changes any more, in no time.
void Kubernetes::bring_up(int cluster) {
  kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  ClusterRuntime& rt = runtimes_[static_cast<std::size_t>(cluster)];
  for (int round = 0; round < 1000; ++round) {
    const std::uint64_t before = version_;
    run_controllers(cluster);
    drop_terminating(cluster);
    for (std::size_t p = 0; p < objects.pods.size(); ++p) {
      const PodRef ref{cluster, static_cast<int>(p)};
      if (!pod(ref).meta.exists || runtime(ref).up || !try_bind(ref, true)) continue;
      start_container(ref);
      runtime(ref).healthy = true;
      runtime(ref).placed = runtime(ref).ready_changed = -std::chrono::hours(24);
      pod_of(ref).ready = true;
    }
    if (version_ == before) break;
  }
  for (std::size_t s = 0; s < objects.services.size(); ++s)
    kube::endpoints(objects, static_cast<int>(s), rt.services[s].routed);
  for (PodRuntime& of_pod : rt.pods) context_.engine.cancel(of_pod.ready_timer);
  context_.engine.cancel(rt.sync);
}

void Kubernetes::drop_terminating(int cluster) {
  kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  for (std::size_t p = 0; p < objects.pods.size(); ++p) {
    const PodRef ref{cluster, static_cast<int>(p)};
    if (!pod(ref).meta.exists || !pod(ref).terminating) continue;
    end_container(ref, Ending::clean);
    runtime(ref).uid = 0;
    kube::remove_pod(objects, ref.pod);
  }
}

void Kubernetes::reset() {
  broken_images_.clear();
  patience_ = from_seconds(network_patience_.look());
  // Groups that were made since are kept: they are slots of the engine, not state.
  look_phases_.restart(context_.seed, context_.replication);
  clusters_ = initial_;
  for (std::size_t c = 0; c < runtimes_.size(); ++c) {
    ClusterRuntime& now = runtimes_[c];
    const ClusterRuntime& first = initial_runtimes_[c];
    std::copy(first.pods.begin(), first.pods.end(), now.pods.begin());
    for (std::size_t p = first.pods.size(); p < now.pods.size(); ++p) {
      const PodRuntime old = now.pods[p];
      now.pods[p] = PodRuntime{};
      now.pods[p].life = old.life;
      now.pods[p].ready_timer = old.ready_timer;
      now.pods[p].alive_timer = old.alive_timer;
    }
    // Nodes and Services of later are forgotten, their groups are used for the next ones.
    for (std::size_t n = first.nodes.size(); n < now.nodes.size(); ++n) {
      spare_groups_.push_back(now.nodes[n].lease);
      spare_groups_.push_back(now.nodes[n].hear);
      spare_groups_.push_back(now.nodes[n].boot);
    }
    now.nodes = first.nodes;
    for (std::size_t s = first.services.size(); s < now.services.size(); ++s)
      spare_groups_.push_back(now.services[s].update);
    now.services.resize(first.services.size());
    for (std::size_t s = 0; s < now.services.size(); ++s)
      now.services[s].routed = first.services[s].routed;
    now.jobs_wait.clear();
    now.pools = first.pools;
    now.attached.clear();
    now.scaling = first.scaling;
    now.scrape_phase = from_seconds(look_phases_.uniform() * metrics_resolution_.value());
    now.look_phase = from_seconds(look_phases_.uniform() * autoscaler_sync_.value());
  }
  cuts_.clear();
  phases_.restart(context_.seed, context_.replication);
  for (std::size_t c = 0; c < runtimes_.size(); ++c)
    for (PodRuntime& pod : runtimes_[c].pods)
      if (pod.up) pod.probe_phase = from_seconds(phases_.uniform() * 3600.0);
  version_ = 0;
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
    case Kind::started:
    case Kind::restart:
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
    case Kind::evict:
      evict_node(cluster, subject);
      break;
    case Kind::booted:
      node_booted(cluster, subject);
      break;
    case Kind::pulled:
      if (runtime(ref).pulls)
        context_.note(NoteKind::image_pulled, component_of(ref), subject_of(ref),
                      image_pull_rate_.id(), context_.now() - runtime(ref).pull_began);
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

PodRuntime& Kubernetes::runtime(PodRef ref) {
  return runtimes_[static_cast<std::size_t>(ref.cluster)].pods[static_cast<std::size_t>(ref.pod)];
}

const PodRuntime& Kubernetes::runtime(PodRef ref) const {
  return runtimes_[static_cast<std::size_t>(ref.cluster)].pods[static_cast<std::size_t>(ref.pod)];
}

kube::Pod& Kubernetes::pod_of(PodRef ref) {
  return clusters_.items[static_cast<std::size_t>(ref.cluster)]
      .pods[static_cast<std::size_t>(ref.pod)];
}

NodeRuntime* Kubernetes::node_of(PodRef ref) {
  return const_cast<NodeRuntime*>(static_cast<const Kubernetes*>(this)->node_of(ref));
}

const NodeRuntime* Kubernetes::node_of(PodRef ref) const {
  const int node = pod(ref).node;
  if (node == kube::no_index) return nullptr;
  return &runtimes_[static_cast<std::size_t>(ref.cluster)].nodes[static_cast<std::size_t>(node)];
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

void Kubernetes::pods_of(const WorkloadModel& workload, std::vector<PodRef>& out) const {
  out.clear();
  const int index = static_cast<int>(workload.cluster);
  const auto& pods = runtimes_[workload.cluster].pods;
  for (std::size_t p = 0; p < pods.size(); ++p) {
    if (pods[p].uid == 0 || pods[p].model < 0) continue;
    if (&context_.spec.workloads[static_cast<std::size_t>(pods[p].model)] == &workload)
      out.push_back({index, static_cast<int>(p)});
  }
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
