#include "scenarios/postgres_file.hpp"

#include <algorithm>
#include <array>

#include "scenarios/cluster_file.hpp"
#include "scenarios/files.hpp"
#include "scenarios/quantity.hpp"

namespace drdrill {
namespace {

using Kind = WorkloadModel::Kind;

/// One primary among the clusters that are in use; a second would be a split brain from the start.
void check_primaries(const Reader& reader, const PlatformSpec& platform, std::uint32_t shard) {
  int pods = 0;
  for (const WorkloadModel& model : platform.workloads) {
    const ClusterSpec& cluster = platform.clusters[model.cluster];
    const bool idle = cluster.standby && model.cluster != 0 && shard == 0;
    if (model.kind != Kind::postgres_primary || model.shard != shard || idle) continue;
    for (const kube::Workload& workload : cluster.initial.workloads)
      if (workload.meta.ns == model.ns && workload.meta.name == model.workload)
        pods +=
            model.capacity > 0 ? std::min(model.capacity, workload.replicas) : workload.replicas;
  }
  if (pods == 1) return;
  const std::string which =
      shard == 0 ? std::string() : " of shard \"" + platform.shards[shard - 1].name + "\"";
  reader.problem(pods == 0
                     ? "no workload with model \"postgres-primary\"" + which + " has a pod"
                     : std::to_string(pods) + " pods of workloads with model \"postgres-primary\"" +
                           which + "; there can be one primary");
}

void read_standbys(Reader& reader, const PlatformSpec& platform, PostgresSpec& postgres) {
  SynchronousStandbys& standbys = postgres.synchronous_standbys;
  standbys.names = reader.strings("synchronous_standbys");
  constexpr std::array<std::string_view, 2> methods{"first", "any"};
  standbys.any = reader.one_of("synchronous_method", methods, 0) == 1;
  const auto most = static_cast<std::int64_t>(standbys.names.size());
  if (reader.has("synchronous_count") && most == 0)
    reader.problem("synchronous_count", "counts synchronous_standbys, and there are none");
  else if (reader.has("synchronous_count"))
    standbys.count = static_cast<int>(reader.integer("synchronous_count", 1, most));
  if (standbys.names.empty() || platform.clusters.empty()) return;
  const auto known = pod_names(platform.clusters[postgres.cluster.value_or(0)].initial);
  for (const std::string& name : standbys.names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      reader.unknown("synchronous_standbys", "pod", name, views(known));
}

void read_meetings(Reader& reader, DatabaseSpec& database) {
  constexpr std::int64_t most_meetings = 100'000;
  if (!reader.has("first_meeting") && !reader.has("last_meeting")) return;
  const std::int64_t first = reader.integer("first_meeting", 1, most_meetings);
  const std::int64_t last = reader.integer("last_meeting", 1, most_meetings);
  if (last < first)
    reader.problem("last_meeting", "expected a meeting from first_meeting on, " +
                                       std::to_string(first) + " or later");
  database.first_meeting = static_cast<int>(first - 1);
  database.last_meeting = static_cast<int>(last - 1);
}

/// What an installation has, the platform's own or a shard's. `names`: databases so far.
void read_installation(Reader& reader, const PlatformSpec& platform, PostgresSpec& postgres,
                       std::vector<std::string>& names) {
  read_service(reader, platform, postgres.write_service, postgres.cluster.value_or(0));
  reader.each("databases", [&](Reader& r) {
    DatabaseSpec database;
    database.name = read_name(r, "name");
    claim_name(r, "name", database.name, names);
    database.size_bytes = read_quantity(r, "size", ParameterUnit::bytes);
    if (postgres.cluster) read_meetings(r, database);
    r.finish();
    postgres.databases.push_back(std::move(database));
  });
  if (postgres.databases.empty()) reader.problem("databases", "expected at least one database");
  postgres.writes_per_second = read_quantity(reader, "writes", ParameterUnit::per_second);
  postgres.wal_bytes_per_second = read_quantity(reader, "wal", ParameterUnit::bytes_per_second);
  read_standbys(reader, platform, postgres);
  postgres.synchronous_commit = static_cast<SynchronousCommit>(
      reader.one_of("synchronous_commit", synchronous_commit_names,
                    static_cast<std::size_t>(SynchronousCommit::on)));
  constexpr std::array<std::string_view, 2> sessions{"any", "read-write"};
  postgres.read_write_sessions = reader.one_of("target_session_attrs", sessions, 0) == 1;
  postgres.manager =
      static_cast<PostgresManager>(reader.one_of("manager", postgres_manager_names, 0));
}

std::uint32_t read_cluster(Reader& reader, const PlatformSpec& platform) {
  std::vector<std::string> known;
  for (const ClusterSpec& cluster : platform.clusters) known.push_back(cluster.initial.name);
  return known.empty() ? 0 : static_cast<std::uint32_t>(reader.one_of("cluster", views(known)));
}

}  // namespace

const kube::Service* read_service(Reader& reader, const PlatformSpec& platform, std::string& name,
                                  std::size_t cluster) {
  name = read_name(reader, "service");
  if (platform.clusters.empty() || name.empty()) return nullptr;
  const ClusterSpec& home = platform.clusters[cluster];
  const int found = kube::find_service(home.initial, home.home_namespace, name);
  if (found != kube::no_index) return &home.initial.services[static_cast<std::size_t>(found)];
  std::vector<std::string_view> known;
  for (const kube::Service& service : home.initial.services) {
    if (service.meta.name == name) return &service;
    known.push_back(service.meta.name);
  }
  reader.unknown("service", "Service", name, known);
  return nullptr;
}

void name_shards(const Reader& root, PlatformSpec& platform) {
  constexpr std::size_t most_shards = 64;
  const Value* postgres = root.value().find("postgres");
  const Value* shards = postgres ? postgres->find("shards") : nullptr;
  if (!shards || shards->kind != Value::Kind::array) return;
  for (const Value& shard : shards->items) {
    if (platform.shards.size() == most_shards)
      return root.problems().add({root.file(), shard.at, "/postgres/shards",
                                  "expected at most " + std::to_string(most_shards) + " shards"});
    const Value* name = shard.find("name");
    platform.shards.emplace_back();
    if (name && name->kind == Value::Kind::string) platform.shards.back().name = name->text;
  }
}

void read_postgres(Reader& root, PlatformSpec& platform) {
  auto reader = root.object("postgres", true);
  if (!reader) return;
  std::vector<std::string> databases, names;
  read_installation(*reader, platform, platform.postgres, databases);
  check_primaries(*reader, platform, 0);
  std::size_t next = 0;
  reader->each("shards", [&](Reader& r) {
    const std::size_t index = next++;
    if (index >= platform.shards.size()) return;
    PostgresSpec& shard = platform.shards[index];
    shard.name = read_name(r, "name");
    claim_name(r, "name", shard.name, names);
    shard.cluster = read_cluster(r, platform);
    read_installation(r, platform, shard, databases);
    check_primaries(r, platform, static_cast<std::uint32_t>(index + 1));
    r.finish();
  });
  reader->finish();
}

}  // namespace drdrill
