#include <algorithm>

#include "sim/audit/checks.hpp"
#include "sim/audit/graph.hpp"
#include "sim/audit/look.hpp"

/// What the platform is made of, whatever procedures do with it.
namespace drdrill::audit {
namespace {

void find_cycles(Look& look, const PlatformSpec& platform) {
  for (const auto& cycle : dependency_cycles(platform)) {
    std::string names;
    SourcePlace place{platform.file, 1};
    for (const ComponentId id : cycle) {
      names += (names.empty() ? "" : ", ") + std::string(name_of(id));
      for (const DependencySpec& dependency : platform.dependencies)
        if (dependency.from == id && place.line == 1) place = dependency.place;
    }
    look.report_as("dependency-cycle", place,
                   names + " need each other: after a loss of all of them none can start first");
  }
}

/// Pods of a pool that find room on `nodes` of it, by CPU and memory, one workload after the other.
int room_on(const ClusterSpec& cluster, const NodePoolSpec& pool, int nodes, int& wanted) {
  std::vector<std::pair<std::int64_t, std::int64_t>> free(
      static_cast<std::size_t>(nodes), {pool.node.cpu_milli, pool.node.memory_bytes});
  int placed = 0;
  wanted = 0;
  for (const kube::Workload& workload : cluster.initial.workloads) {
    if (pool_of(cluster, workload) != &pool) continue;
    const kube::Resources needs = workload.pod_template().requests();
    for (int i = 0; i < workload.replicas; ++i) {
      ++wanted;
      const auto node = std::max_element(free.begin(), free.end());
      if (node == free.end() || node->first < needs.cpu_milli || node->second < needs.memory_bytes)
        continue;
      node->first -= needs.cpu_milli;
      node->second -= needs.memory_bytes;
      ++placed;
    }
  }
  return placed;
}

void find_lack_of_room(Look& look, const PlatformSpec& platform) {
  const ClusterSpec& cluster = platform.clusters.front();
  for (const NodePoolSpec& pool : cluster.pools) {
    if (pool.most > pool.count || pool.zones.size() < 2) continue;
    std::map<std::string, int> by_zone;
    for (int i = 1; i <= pool.count; ++i) ++by_zone[pool.zone_of(i)];
    int most = 0;
    std::string zone;
    for (const auto& [name, count] : by_zone)
      if (count > most) most = count, zone = name;
    int wanted = 0;
    const int whole = room_on(cluster, pool, pool.count, wanted);
    const int left = room_on(cluster, pool, pool.count - most, wanted);
    if (wanted == 0 || left >= whole) continue;
    SourcePlace place{platform.file, 1};
    std::string names;
    for (const WorkloadModel& model : platform.workloads)
      for (const kube::Workload& workload : cluster.initial.workloads)
        if (model.cluster == 0 && workload.meta.name == model.workload &&
            pool_of(cluster, workload) == &pool && model.kind != WorkloadModel::Kind::plain) {
          if (names.empty()) place = model.place;
          names += (names.empty() ? "" : ", ") + model.workload;
        }
    if (names.empty()) continue;
    std::string text = "without zone ";
    text.append(zone).append(" the pool ").append(pool.names.substr(0, pool.names.find("-{}")));
    text.append(" has room for ").append(std::to_string(left)).append(" of its ");
    text.append(std::to_string(wanted)).append(" pods (").append(names);
    look.report_as("no-room-after-loss", place, text.append("), and does not grow"));
  }
}

void find_shared_domains(Look& look, const PlatformSpec& platform) {
  for (const SinglePoint& point : single_points(platform)) {
    const bool zone = point.what.starts_with("zone ");
    std::string text = zone ? "all pods of " : point.what + " carries all of its work (";
    text.append(name_of(point.component)).append(zone ? " lie in " + point.what : ")");
    if (platform.clusters.size() > 1)
      text.append(" in ").append(platform.clusters[point.cluster].region);
    std::string needed_by;
    for (std::size_t i = 0; i < component_count; ++i)
      if (const auto other = static_cast<ComponentId>(i); point.needed_by.has(other))
        needed_by.append(needed_by.empty() ? "" : ", ").append(name_of(other));
    if (!needed_by.empty()) text.append("; without it ").append(needed_by).append(" fail too");
    look.report_as(zone ? "replicas-share-domain" : "single-point-of-failure", point.place, text);
  }
}

void find_backup_regions(Look& look, const PlatformSpec& platform) {
  const std::string& home = platform.clusters.front().region;
  if (platform.regions.size() < 2) return;
  for (const BackupSpec& backup : platform.backups) {
    const bool copy =
        std::any_of(platform.backups.begin(), platform.backups.end(), [&](const BackupSpec& other) {
          return other.component == backup.component && other.region != home;
        });
    if (backup.region == home && !copy)
      look.report_as(
          "backup-in-same-region", backup.at,
          backup.name + " lies in " + home + ", where what it is of lies, and nowhere else",
          std::string(name_of(backup.component)) + " RPO");
  }
}

}  // namespace

void check_platform(Look& look) {
  if (!look.input.platform || !look.input.platform_itself || look.input.platform->clusters.empty())
    return;
  const PlatformSpec& platform = *look.input.platform;
  find_cycles(look, platform);
  find_lack_of_room(look, platform);
  find_shared_domains(look, platform);
  find_backup_regions(look, platform);
}

}  // namespace drdrill::audit
