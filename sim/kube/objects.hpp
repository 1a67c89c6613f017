#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/time.hpp"
#include "sim/base/value.hpp"
#include "sim/kube/pod_spec.hpp"

/// The objects of a cluster, with Kubernetes' own fields and defaults as far as recovery depends on
/// them. Small and mutable here; what is large and fixed is behind Shared. An object that was
/// deleted keeps its slot with `exists == false`, so that indexes stay good.
namespace drdrill::kube {

/// The index of nothing.
inline constexpr int no_index = -1;

/// What every object has. The namespace is empty for cluster-wide kinds.
struct Meta {
  std::string ns;
  std::string name;
  Shared<Labels> labels;
  Shared<Labels> annotations;
  Offset created{0};  ///< of the caller's clock; only ages in tables depend on it
  bool exists = true;
  Position at;  ///< where a manifest defined it
};

struct Namespace {
  Meta meta;
  bool terminating = false;
};

struct Node {
  Meta meta;
  std::string pool;
  std::string zone;
  std::string region;
  std::string ip;
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  int max_pods = 110;
  bool unschedulable = false;  ///< cordoned
  bool ready = true;           ///< condition Ready as the API shows it
  Shared<std::vector<Taint>> taints;
};

/// A count or a share of the replicas ("25%").
struct IntOrPercent {
  int value = 0;
  bool percent = false;

  /// Of `total`; percentages rounded up or down.
  int of(int total, bool round_up) const;
  bool operator==(const IntOrPercent&) const = default;
};

/// "2", "25%"; nothing when it is neither or negative.
std::optional<IntOrPercent> parse_int_or_percent(std::string_view text);
std::string to_string(IntOrPercent value);

struct ClaimTemplate {
  std::string name;
  std::vector<std::string> access_modes;
  std::int64_t storage_bytes = 0;
  std::string storage_class;

  bool operator==(const ClaimTemplate&) const = default;
};

/// One template that a workload has had, with how many pods of it a Deployment wants.
struct Revision {
  int number = 1;
  int replicas = 0;  ///< Deployments only: the size of this ReplicaSet
  Shared<PodTemplate> pod_template;
};

/// Deployment, StatefulSet or DaemonSet.
struct Workload {
  enum class Kind { deployment, stateful_set, daemon_set };
  Kind kind = Kind::deployment;
  Meta meta;
  int replicas = 1;  ///< DaemonSets: not used
  Shared<Selector> selector;
  std::vector<Revision> revisions;  ///< oldest first; never empty; the last is the current one
  bool paused = false;
  bool recreate = false;   ///< Deployment strategy Recreate
  bool on_delete = false;  ///< update strategy OnDelete
  bool parallel = false;   ///< podManagementPolicy Parallel
  int partition = 0;       ///< StatefulSet rolling update
  IntOrPercent max_surge{25, true};
  IntOrPercent max_unavailable{25, true};  ///< DaemonSets: 1
  int min_ready_s = 0;
  int progress_deadline_s = 600;
  std::string service_name;  ///< StatefulSet: its headless Service
  Shared<std::vector<ClaimTemplate>> claims;

  const Revision& current() const { return revisions.back(); }
  const PodTemplate& pod_template() const { return *revisions.back().pod_template; }
};

enum class PodPhase { pending, running, succeeded, failed, unknown };

/// Status is the life-cycle model's to write; nothing here changes it but deletion and eviction,
/// which set `terminating`, and the controllers, which create pods as Pending.
struct Pod {
  enum class Owner { none, workload, job };
  Meta meta;
  std::uint32_t uid = 0;  ///< unique in the cluster for ever; slots are reused, uids are not
  Owner owner = Owner::none;
  int owner_index = no_index;  ///< into Cluster::workloads or Cluster::jobs
  int ordinal = no_index;      ///< StatefulSets
  int revision = 0;
  Shared<PodTemplate> spec;
  int node = no_index;         ///< into Cluster::nodes
  int pinned_node = no_index;  ///< DaemonSets: the only node it may go to
  PodPhase phase = PodPhase::pending;
  bool ready = false;
  bool terminating = false;
  int grace_s = 30;  ///< when terminating
  int restarts = 0;
  std::string ip;      ///< empty until it runs
  std::string reason;  ///< "CrashLoopBackOff", "Evicted", …; shown in place of the phase
};

struct ServicePort {
  std::string name;
  int port = 0;
  std::string target_port;  ///< number, or name of a container port
  int node_port = 0;
  std::string protocol = "TCP";

  bool operator==(const ServicePort&) const = default;
};

struct Service {
  Meta meta;
  Shared<Labels> selector;  ///< empty: no endpoints are managed
  std::string type = "ClusterIP";
  std::string cluster_ip;     ///< "None": headless
  std::string external_name;  ///< type ExternalName
  bool publish_not_ready = false;
  Shared<std::vector<ServicePort>> ports;
};

struct PodDisruptionBudget {
  Meta meta;
  Shared<Selector> selector;
  std::optional<IntOrPercent> min_available;
  std::optional<IntOrPercent> max_unavailable;
  bool always_allow_unhealthy = false;  ///< unhealthyPodEvictionPolicy: AlwaysAllow
};

struct ScalingPolicy {
  bool percent = false;  ///< otherwise pods
  int value = 0;
  int period_s = 15;

  bool operator==(const ScalingPolicy&) const = default;
};

/// One direction of an HPA's behaviour.
struct ScalingRules {
  int stabilization_s = 0;
  bool disabled = false;   ///< selectPolicy Disabled
  bool use_least = false;  ///< selectPolicy Min
  std::vector<ScalingPolicy> policies;

  bool operator==(const ScalingRules&) const = default;
};

struct HorizontalPodAutoscaler {
  struct Metric {
    std::string name;  ///< "cpu", "memory", or a metric's name
    bool utilization = false;
    std::int64_t target = 0;  ///< percent when `utilization`, else thousandths

    bool operator==(const Metric&) const = default;
  };
  Meta meta;
  std::string target_kind;
  std::string target_name;
  int min_replicas = 1;
  int max_replicas = 1;
  Shared<std::vector<Metric>> metrics;
  Shared<ScalingRules> scale_up;    ///< default: no window, +100 % or +4 pods each 15 s
  Shared<ScalingRules> scale_down;  ///< default: 300 s, −100 % each 15 s
  /// Status, by metric: what it was at the last look, in the unit of its target; nothing: unknown.
  std::vector<std::optional<std::int64_t>> seen;
};

/// The policies that apply when a manifest names none (kubernetes/api autoscaling/v2).
ScalingRules default_scale_up();
ScalingRules default_scale_down();

struct NetworkPeer {
  std::optional<Selector> pods;
  std::optional<Selector> namespaces;  ///< nothing: the policy's own namespace
  std::string cidr;                    ///< set: an address range, and the two others are not

  bool operator==(const NetworkPeer&) const = default;
};

struct NetworkRule {
  std::vector<NetworkPeer> peers;  ///< empty: everybody
  std::vector<std::string> ports;  ///< "6379", "dns/UDP"; empty: every port

  bool operator==(const NetworkRule&) const = default;
};

struct NetworkPolicy {
  struct Spec {
    Selector pods;
    bool ingress = false;  ///< restricts ingress to `ingress_rules`; no rule: nothing gets in
    bool egress = false;
    std::vector<NetworkRule> ingress_rules;
    std::vector<NetworkRule> egress_rules;

    bool operator==(const Spec&) const = default;
  };
  Meta meta;
  Shared<Spec> spec;
};

struct PersistentVolumeClaim {
  Meta meta;
  std::vector<std::string> access_modes;  ///< "ReadWriteOnce", …
  std::int64_t storage_bytes = 0;
  std::string storage_class;
  std::string volume;  ///< empty: not bound yet
  std::string zone;    ///< where its data lives; empty: anywhere
  std::string node;    ///< a local volume's node; empty: any node of the zone

  bool single_node() const;  ///< no access mode lets two nodes mount it
};

struct ConfigMap {
  Meta meta;
  Shared<std::vector<std::pair<std::string, std::string>>> data;
  Shared<std::vector<TextPlace>> data_at;  ///< of each, where a manifest has it
};

/// Its keys only: secrets' values are never kept.
struct Secret {
  Meta meta;
  Shared<std::vector<std::string>> keys;
};

struct JobSpec {
  Shared<PodTemplate> pod_template;
  int completions = 1;
  int parallelism = 1;
  int backoff_limit = 6;
  std::optional<int> active_deadline_s;
};

struct Job {
  Meta meta;
  JobSpec spec;
  int cron_job = no_index;  ///< into Cluster::cron_jobs, when one made it
  int succeeded = 0;        ///< status: the life-cycle model's
  int failed = 0;
  bool suspended = false;
};

struct CronJob {
  Meta meta;
  std::string schedule;
  std::string time_zone;
  std::string concurrency = "Allow";
  bool suspended = false;
  std::optional<int> starting_deadline_s;
  JobSpec job;
};

struct IngressRoute {
  std::string host;
  std::string path;
  std::string service;
  std::string port;

  bool operator==(const IngressRoute&) const = default;
};

struct Ingress {
  Meta meta;
  std::string ingress_class;
  Shared<std::vector<IngressRoute>> routes;
  Shared<std::vector<std::string>> tls_secrets;
};

/// A kind that is not modelled, kept as it was written.
struct OtherObject {
  std::string api_version;
  std::string kind;
  Meta meta;
  Shared<Value> manifest;
};

}  // namespace drdrill::kube
