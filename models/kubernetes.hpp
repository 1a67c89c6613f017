#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/context.hpp"
#include "models/kubernetes_runtime.hpp"
#include "models/pod_model.hpp"
#include "models/workload_timers.hpp"
#include "sim/drill/world.hpp"
#include "sim/kube/autoscaler.hpp"
#include "sim/kube/cluster.hpp"
#include "sim/kube/controllers.hpp"
#include "sim/kube/kubectl.hpp"

/// Kubernetes with a clock: nodes that stop renewing their lease, pods that are scheduled, started,
/// probed, killed and restarted, endpoints that follow. What objects mean and what verbs refuse is
/// sim/kube's; only the times are here.
namespace drdrill::models {

class Kubernetes final : public kube::Observed {
 public:
  explicit Kubernetes(Context& context);

  /// Makes `model` what runs in the pods of these workloads. Before warm_up.
  void attach(const WorkloadModel& workload, PodModel& model);
  /// Makes `model` what runs in the pods of Jobs. Before warm_up.
  void attach_jobs(PodModel& model) { job_model_ = &model; }
  /// Creates, schedules and starts all pods at once; what reset() returns to. Once.
  void warm_up();
  void reset();
  void handle(const Event& event);
  /// Gives the targets of autoscalers the replicas that these would hold at the load that there is
  /// now, as if it had lasted for ever. True when that changed what reset() returns to: then reset
  /// and ask again.
  bool settle_autoscalers();

  kube::Clusters& clusters() { return clusters_; }
  const kube::Clusters& clusters() const { return clusters_; }
  const kube::Cluster& cluster(int index) const {
    return clusters_.items[static_cast<std::size_t>(index)];
  }
  const kube::Pod& pod(PodRef ref) const {
    return cluster(ref.cluster).pods[static_cast<std::size_t>(ref.pod)];
  }
  std::string_view name_of(PodRef ref) const { return pod(ref).meta.name; }
  SubjectId subject_of(PodRef ref) const { return runtime(ref).subject; }
  SubjectId node_subject(int cluster, int node) const;
  ComponentId component_of(PodRef ref) const;
  /// Which model kind the pod's workload has, or null.
  const WorkloadModel* model_of(PodRef ref) const;
  /// What the workload of this name is, or null.
  const WorkloadModel* model_for(int cluster, const kube::Meta& workload) const;
  PodRef find_pod(int cluster, std::string_view ns, std::string_view name) const;
  /// Calls f(PodRef) for each pod of a workload model that exists, in order of their slots.
  template <class F>
  void each_pod_of(const WorkloadModel& workload, F&& f) const {
    first_pod_of(workload, [&](PodRef ref) { return f(ref), false; });
  }
  /// The first of them with wanted(PodRef), or no_pod.
  template <class F>
  PodRef first_pod_of(const WorkloadModel& workload, F&& wanted) const {
    if (!listed_) list_pods();
    for (const int slot :
         slots_[static_cast<std::size_t>(&workload - context_.spec.workloads.data())])
      if (const PodRef ref{static_cast<int>(workload.cluster), slot}; wanted(ref)) return ref;
    return no_pod;
  }

  /// The processes run and are not standing still.
  bool is_up(PodRef ref) const { return runtime(ref).up && !runtime(ref).paused; }
  /// Does its process run and do nothing, its connections open?
  bool stands_still(PodRef ref) const;
  /// May a connection pass from one pod to the other? Both may be up or not. A link that is cut in
  /// one direction carries none, nor does one that is slower, or loses more, than it can bear.
  bool reaches(PodRef from, PodRef to) const {
    if (from == to) return true;
    return is_whole(from.cluster) ? has_node(from) && has_node(to) : reaches_now(from, to);
  }
  /// Has nothing kept a packet away so far, and is nothing forbidden in this cluster? Then all pods
  /// that have a node reach the same.
  bool is_whole(int of) const {
    return !was_cut_ && !was_impaired_ && cluster(of).network_policies.empty();
  }
  /// Does nothing keep this pod's packets away or slow them down, and is nothing forbidden in its
  /// cluster? Then it reaches what every other such pod of the cluster reaches.
  bool is_unhindered(PodRef ref) const {
    return is_whole(ref.cluster) ? has_node(ref) : is_unhindered_now(ref);
  }
  /// What the packets between two pods suffer from; those between pods of a node never leave it.
  Impairment path(PodRef from, PodRef to) const;
  /// Is the pod reached from outside the cluster, or by the pods that ask such servers?
  bool reached_from_outside(PodRef ref) const {
    return is_whole(ref.cluster) ? has_node(ref) : reached_now(ref);
  }
  /// Do the pod's packets get out of the cluster, whether or not any get in?
  bool heard_outside(PodRef ref) const;
  /// Does the node's kubelet answer the API server? Without it there is no exec and no log.
  bool kubelet_answers(PodRef ref) const;
  /// Since when its containers have been running.
  Offset runs_since(PodRef ref) const { return runtime(ref).started; }
  /// What the pod's health endpoint answers now.
  bool healthy(PodRef ref) const { return is_up(ref) && runtime(ref).healthy; }
  /// The pods that the Service's clients are sent to, as they know it by now.
  const std::vector<int>& routed(int cluster, int service) const;

  /// The model's answer of pod_healthy may have changed.
  void health_changed(PodRef ref);
  /// What pods of the cluster use may have changed.
  void usage_changed(int cluster);
  /// After SIGTERM: the processes will have exited by then.
  void exit_after(PodRef ref, Duration delay);
  /// The container's process ends by itself (a start that fails): restart with back-off.
  void container_failed(PodRef ref);
  /// False while the clusters come up as a drill finds them: then whatever starts runs.
  bool settled() const { return !initial_runtimes_.empty(); }

  /// The container of a Job's pod has ended by itself: done, or tried again as far as the Job
  /// allows.
  void job_pod_exited(PodRef ref, bool succeeded);

  /// Objects were changed by somebody else (a command): controllers and kubelets react.
  void objects_changed(int cluster);

  /// Everything that the pod and its node suffer from, together.
  Impairment impairment(PodRef ref) const {
    return was_impaired_ ? impairment_now(ref) : Impairment{};
  }

  // Faults. What a pod or node suffers from is set as a whole, by whoever knows all the faults that
  // are in force; setting it again changes nothing.
  void impair_pod(PodRef ref, const Impairment& impairment);
  void impair_node(int cluster, int node, const Impairment& impairment);
  /// After changes to impairments.
  void impairment_changed();
  /// No connections between the two sides; a number for mend.
  std::size_t cut(Side a, Side b);
  void mend(std::size_t cut);
  void crash_pod(PodRef ref);
  void pause_pod(PodRef ref, bool paused);
  void cut_off_pod(PodRef ref, Cutoff cutoff);
  void cut_off_node(int cluster, int node, Cutoff cutoff);
  void crash_node(int cluster, int node);
  void restore_node(int cluster, int node);
  /// From now on every container of this image ends as it starts.
  void break_image(const std::string& image);
  /// Without its control plane a cluster takes no verbs, and nothing is reconciled; what runs,
  /// runs.
  void set_control_plane(int cluster, bool available);

  void add_inventory(Inventory& inventory) const;

  // What kubectl asks whoever watches: kubernetes_observed.cpp.
  std::vector<kube::Event> events(std::size_t cluster) const override;
  std::optional<kube::PodUsage> usage(std::size_t cluster, int pod) const override;
  /// Goes up whenever a pod, node or object changed; waiting commands look again.
  std::uint64_t version() const { return version_; }

 private:
  static constexpr int pool_shift = 16;  // of a coming node: pool and number in one
  using Kind = KubernetesEvent;

  PodRuntime& runtime(PodRef ref) {
    return runtimes_[static_cast<std::size_t>(ref.cluster)].pods[static_cast<std::size_t>(ref.pod)];
  }
  const PodRuntime& runtime(PodRef ref) const {
    return runtimes_[static_cast<std::size_t>(ref.cluster)].pods[static_cast<std::size_t>(ref.pod)];
  }
  NodeRuntime* node_of(PodRef ref) {
    return const_cast<NodeRuntime*>(static_cast<const Kubernetes*>(this)->node_of(ref));
  }
  const NodeRuntime* node_of(PodRef ref) const {
    const int node = pod(ref).node;
    if (node == kube::no_index) return nullptr;
    return &runtimes_[static_cast<std::size_t>(ref.cluster)].nodes[static_cast<std::size_t>(node)];
  }
  kube::Pod& pod_of(PodRef ref);
  PodModel* model_at(PodRef ref) const;
  void at(Duration delay, Kind kind, int cluster, int subject, Group group);
  void list_pods() const;
  /// A pod's object is gone, or about to be.
  void forget_object(PodRef ref) { runtime(ref).uid = 0, listed_ = false; }
  void touch() { ++version_, context_.changed = true; }
  void note(int cluster, NoteKind kind, ComponentId component, SubjectId subject,
            ParameterId parameter = ParameterId::none, Duration took = Duration::zero()) {
    context_.note(kind, component, subject, parameter, took);
    noted_.push_back({cluster, kind, subject, context_.now()});
  }

  void grow(int cluster);
  Group take_group();
  void adopt(PodRef ref);
  void sync(int cluster);
  void run_controllers(int cluster);
  void run_jobs(int cluster);
  void schedule_pending(int cluster);
  bool try_bind(PodRef ref, bool at_once);
  void start_container(PodRef ref);
  void begin_stop(PodRef ref);
  void terminate(PodRef ref);
  void tell_to_stop(PodRef ref);
  void end_container(PodRef ref, Ending ending);
  void restart_later(PodRef ref);
  void remove(PodRef ref);
  void set_ready(PodRef ref, bool ready);
  void arm_probes(PodRef ref);
  void note_timer(NoteKind kind, PodRef ref, ParameterId TimerIds::*timer);
  Duration until_tick(PodRef ref, const kube::Probe& probe, int ticks) const;
  void endpoints_changed(int cluster);
  ComponentId component_of_service(std::string_view name) const;
  void update_routes(int cluster, int service);
  bool speaks(const NodeRuntime& node) const;
  bool answers(const NodeRuntime& node) const;
  void look_at_node(int cluster, int node);
  void node_silent(int cluster, int node);
  void node_not_ready(int cluster, int node);
  void node_booted(int cluster, int node);
  void node_heard(int cluster, int node);
  void tell_reach_changed();
  /// Each model once, whatever number of workloads it has.
  template <class Tell>
  void tell_models(const Tell& tell) const {
    for (auto model = models_.begin(); model != models_.end(); ++model)
      if (*model && std::find(models_.begin(), model, *model) == model) tell(**model);
  }

  // kubernetes_start.cpp
  void bring_up(int cluster);
  void drop_terminating(int cluster);

  // kubernetes_eviction.cpp
  ZoneRuntime& zone_of(int cluster, int node);
  void look_at_zones_soon(int cluster);
  void look_at_zones(int cluster);
  double rate_in(const ZoneRuntime& zone);
  void set_rate(ZoneRuntime& zone, double rate);
  void spare_all(int cluster);
  void spare(int cluster, int node);
  void queue_for_taint(int cluster, int node);
  void taint_later(int cluster, int zone_index);
  void taint_next(int cluster, int zone_index);
  void evict_node(int cluster, int node);

  // kubernetes_autoscale.cpp
  void scrape(int cluster);
  void look(int cluster);
  void arm_look(int cluster);
  bool scale(int cluster, std::size_t autoscaler);
  bool measure(PodRef ref);
  kube::PodLoad load_of(PodRef ref, Usage usage) const;
  std::optional<int> proposal(int cluster, kube::HorizontalPodAutoscaler& hpa, int target);

  // kubernetes_provision.cpp
  void order_nodes(int cluster);
  void order_node(int cluster, std::size_t pool, ComingNode coming);
  kube::Node made_node(int cluster, std::size_t pool, const ComingNode& coming) const;
  void node_arrives(int cluster, int pool, int number);
  bool zone_lives(int cluster, std::string_view zone) const;

  // kubernetes_attach.cpp
  void forget_pod(PodRef ref);
  bool is_held_elsewhere(PodRef ref) const;
  void detach(int cluster, int claim);
  void detach_node(int cluster, int node);
  void out_of_service(int cluster);
  void collect(int cluster);

  // kubernetes_images.cpp
  int image_of(const std::string& name);
  bool registry_has(const std::string& name) const;
  bool is_named(const std::string& name) const;
  bool is_broken(const std::string& name) const;
  std::optional<Duration> pull(PodRef ref, bool at_once);

  Context& context_;
  kube::Clusters clusters_;
  kube::Clusters initial_;
  std::vector<ClusterRuntime> runtimes_;
  std::vector<ClusterRuntime> initial_runtimes_;
  bool ends_as_it_starts(PodRef ref);

  std::vector<BrokenImage> broken_images_;
  std::vector<PodModel*> models_;  // by index into spec.workloads; null: plain
  std::vector<TimerIds> timers_;
  PodModel* job_model_ = nullptr;
  std::vector<Group> spare_groups_;
  std::vector<Image> images_;
  kube::Cluster planned_;
  std::vector<int> scaled_;  // the pods of what an autoscaler scales
  std::vector<kube::PodLoad> loads_;
  std::vector<kube::PodAction> actions_;
  std::vector<int> routed_before_;
  std::vector<std::vector<kube::Selected>> selected_;  // by Service of each cluster
  std::vector<PodRef> on_machine_;                     // that went down
  bool on_side(PodRef ref, const Side& side) const;
  bool has_node(PodRef ref) const { return pod(ref).node != kube::no_index; }
  bool is_cut_off(PodRef ref) const;
  bool reaches_now(PodRef from, PodRef to) const;
  bool reached_now(PodRef ref) const;
  bool is_unhindered_now(PodRef ref) const;
  Impairment impairment_now(PodRef ref) const;
  bool bears(const Impairment& path) const;
  std::vector<Cut> cuts_;
  // Since the reset. Until then who reaches whom follows from the objects alone, which is what most
  // drills ask most of the time.
  bool was_cut_ = false;       // a machine went down, or something was cut off
  bool was_impaired_ = false;  // a pod or a machine
  std::vector<Noted> noted_;   // since the reset: what Events tell
  Duration patience_{};        // of those who wait for an answer
  std::uint64_t version_ = 0;
  // The slots of each workload model's pods; made again when asked for after a pod came or went.
  mutable std::vector<std::vector<int>> slots_;
  mutable bool listed_ = false;
  RandomStream phases_;
  RandomStream look_phases_;
  std::vector<Draw*> grace_periods_;  // by cluster
  Draw& network_patience_;
  Draw& lease_renewal_;
  Draw& monitor_period_;
  Draw& toleration_;
  Draw& eviction_rate_;
  Draw& secondary_eviction_rate_;
  Draw& large_zone_;
  Draw& unhealthy_zone_;
  Draw& controller_sync_;
  Draw& pod_start_;
  Draw& endpoint_update_;
  Draw& process_exit_;
  Draw& node_boot_;
  Draw& node_provision_;
  Draw& crash_loop_first_;
  Draw& crash_loop_most_;
  Draw& crash_loop_reset_;
  Draw& force_detach_;
  Draw& pod_collection_;
  Draw& image_size_;
  Draw& image_pull_rate_;
  Draw& image_check_;
  Draw& metrics_resolution_;
  Draw& autoscaler_sync_;
  Draw& autoscaler_cpu_initialization_;
  Draw& autoscaler_readiness_delay_;
};

}  // namespace drdrill::models
