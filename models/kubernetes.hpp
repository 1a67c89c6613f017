#pragma once

#include <cstdint>
#include <vector>

#include "models/context.hpp"
#include "sim/drill/world.hpp"
#include "sim/kube/cluster.hpp"
#include "sim/kube/controllers.hpp"
#include "sim/kube/kubectl.hpp"

/// Kubernetes with a clock: nodes that stop renewing their lease, pods that are scheduled, started,
/// probed, killed and restarted, endpoints that follow. What objects mean and what verbs refuse is
/// sim/kube's; only the times are here.
namespace drdrill::models {

struct PodRef {
  int cluster = 0;
  int pod = 0;  ///< slot in kube::Cluster::pods

  bool operator==(const PodRef&) const = default;
};
constexpr PodRef no_pod{-1, -1};

/// How a container's processes ended.
enum class Ending : std::uint8_t {
  clean,   ///< by themselves after SIGTERM: connections are closed, data is flushed
  killed,  ///< SIGKILL or crash: the kernel closes connections
  lost,    ///< with the machine: peers hear nothing
};

/// What runs in the pods of a workload. The default is a process that is healthy as soon as it runs
/// and exits at once when told to.
class PodModel {
 public:
  PodModel() = default;
  PodModel(const PodModel&) = delete;
  PodModel& operator=(const PodModel&) = delete;
  virtual ~PodModel() = default;

  virtual void pod_started(PodRef) {}
  /// SIGTERM. The model calls Kubernetes::exit_after when it will have exited; true when it did.
  virtual bool pod_stopping(PodRef) { return false; }
  virtual void pod_ended(PodRef, Ending) {}
  /// What its health endpoint would answer now.
  virtual bool pod_healthy(PodRef) const { return true; }
  /// Something about who reaches whom, or who stands still, has changed.
  virtual void reach_changed() {}
};

class Kubernetes {
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

  kube::Clusters& clusters() { return clusters_; }
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
  PodRef find_pod(int cluster, std::string_view ns, std::string_view name) const;
  /// Pods of a workload model that exist, in order of their slots.
  void pods_of(const WorkloadModel& workload, std::vector<PodRef>& out) const;

  /// The processes run and are not standing still.
  bool is_up(PodRef ref) const;
  /// May a connection pass from one pod to the other? Both may be up or not.
  bool reaches(PodRef from, PodRef to) const;
  /// Is the pod reached from outside the cluster?
  bool reached_from_outside(PodRef ref) const;
  /// Does the node's kubelet answer the API server? Without it there is no exec and no log.
  bool kubelet_answers(PodRef ref) const;
  /// What the pod's health endpoint answers now.
  bool healthy(PodRef ref) const { return is_up(ref) && runtime(ref).healthy; }
  /// The pods that the Service's clients are sent to, as they know it by now.
  const std::vector<int>& routed(int cluster, int service) const;

  /// The model's answer of pod_healthy may have changed.
  void health_changed(PodRef ref);
  /// After SIGTERM: the processes will have exited by then.
  void exit_after(PodRef ref, Duration delay);
  /// The container's process ends by itself (a start that fails): restart with back-off.
  void container_failed(PodRef ref);

  /// The container of a Job's pod has ended by itself: done, or tried again as far as the Job
  /// allows.
  void job_pod_exited(PodRef ref, bool succeeded);

  /// Objects were changed by somebody else (a command): controllers and kubelets react.
  void objects_changed(int cluster);

  // Faults.
  void crash_pod(PodRef ref);
  void pause_pod(PodRef ref, bool paused);
  void isolate_pod(PodRef ref, bool isolated);
  void crash_node(int cluster, int node);
  void restore_node(int cluster, int node);
  /// From now on every container of this image ends as it starts.
  void break_image(const std::string& image);
  void isolate_node(int cluster, int node, bool isolated);

  void add_inventory(Inventory& inventory) const;
  /// Goes up whenever a pod, node or object changed; waiting commands look again.
  std::uint64_t version() const { return version_; }

 private:
  struct PodRuntime {
    std::uint32_t uid = 0;  // 0: the slot has no pod
    SubjectId subject = SubjectId::none;
    int model = -1;  // index into spec.workloads
    Group life{};    // start, stop, restart
    Group ready_timer{};
    Group alive_timer{};
    bool starting = false;
    bool up = false;
    bool paused = false;
    bool isolated = false;
    bool stopping = false;
    bool healthy = true;
    bool told_unschedulable = false;
    bool told_refused = false;
    int failures_in_row = 0;
    Offset started{};
    Duration probe_phase{};
    Duration restart_wait{};
  };
  struct NodeRuntime {
    SubjectId subject = SubjectId::none;
    Group lease{};
    bool up = true;
    bool isolated = false;
    Offset silent_since{};
    Offset not_ready_since{};
  };
  struct ServiceRuntime {
    std::vector<int> routed;
    Offset stale_since{};
    SubjectId subject = SubjectId::none;
    Group update{};
  };
  struct ClusterRuntime {
    std::vector<PodRuntime> pods;
    std::vector<NodeRuntime> nodes;
    std::vector<ServiceRuntime> services;
    std::vector<Offset> jobs_wait;  // by Job: until its next pod may be made
    Group sync{};
  };
  enum class Kind : std::uint16_t {
    sync,
    started,
    exited,
    killed,
    restart,
    ready,
    unready,
    liveness_failed,
    routes,
    not_ready,
    heard,
    evict,
    booted,
  };

  PodRuntime& runtime(PodRef ref);
  const PodRuntime& runtime(PodRef ref) const;
  NodeRuntime* node_of(PodRef ref);
  const NodeRuntime* node_of(PodRef ref) const;
  kube::Pod& pod_of(PodRef ref);
  PodModel* model_at(PodRef ref) const;
  void at(Duration delay, Kind kind, int cluster, int subject, Group group);
  void touch() { ++version_, context_.changed = true; }

  void grow(int cluster);
  void adopt(PodRef ref);
  void sync(int cluster);
  void run_controllers(int cluster);
  void run_jobs(int cluster);
  void schedule_pending(int cluster);
  bool try_bind(PodRef ref, bool at_once);
  void start_container(PodRef ref);
  void begin_stop(PodRef ref);
  void end_container(PodRef ref, Ending ending);
  void restart_later(PodRef ref);
  void remove(PodRef ref);
  void set_ready(PodRef ref, bool ready, ParameterId parameter, Duration took);
  void arm_probes(PodRef ref);
  Duration until_tick(PodRef ref, const kube::Probe& probe, int ticks) const;
  void endpoints_changed(int cluster);
  ComponentId component_of_service(std::string_view name) const;
  void update_routes(int cluster, int service);
  void node_silent(int cluster, int node);
  void node_not_ready(int cluster, int node);
  void node_heard(int cluster, int node);
  void evict_node(int cluster, int node);
  void tell_reach_changed();

  Context& context_;
  kube::Clusters clusters_;
  kube::Clusters initial_;
  std::vector<ClusterRuntime> runtimes_;
  std::vector<ClusterRuntime> initial_runtimes_;
  struct BrokenImage {
    std::string name;
    SubjectId subject = SubjectId::none;
    bool told = false;
  };
  bool ends_as_it_starts(PodRef ref);

  std::vector<BrokenImage> broken_images_;
  std::vector<PodModel*> models_;  // by index into spec.workloads; null: plain
  PodModel* job_model_ = nullptr;
  std::vector<kube::PodAction> actions_;
  std::vector<int> routed_before_;
  std::uint64_t version_ = 0;
  RandomStream phases_;
  Draw& grace_period_;
  Draw& lease_renewal_;
  Draw& monitor_period_;
  Draw& toleration_;
  Draw& controller_sync_;
  Draw& pod_start_;
  Draw& endpoint_update_;
  Draw& process_exit_;
  Draw& node_boot_;
};

}  // namespace drdrill::models
