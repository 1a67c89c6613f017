#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/kube/objects.hpp"

/// The state of a cluster at one instant. A plain value: `cluster = snapshot` restores it, and when
/// it was a copy of that snapshot before, allocates next to nothing. Time belongs to the caller.
namespace drdrill::kube {

struct Version {
  int major = 1;
  int minor = 31;

  auto operator<=>(const Version&) const = default;
};

/// "1.31"; nothing when it is no version of Kubernetes.
std::optional<Version> parse_version(std::string_view text);

struct Cluster {
  std::string name;
  std::string context;  ///< kubectl's --context
  Version version;
  bool api_available = true;  ///< false: every verb fails to connect

  std::vector<Namespace> namespaces;
  std::vector<Node> nodes;
  std::vector<Workload> workloads;
  std::vector<Pod> pods;
  std::vector<Service> services;
  std::vector<PodDisruptionBudget> budgets;
  std::vector<HorizontalPodAutoscaler> autoscalers;
  std::vector<NetworkPolicy> network_policies;
  std::vector<PersistentVolumeClaim> claims;
  std::vector<ConfigMap> config_maps;
  std::vector<Secret> secrets;
  std::vector<Job> jobs;
  std::vector<CronJob> cron_jobs;
  std::vector<Ingress> ingresses;
  std::vector<OtherObject> others;

  std::uint32_t next_uid = 1;
};

/// A cluster with the namespaces that every cluster has.
Cluster make_cluster(std::string name, std::string context, Version version = {});

// Lookup: the index of the object that exists, or no_index.
int find_namespace(const Cluster& cluster, std::string_view name);
int find_node(const Cluster& cluster, std::string_view name);
int find_pod(const Cluster& cluster, std::string_view ns, std::string_view name);
/// The pod with this uid, wherever its slot is.
int find_pod(const Cluster& cluster, std::uint32_t uid);
int find_workload(const Cluster& cluster, Workload::Kind kind, std::string_view ns,
                  std::string_view name);
int find_service(const Cluster& cluster, std::string_view ns, std::string_view name);
int find_claim(const Cluster& cluster, std::string_view ns, std::string_view name);
int find_cron_job(const Cluster& cluster, std::string_view ns, std::string_view name);
int find_job(const Cluster& cluster, std::string_view ns, std::string_view name);
int find_config_map(const Cluster& cluster, std::string_view ns, std::string_view name);

/// Adds a namespace unless it exists; its index.
int add_namespace(Cluster& cluster, std::string_view name);
/// Adds a node with the labels that Kubernetes gives it (hostname, zone, region, pool); an ip is
/// made from the index when there is none. Its index.
int add_node(Cluster& cluster, Node node);

/// Indexes of the workload's pods that exist, terminating ones included.
std::vector<int> pods_of(const Cluster& cluster, int workload);
void pods_of(const Cluster& cluster, int workload, std::vector<int>& out);  ///< replaces `out`

/// Is the pod's object one that a Service sends traffic to?
bool is_serving(const Pod& pod);
/// The pods that a Service routes to: the selector matches, ready, not terminating (or all with an
/// ip, when it publishes those that are not ready). Empty: a Service without endpoints; every
/// connection to it is refused. A Service without selector has none of its own.
std::vector<int> endpoints(const Cluster& cluster, int service);
/// What a Service's selector said of the labels that the pods had, by slot. Labels rarely change,
/// and whoever keeps this compares them once.
struct Selected {
  Shared<Labels> by;
  std::vector<std::pair<Shared<Labels>, bool>> pods;
};
/// The same; replaces `out`, and remembers in `selected`.
void endpoints(const Cluster& cluster, int service, Selected& selected, std::vector<int>& out);
/// Would the Service's selector choose the pod, ready or not?
bool selects(const Cluster& cluster, int service, int pod);

/// May traffic pass from one pod to another, by the NetworkPolicies of both namespaces? Ports are
/// not looked at: a rule that names ports allows. Traffic to or from outside the cluster: no_index.
bool traffic_allowed(const Cluster& cluster, int from_pod, int to_pod);

// Life of a pod. The caller decides when each happens.

/// Puts a pod that has no node on one. It stays Pending.
void bind_pod(Cluster& cluster, int pod, int node);
/// The ip that the pod has when it runs: its node's with hostNetwork, else one made from its uid,
/// so that a replaced pod has another ip than its predecessor.
std::string pod_ip(const Cluster& cluster, int pod);
/// Running with its ip, not ready.
void start_pod(Cluster& cluster, int pod);
/// What deletion does at once: terminating, not ready for Services; with the pod's own grace period
/// unless another is given. The object goes when the caller calls remove_pod.
void terminate_pod(Cluster& cluster, int pod, int grace_s = -1);
/// The object is gone; its slot may be used again.
void remove_pod(Cluster& cluster, int pod);

/// "Running", "Pending", "Terminating", "CrashLoopBackOff": the STATUS column.
std::string status_text(const Pod& pod);
std::string_view phase_name(PodPhase phase);
std::string_view kind_name(Workload::Kind kind);  ///< "Deployment"

/// Ready pods of the current revision and so on, as `kubectl get deployment` counts them.
struct WorkloadStatus {
  int desired = 0;
  int total = 0;    ///< not terminating
  int updated = 0;  ///< of these, of the current revision
  int ready = 0;
  int updated_ready = 0;
  int terminating = 0;
};
WorkloadStatus status_of(const Cluster& cluster, int workload);

}  // namespace drdrill::kube
