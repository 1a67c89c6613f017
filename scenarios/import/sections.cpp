#include "scenarios/import/sections.hpp"

#include <algorithm>

#include "scenarios/import/classify.hpp"
#include "scenarios/import/stand_ins.hpp"
#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

using Kind = WorkloadModel::Kind;
using Remark = ImportRemark::Kind;

/// Adds what is assumed unless the assume file says it itself.
class Section {
 public:
  Section(Inventory& inventory, std::string name)
      : inventory_(inventory), name_(std::move(name)), value_(object()) {}

  void told(std::string_view key, Value value) { set(value_, key, std::move(value)); }
  void assumed(std::string_view key, Value value, const std::string& words) {
    const std::string pointer = "/" + name_ + "/" + std::string(key);
    if (!inventory_.decided(pointer)) inventory_.remark(Remark::assumed, {}, words, pointer);
    set(value_, key, std::move(value));
  }
  Value take() { return std::move(value_); }

 private:
  Inventory& inventory_;
  std::string name_;
  Value value_;
};

/// The Service that clients of a workload use: the one that is spoken of most, then one that has an
/// address of its own. Made up when there is none.
std::string service_name(Inventory& inventory, const Item& item, int port) {
  const kube::Workload workload = *item.workload();
  auto services = inventory.services_of(workload);
  if (services.empty()) {
    inventory.remark(Remark::stands_in, item.place(),
                     "no Service leads to \"" + workload.meta.name + "\"; one stands in");
    // One of its name may be there whose endpoints somebody else keeps, as Patroni does.
    std::string name = workload.meta.name;
    while (inventory.find("Service", workload.meta.ns, name)) name += "-pods";
    add_service(inventory, name, workload, port, false);
    return name;
  }
  constexpr std::size_t most = 64;  // no store has as many
  services.resize(std::min(services.size(), most));
  const kube::Service* best = nullptr;
  int best_rank = -1;
  for (const kube::Service* service : services) {
    const int rank =
        inventory.mentions(service->meta.name) * 2 + (service->cluster_ip == "None" ? 0 : 1);
    if (rank <= best_rank) continue;
    best_rank = rank;
    best = service;
  }
  return best->meta.name;
}

/// "postgres://user@host:5432/NAME?…" in anybody's environment.
void databases_of_urls(const Inventory& inventory, std::vector<std::string>& out) {
  for (const Item& item : inventory.items) {
    if (!item.workload()) continue;
    for (const kube::Container& container : item.workload()->pod_template().containers)
      for (const kube::EnvVar& variable : container.env) {
        if (!variable.value.starts_with("postgres")) continue;
        const std::size_t scheme = variable.value.find("://");
        if (scheme == std::string::npos) continue;
        const std::size_t slash = variable.value.find('/', scheme + 3);
        if (slash == std::string::npos) continue;
        const std::string rest = variable.value.substr(slash + 1);
        const std::string name = rest.substr(0, rest.find('?'));
        if (!name.empty() && !has_any(name, {"$", "/"})) out.push_back(name);
      }
  }
}

Value databases_value(Inventory& inventory, std::vector<std::string> names) {
  databases_of_urls(inventory, names);
  if (names.empty()) names.emplace_back("postgres");
  Value out = array_value();
  std::string all;
  for (const std::string& name : names) {
    const bool again = std::any_of(out.items.begin(), out.items.end(), [&](const Value& other) {
      return text_at(other, "name") == name;
    });
    if (again) continue;
    all += (all.empty() ? "" : ", ") + name;
    out.items.push_back(object({{"name", text(name)}, {"size", text("10GB")}}));
  }
  if (!inventory.decided("/postgres/databases"))
    inventory.remark(Remark::assumed, {}, "databases of 10 GB each: " + all, "/postgres/databases");
  return out;
}

/// "FIRST 1 (a, b)", "ANY 1 (a)", "a, b", "*": the pods of standbys that are meant.
void standbys(Inventory& inventory, const Settings& settings, Section& section) {
  if (settings.synchronous_standby_names.empty()) return;
  std::vector<std::string> pods;
  for (const Item* item : workloads_of(inventory, Kind::postgres_replica))
    for (int i = 0; i < item->workload()->replicas; ++i)
      pods.push_back(item->meta().name + "-" + std::to_string(i));
  std::vector<std::string> meant;
  for (const std::string& word : split(settings.synchronous_standby_names, " (),\"'")) {
    if (word == "*") meant = pods;
    if (std::find(pods.begin(), pods.end(), word) != pods.end()) meant.push_back(word);
  }
  if (meant.empty())
    return inventory.remark(Remark::left_out, settings.standbys_place,
                            "synchronous_standby_names " + settings.synchronous_standby_names +
                                " names no pod of a standby",
                            "/postgres/synchronous_standbys");
  section.told("synchronous_standbys", texts(meant));
  const auto words = split(settings.synchronous_standby_names, " (),\"'");
  const bool any = words.front() == "ANY" || words.front() == "any";
  const bool first = words.front() == "FIRST" || words.front() == "first";
  if (any) section.told("synchronous_method", text_value("any"));
  const std::string& counted =
      any || first ? words[std::min<std::size_t>(1, words.size() - 1)] : words.front();
  const int count = std::atoi(counted.c_str());
  if (count > 1 && count <= static_cast<int>(meant.size()))
    section.told("synchronous_count", whole_value(count));
}

/// Host(`a.example.com`) of a Traefik route.
std::string host_of_match(const std::string& match) {
  const std::size_t at = match.find("Host(");
  if (at == std::string::npos) return {};
  const auto words = split(std::string_view(match).substr(at + 5), "`\"') ");
  return words.empty() ? std::string() : words.front();
}

std::vector<std::string> hosts_of(const Item& item) {
  std::vector<std::string> out;
  if (const auto* ingress = std::get_if<kube::Ingress>(&item.object))
    for (const kube::IngressRoute& route : *ingress->routes) out.push_back(route.host);
  const std::string kind = text_at(item.manifest, "kind");
  const Value* spec = item.manifest.find("spec");
  if (!spec) return out;
  if (kind == "IngressRoute")
    if (const Value* routes = spec->find("routes"))
      for (const Value& route : routes->items)
        out.push_back(host_of_match(text_at(route, "match")));
  for (const char* key : {"hostnames", "hosts"})
    if (kind == "HTTPRoute" || kind == "VirtualService")
      if (const Value* hosts = spec->find(key))
        for (const Value& host : hosts->items) out.push_back(scalar_text(host));
  if (kind == "Route") out.push_back(text_at(*spec, "host"));
  return out;
}

std::string hostname_of(const Inventory& inventory) {
  std::string first;
  for (const Item& item : inventory.items)
    for (const std::string& host : hosts_of(item)) {
      if (host.empty() || has_any(host, {"*", "grafana", "prometheus", "minio"})) continue;
      if (first.empty()) first = host;
      if (has(host, "api")) return host;
    }
  return first;
}

/// The Service of type LoadBalancer that leads to an ingress; made up when there is none.
std::string entry_service(Inventory& inventory) {
  const auto proxies = workloads_of(inventory, Kind::ingress);
  for (const Item* item : proxies)
    for (const kube::Service* service : inventory.services_of(*item->workload()))
      if (service->type == "LoadBalancer") return service->meta.name;
  if (proxies.empty()) return {};
  const kube::Workload workload = *proxies.front()->workload();
  std::string name = "assumed-load-balancer";
  inventory.remark(Remark::stands_in, proxies.front()->place(),
                   "no Service of type LoadBalancer leads to \"" + workload.meta.name + "\"; \"" +
                       name + "\" stands in");
  add_service(inventory, name, workload, 443, true);
  return name;
}

}  // namespace

Value postgres_section(Inventory& inventory, const Settings& settings, const Backups& backups) {
  Section section(inventory, "postgres");
  const auto primaries = workloads_of(inventory, Kind::postgres_primary);
  constexpr int port = 5432;
  if (!primaries.empty())
    section.told("service", text(service_name(inventory, *primaries.front(), port)));
  std::vector<std::string> names = settings.databases;
  names.insert(names.end(), inventory.databases.begin(), inventory.databases.end());
  names.insert(names.end(), backups.databases.begin(), backups.databases.end());
  section.told("databases", databases_value(inventory, std::move(names)));
  section.assumed("writes", text("10/s"), "10 commits a second in PostgreSQL");
  section.assumed("wal", text("0.1MB/s"), "0.1 MB of WAL a second");
  standbys(inventory, settings, section);
  if (!inventory.postgres_manager.empty())
    section.told("manager", text(inventory.postgres_manager));
  if (!settings.synchronous_commit.empty())
    section.told("synchronous_commit", text(settings.synchronous_commit));
  return section.take();
}

Value redis_section(Inventory& inventory, const Settings& settings) {
  Section section(inventory, "redis");
  const auto masters = workloads_of(inventory, Kind::redis_master);
  constexpr int port = 6379;
  if (!masters.empty())
    section.told("service", text(service_name(inventory, *masters.front(), port)));
  section.assumed("writes", text("100/s"), "100 writes a second in Redis");
  section.assumed("data", text("0.1GB"), "0.1 GB of data in Redis");
  if (inventory.redis_cluster)
    section.told("require_full_coverage", truth_value(settings.full_coverage.value_or(true)));
  else
    section.told("cluster", truth_value(false));
  return section.take();
}

Value entry_section(Inventory& inventory) {
  Section section(inventory, "entry");
  section.told("service", text(entry_service(inventory)));
  const std::string host = hostname_of(inventory);
  if (host.empty())
    section.assumed("hostname", text("api.example.com"), "clients ask for api.example.com");
  else
    section.told("hostname", text(host));
  section.assumed("dns_ttl", text("300s"), "a DNS answer is good for 300 s");
  return section.take();
}

Value people_section(Inventory& inventory) {
  if (inventory.decided("/people")) return array_value();
  inventory.remark(Remark::assumed, {}, "one person on call, awake from 7 to 23", "/people");
  return array_value({object({{"name", text("on-call")},
                              {"role", text("on-call")},
                              {"awake_from_hour", whole_value(7)},
                              {"awake_to_hour", whole_value(23)}})});
}

Value load_section(Inventory& inventory) {
  constexpr int participants = 100;
  constexpr double churn = 0.02;
  Section section(inventory, "load");
  section.assumed("meetings", whole_value(1), "one meeting");
  section.assumed("participants_per_meeting", whole_value(participants), "of 100 participants");
  section.assumed("join_window", text("5m"), "who joined within 5 minutes");
  section.assumed("churn_per_hour", share(churn), "of whom 2 % are replaced in an hour");
  section.assumed("placement", text("single"), "on one SFU node, as LiveKit places a room");
  section.assumed("api_writes", text("10/s"), "10 writes a second through the API");
  return section.take();
}

Value dependencies_section(Inventory& inventory) {
  if (!inventory.decided("/dependencies"))
    inventory.remark(Remark::assumed, {},
                     "the API needs PostgreSQL, Redis and the load balancer, the SFU needs Redis",
                     "/dependencies");
  return object(
      {{"api", texts({"postgres", "redis", "load-balancer"})},
       {"livekit-sfu", texts({"redis"})},
       {"platform", texts({"api", "livekit-sfu", "load-balancer", "postgres", "redis"})}});
}

}  // namespace drdrill::importing
