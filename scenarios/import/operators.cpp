#include "scenarios/import/operators.hpp"

#include <algorithm>
#include <array>

#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

int whole_at(const Value& value, std::initializer_list<std::string_view> keys, int otherwise) {
  const Value* found = at_path(value, keys);
  const bool sound = found && found->integer > 0 && found->integer <= 100;
  return sound ? static_cast<int>(found->integer) : otherwise;
}

std::string text_in(const Value& value, std::initializer_list<std::string_view> keys) {
  const Value* found = at_path(value, keys);
  return found ? scalar_text(*found) : std::string();
}

/// "30d", "4w", "6m" in days.
int days_of(const std::string& text) {
  int count = 0;
  std::size_t i = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9' && count < 100'000; ++i)
    count = count * 10 + (text[i] - '0');
  const std::string unit = text.substr(i);
  return unit == "w" ? count * 7 : unit == "m" ? count * 30 : count;
}

/// Six fields begin with seconds, which cron does not have; "@daily" and the like stay.
std::string as_cron(const std::string& schedule) {
  auto fields = split(schedule, " \t");
  if (fields.size() == 6) fields.erase(fields.begin());
  std::string out;
  for (std::string& field : fields) out += (out.empty() ? "" : " ") + (field == "?" ? "*" : field);
  return out;
}

// ---- PostgreSQL -----------------------------------------------------------------------------

OperatedPostgres cloudnative_pg(const Inventory& inventory, const Item& item) {
  const Value& manifest = item.manifest;
  const std::string& name = item.meta().name;
  OperatedPostgres out;
  out.servers = whole_at(manifest, {"spec", "instances"}, 1);
  out.service = name + "-rw";
  out.manager = "cloudnative-pg";
  out.promoted_by = "CloudNativePG";
  const std::string database = text_in(manifest, {"spec", "bootstrap", "initdb", "database"});
  out.databases.push_back(database.empty() ? "app" : database);
  out.store = text_in(manifest, {"spec", "backup", "barmanObjectStore", "destinationPath"});
  out.archives = !out.store.empty();
  if (const Value* plugins = at_path(manifest, {"spec", "plugins"}))
    for (const Value& plugin : plugins->items)
      if (has(text_at(plugin, "name"), "barman") && text_in(plugin, {"isWALArchiver"}) == "true")
        out.archives = true;
  out.keep_days = days_of(text_in(manifest, {"spec", "backup", "retentionPolicy"}));
  for (const Item& other : inventory.items)
    if (text_at(other.manifest, "kind") == "ScheduledBackup" && other.meta().ns == item.meta().ns &&
        text_in(other.manifest, {"spec", "cluster", "name"}) == name &&
        text_in(other.manifest, {"spec", "suspend"}) != "true")
      out.schedules.push_back(as_cron(text_in(other.manifest, {"spec", "schedule"})));
  return out;
}

OperatedPostgres zalando(const Inventory&, const Item& item) {
  OperatedPostgres out;
  out.servers = whole_at(item.manifest, {"spec", "numberOfInstances"}, 1);
  out.service = item.meta().name;
  out.manager = "patroni";
  out.promoted_by = "Patroni";
  if (const Value* databases = at_path(item.manifest, {"spec", "databases"}))
    for (const Value::Member& database : databases->members) out.databases.push_back(database.key);
  if (text_in(item.manifest, {"spec", "enableLogicalBackup"}) == "true") {
    const std::string said = text_in(item.manifest, {"spec", "logicalBackupSchedule"});
    out.schedules.push_back(said.empty() ? "30 00 * * *" : said);  // the operator's default
    out.dumps = true;
  }
  return out;
}

OperatedPostgres crunchy(const Inventory&, const Item& item) {
  OperatedPostgres out;
  out.servers = 0;
  if (const Value* sets = at_path(item.manifest, {"spec", "instances"}))
    for (const Value& set : sets->items) out.servers += whole_at(set, {"replicas"}, 1);
  out.servers = std::max(out.servers, 1);
  out.service = item.meta().name + "-primary";
  out.manager = "patroni";
  out.promoted_by = "Patroni";
  if (const Value* users = at_path(item.manifest, {"spec", "users"}))
    for (const Value& user : users->items)
      if (const Value* databases = user.find("databases"))
        for (const Value& database : databases->items)
          out.databases.push_back(scalar_text(database));
  if (out.databases.empty()) out.databases.push_back(item.meta().name);
  const Value* repos = at_path(item.manifest, {"spec", "backups", "pgbackrest", "repos"});
  if (!repos) return out;
  out.archives = !repos->items.empty();
  for (const Value& repo : repos->items) {
    if (const std::string bucket = text_in(repo, {"s3", "bucket"}); !bucket.empty())
      out.store = "s3://" + bucket;
    if (const std::string bucket = text_in(repo, {"gcs", "bucket"}); !bucket.empty())
      out.store = "gs://" + bucket;
    if (const std::string full = text_in(repo, {"schedules", "full"}); !full.empty())
      out.schedules.push_back(as_cron(full));
  }
  return out;
}

struct PostgresRow {
  std::string_view api;
  std::string_view kind;
  OperatedPostgres (*read)(const Inventory&, const Item&);
};
constexpr std::array<PostgresRow, 4> postgres_rows{{
    {"postgresql.cnpg.io/", "Cluster", cloudnative_pg},
    {"acid.zalan.do/", "postgresql", zalando},
    {"postgres-operator.crunchydata.com/", "PostgresCluster", crunchy},
    {"pgv2.percona.com/", "PerconaPGCluster", crunchy},
}};

// ---- Redis ----------------------------------------------------------------------------------

OperatedRedis redis_cluster(const Item& item) {
  OperatedRedis out;
  out.cluster = true;
  out.masters = whole_at(item.manifest, {"spec", "clusterSize"}, 3);
  out.replicas = whole_at(item.manifest, {"spec", "redisFollower", "replicas"}, out.masters);
  return out;
}

OperatedRedis redis_failover(const Item& item) {
  OperatedRedis out;
  out.replicas = whole_at(item.manifest, {"spec", "redis", "replicas"}, 3) - 1;
  out.promoted_by = "Sentinel promotes a replica";
  return out;
}

OperatedRedis redis_replication(const Item& item) {
  OperatedRedis out;
  out.replicas = whole_at(item.manifest, {"spec", "clusterSize"}, 1) - 1;
  out.promoted_by = "with RedisSentinel, Sentinel promotes a replica";
  return out;
}

OperatedRedis redis_alone(const Item&) {
  return {};
}

struct RedisRow {
  std::string_view api;
  std::string_view kind;
  OperatedRedis (*read)(const Item&);
};
constexpr std::array<RedisRow, 4> redis_rows{{
    {"redis.redis.opstreelabs.in/", "RedisCluster", redis_cluster},
    {"databases.spotahome.com/", "RedisFailover", redis_failover},
    {"redis.redis.opstreelabs.in/", "RedisReplication", redis_replication},
    {"redis.redis.opstreelabs.in/", "Redis", redis_alone},
}};

template <typename Row>
const Row* row_of(std::string_view api, std::string_view kind, const Row* begin, const Row* end) {
  const Row* found = std::find_if(
      begin, end, [&](const Row& row) { return row.kind == kind && api.starts_with(row.api); });
  return found == end ? nullptr : found;
}

/// The resource of the table that is mentioned most, and its row.
template <typename Row, std::size_t size>
std::pair<const Item*, const Row*> chosen(const Inventory& inventory,
                                          const std::array<Row, size>& rows,
                                          std::vector<std::string>& others) {
  std::pair<const Item*, const Row*> best{nullptr, nullptr};
  int most = -1;
  for (const Item& item : inventory.items) {
    const Row* row = row_of(text_at(item.manifest, "apiVersion"), text_at(item.manifest, "kind"),
                            rows.data(), rows.data() + rows.size());
    if (!row) continue;
    others.push_back(item.meta().name);
    const int count = inventory.mentions(item.meta().name);
    if (count <= most) continue;
    most = count;
    best = {&item, row};
  }
  if (best.first) others.erase(std::find(others.begin(), others.end(), best.first->meta().name));
  return best;
}

}  // namespace

OperatedPostgres operated_postgres(const Inventory& inventory, std::vector<std::string>& others) {
  const auto [item, row] = chosen(inventory, postgres_rows, others);
  if (!item) return {};
  OperatedPostgres out = row->read(inventory, *item);
  out.resource = item;
  return out;
}

OperatedRedis operated_redis(const Inventory& inventory, std::vector<std::string>& others) {
  const auto [item, row] = chosen(inventory, redis_rows, others);
  if (!item) return {};
  OperatedRedis out = row->read(*item);
  out.keeps_data = at_path(item->manifest, {"spec", "storage"}) ||
                   at_path(item->manifest, {"spec", "redis", "storage", "persistentVolumeClaim"});
  out.resource = item;
  return out;
}

bool is_operators(std::string_view api, std::string_view kind) {
  return row_of(api, kind, postgres_rows.data(), postgres_rows.data() + postgres_rows.size()) ||
         row_of(api, kind, redis_rows.data(), redis_rows.data() + redis_rows.size()) ||
         (kind == "ScheduledBackup" && api.starts_with("postgresql.cnpg.io/"));
}

}  // namespace drdrill::importing
