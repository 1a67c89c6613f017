#include "scenarios/cluster_file.hpp"

#include <algorithm>
#include <charconv>

#include "scenarios/files.hpp"
#include "scenarios/object_file.hpp"
#include "sim/kube/quantity.hpp"

namespace drdrill {
namespace {

constexpr std::int64_t most_nodes = 10'000;

/// Text. A number is none, as 1.30 would be 1.3, unless it comes from a setting, which keeps how it
/// was written.
kube::Version read_version(Reader& reader) {
  const Value* given = reader.value().find("kubernetes");
  const bool number =
      given && (given->kind == Value::Kind::integer || given->kind == Value::Kind::number);
  if (number && given->text.empty()) {
    reader.skip("kubernetes");
    reader.problem("kubernetes", "a version is text; write \"1.31\"");
    return {};
  }
  const std::string text = number ? given->text : reader.string("kubernetes");
  if (number) reader.skip("kubernetes");
  if (const auto version = kube::parse_version(text)) return *version;
  if (given)
    reader.problem("kubernetes",
                   "\"" + text.substr(0, 20) + "\" is no Kubernetes version; write \"1.31\"");
  return {};
}

/// CPU or memory as Kubernetes writes them; a number is taken as it is.
std::int64_t read_resource(Reader& reader, std::string_view key,
                           std::optional<std::int64_t> (*parse)(std::string_view),
                           std::string_view example) {
  const auto member = reader.member(key, true);
  if (!member) return 0;
  const Value& value = member->value();
  std::optional<std::int64_t> found;
  if (value.kind == Value::Kind::string) found = parse(value.text);
  if (value.kind == Value::Kind::integer && value.integer > 0)
    found = parse(std::to_string(value.integer));
  if (found && *found > 0) return *found;
  member->problem("expected a quantity above 0 as Kubernetes writes it, such as " +
                  std::string(example));
  return 0;
}

kube::Labels read_labels(Reader& reader) {
  kube::Labels labels;
  reader.each_member("labels", [&](const std::string& key, Reader& value) {
    if (value.value().kind == Value::Kind::string)
      kube::set_label(labels, key, value.value().text);
    else
      value.problem("expected a string, found " + std::string(kind_name(value.value().kind)));
  });
  return labels;
}

std::vector<kube::Taint> read_taints(Reader& reader) {
  constexpr std::array<std::string_view, 3> effects{"NoSchedule", "PreferNoSchedule", "NoExecute"};
  std::vector<kube::Taint> taints;
  reader.each("taints", [&](Reader& r) {
    kube::Taint taint;
    taint.key = read_name(r, "key");
    taint.value = r.string("value", std::string());
    taint.effect = static_cast<kube::TaintEffect>(r.one_of("effect", effects));
    r.finish();
    taints.push_back(std::move(taint));
  });
  return taints;
}

void report_zone(const Reader& reader, const std::string& region, const std::string& name,
                 const std::vector<std::string_view>& known) {
  reader.problem("zones", "there is no zone \"" + name + "\" in region \"" + region + "\"" +
                              suggestion(name, known));
}

std::vector<std::string> read_zones(Reader& reader, const PlatformSpec& platform,
                                    const std::string& region) {
  std::vector<std::string> known;
  for (const ZoneSpec& zone : platform.zones)
    if (zone.region == region) known.push_back(zone.name);
  std::vector<std::string> zones;
  for (std::string& name : reader.strings("zones")) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      report_zone(reader, region, name, views(known));
    else
      zones.push_back(std::move(name));
  }
  return zones.empty() ? known : zones;
}

void read_pool(Reader& reader, const PlatformSpec& platform, ClusterSpec& cluster,
               std::vector<std::string>& names) {
  NodePoolSpec pool;
  kube::Node& node = pool.node;
  node.pool = read_name(reader, "name");
  claim_name(reader, "name", node.pool, names);
  pool.count = static_cast<int>(reader.integer("count", 0, most_nodes));
  pool.zones = read_zones(reader, platform, cluster.region);
  node.region = cluster.region;
  node.cpu_milli = read_resource(reader, "cpu", kube::parse_milli, "\"16\" or \"500m\"");
  node.memory_bytes = read_resource(reader, "memory", kube::parse_bytes, "\"64Gi\"");
  node.max_pods = static_cast<int>(reader.integer("max_pods", 1, 1000, 110));
  node.meta.labels = read_labels(reader);
  node.meta.at = reader.at();
  node.taints = read_taints(reader);
  pool.names = reader.string("names", node.pool + "-{}");
  pool.most = pool.count;
  if (auto growth = reader.object("autoscale")) {
    pool.most = static_cast<int>(growth->integer("max", pool.count, most_nodes));
    growth->finish();
  }
  reader.finish();
  if (pool.names.find("{}") == std::string::npos) {
    reader.problem("names",
                   "expected a pattern with {} for the number, such as \"" + node.pool + "-{}\"");
    return;
  }
  for (int i = 1; i <= pool.count; ++i) {
    kube::Node made = node;
    made.meta.name = pool.name_of(i);
    made.zone = pool.zone_of(i);
    if (kube::find_node(cluster.initial, made.meta.name) != kube::no_index) {
      reader.problem("there is another node \"" + made.meta.name + "\" before this pool's");
      return;
    }
    kube::add_node(cluster.initial, std::move(made));
  }
  cluster.pools.push_back(std::move(pool));
}

std::string read_region(Reader& reader, const PlatformSpec& platform) {
  std::string region = reader.string("region");
  const auto& known = platform.regions;
  if (reader.has("region") && std::find(known.begin(), known.end(), region) == known.end())
    reader.unknown("region", "region", region, views(known));
  return region;
}

}  // namespace

void read_clusters(Reader& root, PlatformSpec& platform, std::vector<std::string>& pools) {
  std::vector<std::string> names;
  std::vector<std::string> contexts;
  root.each("clusters", [&](Reader& reader) {
    ClusterSpec cluster;
    const std::string name = read_name(reader, "name");
    claim_name(reader, "name", name, names);
    const std::string context = reader.string("context", name);
    claim_name(reader, reader.has("context") ? "context" : "name", context, contexts);
    cluster.region = read_region(reader, platform);
    cluster.home_namespace = read_name(reader, "namespace");
    cluster.hostname = reader.string("hostname", std::string());
    cluster.standby = reader.boolean("standby", false);
    cluster.initial = kube::make_cluster(name, context, read_version(reader));
    if (!cluster.home_namespace.empty())
      kube::add_namespace(cluster.initial, cluster.home_namespace);
    reader.each("node_pools", [&](Reader& pool) { read_pool(pool, platform, cluster, pools); });
    if (platform.clusters.empty() && cluster.standby)
      reader.problem("standby",
                     "the first cluster is where clients are sent; it cannot be standby");
    platform.clusters.push_back(std::move(cluster));
    read_objects(reader, platform);
    reader.finish();
  });
  if (platform.clusters.empty()) root.problem("clusters", "a platform has at least one cluster");
}

bool names_pod_of(const kube::Workload& workload, std::string_view name) {
  if (!name.starts_with(workload.meta.name)) return false;
  const std::string_view rest = name.substr(workload.meta.name.size());
  if (rest.empty()) return true;
  if (workload.kind != kube::Workload::Kind::stateful_set || rest.front() != '-') return false;
  int ordinal = 0;
  const auto parsed = std::from_chars(rest.data() + 1, rest.data() + rest.size(), ordinal);
  return parsed.ec == std::errc{} && parsed.ptr == rest.data() + rest.size() && ordinal >= 0 &&
         ordinal < workload.replicas;
}

std::vector<std::string> pod_names(const kube::Cluster& cluster) {
  std::vector<std::string> names;
  for (const kube::Workload& workload : cluster.workloads) {
    names.push_back(workload.meta.name);
    if (workload.kind != kube::Workload::Kind::stateful_set) continue;
    for (int i = 0; i < workload.replicas; ++i)
      names.push_back(workload.meta.name + "-" + std::to_string(i));
  }
  return names;
}

}  // namespace drdrill
