#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kube/cluster.hpp"

/// What the controllers and the scheduler would do next, as functions of the state. The life-cycle
/// model decides when to ask, applies the answers and asks again: each answer is what may be done
/// at once, not the whole way.
namespace drdrill::kube {

struct PodAction {
  enum class Kind { create, remove };
  Kind kind = Kind::create;
  int workload = no_index;
  int pod = no_index;      ///< remove: mark it terminating
  int ordinal = no_index;  ///< create: StatefulSets
  int revision = 0;        ///< create
  int node = no_index;     ///< create: DaemonSets

  bool operator==(const PodAction&) const = default;
};

/// The next actions of the workload's controller, replacing `out`. Changes nothing but the sizes of
/// a Deployment's ReplicaSets.
///  - Deployment: pods that are lost or terminating are replaced at once; a new revision is rolled
///    out within maxSurge and maxUnavailable.
///  - StatefulSet: in order of ordinals, at most one pod object an ordinal (a terminating pod, on a
///    lost node too, blocks its replacement until the object is gone); down from the highest.
///  - DaemonSet: one pod on each node that it fits and tolerates.
void next_actions(Cluster& cluster, int workload, std::vector<PodAction>& out);

/// Creates the pod object of a `create` action, Pending and unscheduled, with its deterministic
/// name, and the claims of a StatefulSet's claim templates when they do not exist. Its index.
int create_pod(Cluster& cluster, const PodAction& action);
/// Creates the next pod of a Job; its index.
int create_job_pod(Cluster& cluster, int job);
/// Marks as terminating, or creates.
void apply(Cluster& cluster, const PodAction& action);

/// Where the scheduler would put a pod.
struct Placement {
  int node = no_index;
  std::string reason;  ///< when there is no node: "0/3 nodes are available: 3 Insufficient cpu."
};

/// Requests, nodeSelector and node affinity, taints and cordons, required anti-affinity, topology
/// spread, host ports, pods a node, and the zone or node of bound claims. Chooses
/// deterministically: preferred anti-affinity and spread over zones and nodes of the same workload
/// first, then the least allocated node, then the name. A claim that does not exist is a reason
/// too.
Placement schedule(const Cluster& cluster, int pod);
/// The node alone, without words why there is none; no_index then.
int node_for(const Cluster& cluster, int pod);

/// CPU and memory that the pods of a node request.
Resources allocated(const Cluster& cluster, int node);

/// May the claims of the pod be mounted on the node: is a ReadWriteOnce volume in use by a pod on
/// another node? The reason when not: the pod stays in ContainerCreating until it is released.
std::optional<std::string> mount_refusal(const Cluster& cluster, int pod, int node);

/// Is the claim's volume a part of the node that it is on, so that it is lost and full with it? By
/// the driver of its StorageClass; where the platform names none it is not.
bool lies_on_node(const Cluster& cluster, const PersistentVolumeClaim& claim);

/// Why the claim stays Pending: its class does not exist, or is of block devices while the claim
/// wants to be mounted on many nodes. Nothing when it is bound, or when the cluster has no
/// StorageClass at all: then nothing is known of its storage.
std::optional<std::string> provision_refusal(const Cluster& cluster,
                                             const PersistentVolumeClaim& claim);

/// Why the kubelet cannot start containers of this template: a ConfigMap, Secret or claim that it
/// names does not exist. Pods wait for it in ContainerCreating or CreateContainerConfigError.
std::optional<std::string> start_refusal(const Cluster& cluster, std::string_view ns,
                                         const PodTemplate& pod);

/// Binds the unbound claims of a pod to the node's zone, as WaitForFirstConsumer does.
void bind_claims(Cluster& cluster, int pod);

/// What a PodDisruptionBudget counts.
struct BudgetStatus {
  int expected = 0;
  int healthy = 0;
  int desired_healthy = 0;
  int disruptions_allowed = 0;
};
BudgetStatus status_of(const Cluster& cluster, const PodDisruptionBudget& budget);

/// Does any budget forbid to evict the pod now? The API's 429 text if so. Budgets hold back
/// evictions only: deletion, node loss and taints do not ask them.
std::optional<std::string> eviction_refusal(const Cluster& cluster, int pod);

}  // namespace drdrill::kube
