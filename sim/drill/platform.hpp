#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/parameter.hpp"
#include "sim/base/time.hpp"
#include "sim/drill/component.hpp"
#include "sim/kube/cluster.hpp"

/// What a platform file says: a value that models build a simulated platform from and a lab builds
/// a miniature from. Workloads bear Kubernetes' own fields; `model` settings say what they are.
namespace drdrill {

struct ZoneSpec {
  std::string name;
  std::string region;
};

/// Nodes of one kind, and how many of them the cluster's autoscaler may make.
struct NodePoolSpec {
  kube::Node node;                 ///< what each is made after; name and zone are empty
  std::vector<std::string> zones;  ///< in turn
  std::string names;               ///< "sfu-{}", counted from 1
  int count = 0;                   ///< at the start
  int most = 0;                    ///< not above `count`: the pool does not grow

  std::string name_of(int number) const;
  std::string zone_of(int number) const;  ///< empty when the pool has no zones
};

/// A Kubernetes cluster as it is when all is well.
struct ClusterSpec {
  std::string region;
  std::string home_namespace;  ///< where the workloads live
  std::string hostname;        ///< "jakarta.gomeet.com": leads into this cluster; may be empty
  bool standby = false;        ///< cold: a DR cluster
  std::vector<NodePoolSpec> pools;
  kube::Cluster initial;  ///< nodes and objects; pods are made by the controllers
  /// Where each object was said first: "CronJob gomeet/postgres-backup".
  std::map<std::string, SourcePlace, std::less<>> places;
};

/// What a workload is. The kind decides the component model; see `list components`. The workload
/// need not exist at the start: it has its model from when it is made.
struct WorkloadModel {
  enum class Kind : std::uint8_t {
    livekit_sfu,
    api_service,
    postgres_primary,
    postgres_replica,
    postgres_scratch,  ///< a server of its own, for restores: no client is ever sent to it
    redis_master,
    redis_replica,
    ingress,  ///< the proxies behind the cloud load balancer
    monitoring,
    pooler,  ///< PgBouncer
    plain,   ///< runs, and that is all: its pods matter only to scheduling
  };
  Kind kind = Kind::plain;
  std::uint32_t cluster = 0;  ///< index into PlatformSpec::clusters
  std::string ns;
  std::string workload;
  std::string role;           ///< api_service: auth, meeting, signaling, chat, turn
  int concurrency = 1;        ///< api_service: requests that one pod serves at a time
  int capacity = 0;           ///< livekit_sfu: participants of one pod; 0: unlimited
  bool on_join_path = false;  ///< api_service: a joining participant passes through it
  // api_service: its health endpoint, which probes ask, fails when the pod does not reach them.
  bool health_needs_postgres = false;
  bool health_needs_redis = false;
  /// redis_…: the cluster whose Redis Cluster the servers belong to; mostly their own.
  std::optional<std::uint32_t> member_of;
  std::uint32_t installation() const { return member_of.value_or(cluster); }
  /// postgres_…: the installation that the server belongs to: 0 the platform's, 1 its first shard.
  std::uint32_t shard = 0;
  SourcePlace place;
};
std::string_view model_kind_name(WorkloadModel::Kind kind);
std::optional<WorkloadModel::Kind> model_kind_of(std::string_view name);
ComponentId component_of(WorkloadModel::Kind kind);

struct DatabaseSpec {
  std::string name;
  double size_bytes = 0;
  int first_meeting = 0, last_meeting = -1;  ///< from 0: the meetings that are in it; none
};

/// PostgreSQL's synchronous_commit, in the order of what a commit waits for.
enum class SynchronousCommit : std::uint8_t { off, local, remote_write, on, remote_apply };
inline constexpr std::array<std::string_view, 5> synchronous_commit_names{
    "off", "local", "remote_write", "on", "remote_apply"};

/// PostgreSQL's synchronous_standby_names. FIRST: those of the list that stream, in its order,
/// until there are enough; ANY: as many of them as are enough, whoever is quickest.
struct SynchronousStandbys {
  std::vector<std::string> names;  ///< of pods, or "*"; empty: nobody confirms
  int count = 1;
  bool any = false;
};

/// Who promotes a standby when the primary is gone.
enum class PostgresManager : std::uint8_t { none, patroni, cloudnative_pg };
inline constexpr std::array<std::string_view, 3> postgres_manager_names{"none", "patroni",
                                                                        "cloudnative-pg"};

/// One installation of PostgreSQL: a primary, its standbys, and the databases that they hold.
struct PostgresSpec {
  std::string name;           ///< of a shard; empty: the platform's own
  std::string write_service;  ///< the Service that clients write through
  /// A shard: the cluster whose Service that is, for clients everywhere. Else each cluster's own.
  std::optional<std::uint32_t> cluster;
  std::vector<DatabaseSpec> databases;
  double writes_per_second = 0;  ///< acknowledged commits, all databases together
  double wal_bytes_per_second = 0;
  SynchronousStandbys synchronous_standbys;
  SynchronousCommit synchronous_commit = SynchronousCommit::on;
  /// target_session_attrs=read-write: clients leave a server that takes no writes and try another.
  bool read_write_sessions = false;
  PostgresManager manager = PostgresManager::none;  ///< none: a runbook does
};

struct RedisSpec {
  std::string service;
  bool cluster = true;  ///< a Redis Cluster; false: one server, and nothing takes its place
  double writes_per_second = 0;  ///< all slots together
  double data_bytes = 0;
  bool require_full_coverage = true;
};

struct EntrySpec {
  std::string service;   ///< the Service of type LoadBalancer
  std::string hostname;  ///< api.gomeet.com
  Duration dns_ttl{};
  /// Its targets are the pods that Kubernetes finds ready, as where a balancer is told of
  /// endpoints; otherwise those that its own checks admit.
  bool takes_ready_pods = false;
};

/// Who answers for the names, and how its API knows us.
struct DnsSpec {
  std::string provider;  ///< "api.cloudflare.com"; empty: the platform has none
  std::string zone;
  std::string record;
  std::string token;
};

struct AlertRule {
  std::string name;
  ComponentId component = ComponentId::platform;
  Duration hold{};   ///< Prometheus' `for`
  std::string role;  ///< who is paged
  SourcePlace place;
};

/// Whom the paging service pages when nobody has acknowledged so long after the first page.
struct EscalationSpec {
  Duration after{};
  std::string role;
};

struct MonitoringSpec {
  Duration scrape_interval{};
  Duration scrape_interval_sfu{};
  Duration evaluation_interval{};
  std::vector<AlertRule> rules;
  std::vector<EscalationSpec> escalation;  ///< in order of time
};

struct PersonSpec {
  std::string name;
  std::string role;
  int awake_from_hour = 0;  ///< local time; acknowledging takes longer outside of it
  int awake_to_hour = 24;
};

struct BackupSpec {
  std::string name;
  ComponentId component = ComponentId::postgres;
  std::string schedule;  ///< cron
  Duration keep{};
  std::string region;  ///< where the artefact lies
  std::string place;   ///< "volume claim backup-storage", "object storage"
  std::string tool;    ///< pg_dump, pg_receivewal, redis-cli --rdb, …
  SourcePlace at;
};

/// Object storage in a region.
struct BucketSpec {
  std::string name;
  std::string region;
};

struct LoadSpec {
  enum class Placement : std::uint8_t { split, single };
  int meetings = 1;
  int participants_per_meeting = 500;
  Duration join_window{};
  double churn_per_hour = 0;  ///< share of participants that leave and are replaced in an hour
  Placement placement = Placement::split;
  double api_writes_per_second = 0;      ///< acknowledged through the API
  bool api_writes_to_redis = false;      ///< a record of the API is gone with its key in Redis, too
  std::array<double, 24> daily_curve{};  ///< share of the peak in each hour of the local day
};

/// `from` needs `on`: when `on` fails, `from` does too (unless a model says how it degrades).
struct DependencySpec {
  ComponentId from = ComponentId::platform;
  ComponentId on = ComponentId::platform;
  SourcePlace place;
};

struct UnitCost {
  std::string pool;
  double usd_per_month = 0;  ///< for one node
};

struct PlatformSpec {
  std::string name;
  std::string title;
  std::string file;
  ParameterTable parameters;
  std::vector<std::string> regions;
  std::vector<ZoneSpec> zones;
  std::vector<ClusterSpec> clusters;  ///< the first is where clients are sent at the start
  /// What lies on the machine that runbooks run on, by path from the working directory.
  std::map<std::string, std::string, std::less<>> files;
  /// Images that can be pulled beside those that objects and files name ("gomeet/auth:1.1").
  std::vector<std::string> registry;
  std::vector<WorkloadModel> workloads;
  PostgresSpec postgres;
  std::vector<PostgresSpec> shards;  ///< databases that have servers of their own
  RedisSpec redis;
  EntrySpec entry;
  DnsSpec dns;
  /// What the shell of whoever runs a runbook has in its environment.
  std::vector<std::pair<std::string, std::string>> environment;
  MonitoringSpec monitoring;
  std::vector<PersonSpec> people;
  std::vector<BackupSpec> backups;
  std::vector<BucketSpec> buckets;
  LoadSpec load;
  std::vector<DependencySpec> dependencies;
  std::vector<UnitCost> costs;
};

}  // namespace drdrill
