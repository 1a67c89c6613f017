#include "scenarios/platform_sections.hpp"

#include <algorithm>
#include <array>

#include "scenarios/cluster_file.hpp"
#include "scenarios/cron.hpp"
#include "scenarios/dependencies.hpp"
#include "scenarios/files.hpp"
#include "scenarios/origin.hpp"
#include "scenarios/postgres_file.hpp"
#include "scenarios/quantity.hpp"
#include "sim/drill/sfu_server.hpp"

namespace drdrill {
namespace {

using Kind = WorkloadModel::Kind;

ComponentId read_component(Reader& reader, std::string_view key) {
  const auto names = component_names();
  return static_cast<ComponentId>(reader.one_of(key, names));
}

/// Without a cluster one pod leads, of a StatefulSet or of a Deployment.
void check_redis(const Reader& reader, const PlatformSpec& platform) {
  if (platform.redis.cluster) return;
  int pods = 0;
  for (const WorkloadModel& model : platform.workloads) {
    if (model.kind != WorkloadModel::Kind::redis_master || model.cluster != 0) continue;
    for (const kube::Workload& workload : platform.clusters[model.cluster].initial.workloads)
      if (workload.meta.ns == model.ns && workload.meta.name == model.workload)
        pods +=
            model.capacity > 0 ? std::min(model.capacity, workload.replicas) : workload.replicas;
  }
  if (pods != 1)
    reader.problem("cluster", std::to_string(pods) +
                                  " pods of workloads with model \"redis-master\"; without a "
                                  "cluster there is one");
}

void read_redis(Reader& root, PlatformSpec& platform) {
  auto reader = root.object("redis", true);
  if (!reader) return;
  read_service(*reader, platform, platform.redis.service);
  platform.redis.writes_per_second = read_quantity(*reader, "writes", ParameterUnit::per_second);
  platform.redis.data_bytes = read_quantity(*reader, "data", ParameterUnit::bytes);
  platform.redis.cluster = reader->boolean("cluster", true);
  platform.redis.require_full_coverage = reader->boolean("require_full_coverage", true);
  check_redis(*reader, platform);
  reader->finish();
}

void read_entry(Reader& root, PlatformSpec& platform) {
  auto reader = root.object("entry", true);
  if (!reader) return;
  const kube::Service* service = read_service(*reader, platform, platform.entry.service);
  if (service && service->type != "LoadBalancer")
    reader->problem("service", "\"" + service->meta.name + "\" is of type " + service->type +
                                   "; clients enter through one of type LoadBalancer");
  platform.entry.hostname = read_name(*reader, "hostname");
  platform.entry.dns_ttl = reader->duration("dns_ttl");
  constexpr std::array<std::string_view, 2> targets{"checked", "ready"};
  platform.entry.takes_ready_pods = reader->one_of("targets", targets, 0) == 1;
  reader->finish();
}

void read_dns(Reader& root, PlatformSpec& platform) {
  if (auto reader = root.object("dns", false)) {
    platform.dns.provider = read_name(*reader, "provider");
    platform.dns.zone = read_name(*reader, "zone");
    platform.dns.record = read_name(*reader, "record");
    platform.dns.token = read_name(*reader, "token");
    reader->finish();
  }
  root.each_member("environment", [&](const std::string& name, Reader& value) {
    if (value.value().kind == Value::Kind::string)
      platform.environment.emplace_back(name, value.value().text);
    else
      value.problem("expected a string, found " + std::string(kind_name(value.value().kind)));
  });
}

void read_buckets(Reader& root, PlatformSpec& platform) {
  std::vector<std::string> names;
  root.each("buckets", [&](Reader& reader) {
    BucketSpec bucket;
    bucket.name = read_name(reader, "name");
    claim_name(reader, "name", bucket.name, names);
    bucket.region = read_name(reader, "region");
    if (!bucket.region.empty() && std::find(platform.regions.begin(), platform.regions.end(),
                                            bucket.region) == platform.regions.end())
      reader.unknown("region", "region", bucket.region, views(platform.regions));
    reader.finish();
    platform.buckets.push_back(std::move(bucket));
  });
}

void read_people(Reader& root, PlatformSpec& platform) {
  std::vector<std::string> names;
  root.each("people", [&](Reader& reader) {
    PersonSpec person;
    person.name = read_name(reader, "name");
    claim_name(reader, "name", person.name, names);
    person.role = read_name(reader, "role");
    person.awake_from_hour = static_cast<int>(reader.integer("awake_from_hour", 0, 24, 0));
    person.awake_to_hour = static_cast<int>(reader.integer("awake_to_hour", 0, 24, 24));
    reader.finish();
    platform.people.push_back(std::move(person));
  });
}

/// Somebody's.
std::string read_role(Reader& reader, const PlatformSpec& platform) {
  std::string role = read_name(reader, "role");
  std::vector<std::string_view> roles;
  for (const PersonSpec& person : platform.people) roles.push_back(person.role);
  const bool told =
      std::find(roles.begin(), roles.end(), "") != roles.end();  // a person without one
  if (!role.empty() && !told && std::find(roles.begin(), roles.end(), role) == roles.end())
    reader.unknown("role", "person with role", role, roles);
  return role;
}

void read_escalation(Reader& reader, PlatformSpec& platform) {
  std::vector<EscalationSpec>& escalation = platform.monitoring.escalation;
  EscalationSpec next;
  next.after = reader.duration("after");
  next.role = read_role(reader, platform);
  if (!escalation.empty() && reader.has("after") && next.after <= escalation.back().after)
    reader.problem("after", "expected more than " + spell_duration(escalation.back().after) +
                                ", as in the one before");
  reader.finish();
  escalation.push_back(std::move(next));
}

void read_rule(Reader& reader, PlatformSpec& platform, std::vector<std::string>& names) {
  AlertRule rule;
  rule.name = read_name(reader, "name");
  claim_name(reader, "name", rule.name, names);
  rule.component = read_component(reader, "component");
  rule.hold = reader.duration("hold");
  rule.role = read_role(reader, platform);
  rule.place = origin_of(reader);
  reader.finish();
  platform.monitoring.rules.push_back(std::move(rule));
}

Duration read_interval(Reader& reader, std::string_view key) {
  const Duration interval = reader.duration(key);
  const Value* found = reader.value().find(key);
  const bool zero = found && found->kind == Value::Kind::string && parse_duration(found->text) &&
                    interval == Duration::zero();
  if (zero) reader.problem(key, "expected more than 0");
  return interval;
}

void read_monitoring(Reader& root, PlatformSpec& platform) {
  auto reader = root.object("monitoring", true);
  if (!reader) return;
  MonitoringSpec& monitoring = platform.monitoring;
  monitoring.scrape_interval = read_interval(*reader, "scrape_interval");
  monitoring.scrape_interval_sfu = reader->has("scrape_interval_sfu")
                                       ? read_interval(*reader, "scrape_interval_sfu")
                                       : monitoring.scrape_interval;
  reader->skip("scrape_interval_sfu");
  monitoring.evaluation_interval = read_interval(*reader, "evaluation_interval");
  std::vector<std::string> names;
  reader->each("rules", [&](Reader& rule) { read_rule(rule, platform, names); });
  reader->each("escalation", [&](Reader& next) { read_escalation(next, platform); });
  reader->finish();
}

void read_backups(Reader& root, PlatformSpec& platform) {
  std::vector<std::string> names;
  root.each("backups", [&](Reader& reader) {
    BackupSpec backup;
    backup.name = read_name(reader, "name");
    claim_name(reader, "name", backup.name, names);
    backup.component = read_component(reader, "component");
    backup.schedule = reader.string("schedule", std::string());
    if (!backup.schedule.empty())
      if (const auto mistake = cron_mistake(backup.schedule)) reader.problem("schedule", *mistake);
    backup.keep = reader.duration("keep");
    backup.region = reader.string("region");
    const auto& known = platform.regions;
    if (!backup.region.empty() &&
        std::find(known.begin(), known.end(), backup.region) == known.end())
      reader.unknown("region", "region", backup.region, views(known));
    backup.place = read_name(reader, "place");
    backup.tool = read_name(reader, "tool");
    backup.at = origin_of(reader);
    reader.finish();
    platform.backups.push_back(std::move(backup));
  });
}

void read_curve(Reader& reader, LoadSpec& load) {
  load.daily_curve.fill(1);
  const auto curve = reader.member("daily_curve");
  if (!curve) return;
  const auto& items = curve->value().items;
  if (items.size() != load.daily_curve.size())
    return curve->problem("expected 24 shares, one for each hour of the local day, found " +
                          std::to_string(items.size()));
  for (std::size_t hour = 0; hour < items.size(); ++hour) {
    if (const auto share = quantity_of(items[hour], ParameterUnit::share))
      load.daily_curve[hour] = *share;
    else
      curve->problems().add({curve->file(), items[hour].at,
                             curve->pointer() + "/" + std::to_string(hour),
                             "expected " + std::string(how_to_write(ParameterUnit::share))});
  }
}

/// Where a record of the API has to be; PostgreSQL always.
void read_api_stores(Reader& reader, LoadSpec& load) {
  constexpr std::array<std::string_view, 2> stores{"postgres", "redis"};
  bool postgres = !reader.has("api_writes_to");
  for (const std::string& store : reader.strings("api_writes_to")) {
    postgres = postgres || store == stores[0];
    load.api_writes_to_redis = load.api_writes_to_redis || store == stores[1];
    if (std::find(stores.begin(), stores.end(), store) == stores.end())
      reader.unknown("api_writes_to", "store", store, stores);
  }
  if (!postgres)
    reader.problem("api_writes_to", "the API's records are in \"postgres\", whatever else");
}

void read_load(Reader& root, PlatformSpec& platform) {
  constexpr std::array<std::string_view, 2> placements{"split", "single"};
  constexpr std::int64_t most_meetings = 100'000;
  constexpr std::int64_t most_participants = 1'000'000;
  auto reader = root.object("load", true);
  if (!reader) return;
  LoadSpec& load = platform.load;
  load.meetings = static_cast<int>(reader->integer("meetings", 1, most_meetings));
  load.participants_per_meeting =
      static_cast<int>(reader->integer("participants_per_meeting", 1, most_participants));
  const std::int64_t all = static_cast<std::int64_t>(load.meetings) * load.participants_per_meeting;
  if (all > most_participants)
    reader->problem("participants_per_meeting", std::to_string(all) +
                                                    " participants in all; expected at most " +
                                                    std::to_string(most_participants));
  load.join_window = reader->duration("join_window");
  load.churn_per_hour = read_quantity(*reader, "churn_per_hour", ParameterUnit::share, 0);
  load.placement = static_cast<LoadSpec::Placement>(reader->one_of("placement", placements, 0));
  const bool janus = std::any_of(platform.workloads.begin(), platform.workloads.end(), is_janus);
  if (janus && load.placement != LoadSpec::Placement::single)
    reader->problem("placement", "a room of Janus is on one server; expected \"single\"");
  load.api_writes_per_second = read_quantity(*reader, "api_writes", ParameterUnit::per_second, 0);
  read_api_stores(*reader, load);
  read_curve(*reader, load);
  reader->finish();
}

}  // namespace

void read_sections(Reader& root, PlatformSpec& platform) {
  read_people(root, platform);
  read_postgres(root, platform);
  read_redis(root, platform);
  read_entry(root, platform);
  read_dns(root, platform);
  read_buckets(root, platform);
  read_monitoring(root, platform);
  read_backups(root, platform);
  read_load(root, platform);
  read_dependencies(root, platform.dependencies);
}

void read_costs(Reader& root, PlatformSpec& platform, const std::vector<std::string>& pools) {
  constexpr double most_usd = 1e9;
  auto reader = root.object("costs");
  if (!reader) return;
  for (const Value::Member& member : reader->value().members) {
    const double usd = reader->number(member.key, 0, most_usd);
    if (std::find(pools.begin(), pools.end(), member.key) == pools.end())
      reader->unknown(member.key, "node pool", member.key, views(pools));
    platform.costs.push_back({member.key, usd});
  }
}

}  // namespace drdrill
