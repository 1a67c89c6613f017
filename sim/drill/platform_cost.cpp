#include "sim/drill/platform_cost.hpp"

#include <algorithm>
#include <cmath>

#include "sim/kube/cron_times.hpp"

namespace drdrill {
namespace {

constexpr double gigabyte = 1e9;

bool allows(const kube::Workload& workload, const kube::Node& node) {
  const auto& labels = *node.meta.labels;
  const auto& selector = workload.pod_template().node_selector;
  return std::all_of(selector.begin(), selector.end(), [&](const kube::Label& label) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
  });
}

/// Is this the only pool of the cluster that the workload may use?
bool belongs_to(const kube::Workload& workload, const ClusterSpec& cluster,
                const NodePoolSpec& pool) {
  return std::all_of(cluster.pools.begin(), cluster.pools.end(), [&](const NodePoolSpec& other) {
    return allows(workload, other.node) == (&other == &pool);
  });
}

double mean_of(const PlatformSpec& platform, std::string_view parameter) {
  const ParameterId id = platform.parameters.find(parameter);
  return id == ParameterId::none ? 0 : mean(platform.parameters[id].value);
}

/// How often it fires within so long, in a week as any other.
double firings_in(const BackupSpec& backup, Duration keep) {
  const auto times = kube::CronTimes::parse(backup.schedule, "");
  constexpr Duration minute = std::chrono::minutes(1);
  constexpr std::int64_t monday = 29'459'520;  // 2026-01-05, in minutes since 1970
  constexpr std::int64_t most = 100'000;
  if (!times || keep < minute) return 0;
  const std::int64_t end = monday + keep / minute;
  std::int64_t count = 0;
  for (auto at = times->next_after(monday - 1); at && *at < end && count < most;
       at = times->next_after(*at))
    ++count;
  return static_cast<double>(count);
}

double database_bytes(const PlatformSpec& platform) {
  double bytes = 0;
  const auto add = [&](const PostgresSpec& installation) {
    for (const DatabaseSpec& database : installation.databases) bytes += database.size_bytes;
  };
  add(platform.postgres);
  for (const PostgresSpec& shard : platform.shards) add(shard);
  return bytes;
}

double wal_rate(const PlatformSpec& platform) {
  double rate = platform.postgres.wal_bytes_per_second;
  for (const PostgresSpec& shard : platform.shards) rate += shard.wal_bytes_per_second;
  return rate;
}

bool is_object_storage(const BackupSpec& backup) {
  return backup.place.find("object storage") != std::string::npos ||
         backup.place.find("bucket") != std::string::npos || backup.place.starts_with("s3:");
}

}  // namespace

std::optional<double> usd_per_node(const PlatformSpec& platform, std::string_view pool) {
  for (const UnitCost& unit : platform.costs)
    if (unit.pool == pool) return unit.usd_per_month;
  return std::nullopt;
}

int pods_that_fit(const kube::Node& node, const kube::Workload& workload) {
  const kube::PodTemplate& pod = workload.pod_template();
  for (const kube::AntiAffinity& term : pod.anti_affinity)
    if (term.required && term.topology_key == "kubernetes.io/hostname" &&
        term.selector.matches(pod.labels))
      return 1;
  const kube::Resources wanted = pod.requests();
  std::int64_t fit = node.max_pods;
  if (wanted.cpu_milli > 0) fit = std::min(fit, node.cpu_milli / wanted.cpu_milli);
  if (wanted.memory_bytes > 0) fit = std::min(fit, node.memory_bytes / wanted.memory_bytes);
  return static_cast<int>(std::max<std::int64_t>(1, fit));
}

int nodes_needed(const ClusterSpec& cluster, const NodePoolSpec& pool) {
  double cpu = 0, memory = 0;
  int most = 0;
  for (const kube::Workload& workload : cluster.initial.workloads) {
    const bool daemon = workload.kind == kube::Workload::Kind::daemon_set;
    if (daemon || workload.replicas <= 0 || !belongs_to(workload, cluster, pool)) continue;
    const kube::Resources wanted = workload.pod_template().requests();
    cpu += static_cast<double>(wanted.cpu_milli) * workload.replicas;
    memory += static_cast<double>(wanted.memory_bytes) * workload.replicas;
    const int fit = pods_that_fit(pool.node, workload);
    most = std::max(most, (workload.replicas + fit - 1) / fit);
  }
  const auto nodes = [](double wanted, std::int64_t each) {
    return each > 0 ? static_cast<int>(std::ceil(wanted / static_cast<double>(each))) : 0;
  };
  return std::max({most, nodes(cpu, pool.node.cpu_milli), nodes(memory, pool.node.memory_bytes)});
}

double bytes_kept(const PlatformSpec& platform, const BackupSpec& backup) {
  if (backup.tool == "pg_receivewal") return wal_rate(platform) * to_seconds(backup.keep);
  const double firings = firings_in(backup, backup.keep);
  if (backup.component == ComponentId::redis) return firings * platform.redis.data_bytes;
  if (backup.component != ComponentId::postgres) return 0;
  const double size = database_bytes(platform);
  const double smaller = mean_of(platform, "postgres.compression");
  return firings * (backup.tool == "pg_dump" && smaller > 0 ? size / smaller : size);
}

std::optional<double> MonthlyCost::total() const {
  return nodes ? std::optional(*nodes + backups) : std::nullopt;
}

MonthlyCost monthly_cost(const PlatformSpec& platform) {
  MonthlyCost cost;
  cost.nodes = 0;
  for (const ClusterSpec& cluster : platform.clusters)
    for (const NodePoolSpec& pool : cluster.pools) {
      const int nodes = std::max(pool.count, nodes_needed(cluster, pool));
      if (nodes == 0 || !cost.nodes) continue;
      const auto each = usd_per_node(platform, pool.node.pool);
      cost.nodes = each ? std::optional(*cost.nodes + *each * nodes) : std::nullopt;
    }
  for (const BackupSpec& backup : platform.backups)
    cost.backups += bytes_kept(platform, backup) / gigabyte *
                    mean_of(platform, is_object_storage(backup) ? "storage.object_price"
                                                                : "storage.volume_price");
  return cost;
}

}  // namespace drdrill
