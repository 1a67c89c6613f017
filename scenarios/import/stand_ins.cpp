#include "scenarios/import/stand_ins.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/import/classify.hpp"
#include "scenarios/import/operators.hpp"
#include "scenarios/import/stand_in_manifests.hpp"
#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

using Kind = WorkloadModel::Kind;
using Remark = ImportRemark::Kind;

void add_item(Inventory& inventory, Value manifest, std::optional<WorkloadModel> model) {
  Problems found;
  std::vector<kube::Object> objects;
  kube::read_manifest(manifest, "", found, objects, inventory.home);
  if (objects.size() != 1) return;
  Item item{"", std::move(manifest), std::move(objects.front()), {}, model.has_value()};
  if (model) {
    item.model = *model;
    item.model.ns = item.meta().ns;
    item.model.workload = item.meta().name;
  }
  inventory.add(std::move(item));
}

void add_workload(Inventory& inventory, const Shape& shape, WorkloadModel model) {
  add_item(inventory, manifest_of(shape), std::move(model));
}

WorkloadModel model_of(Kind kind) {
  WorkloadModel model;
  model.kind = kind;
  return model;
}

constexpr const char* postgres_data = "/var/lib/postgresql/data";
constexpr const char* redis_data = "/data";

class StandIns {
 public:
  explicit StandIns(Inventory& inventory) : inventory_(inventory) {}

  void run() {
    if (lacks(Kind::postgres_primary)) postgres();
    if (lacks(Kind::redis_master)) redis();
    if (lacks(Kind::livekit_sfu))
      plain({"assumed-livekit", "livekit/livekit-server:v1.8", 2, 7880, false, "", {}},
            model_of(Kind::livekit_sfu), "an SFU");
    if (lacks(Kind::api_service)) {
      WorkloadModel api = model_of(Kind::api_service);
      api.role = "meeting";
      api.concurrency = 8;
      api.on_join_path = true;
      plain({"assumed-api", "assumed/api:1", 2, 8080, false, "", {}}, api, "an API service");
    }
    if (lacks(Kind::ingress))
      plain({"assumed-ingress", "traefik:v3.0", 2, 443, false, "", {}}, model_of(Kind::ingress),
            "an ingress controller");
    if (lacks(Kind::monitoring)) monitoring();
  }

 private:
  bool lacks(Kind kind) { return workloads_of(inventory_, kind).empty(); }

  void tell(const std::string& what, const std::string& name, const SourcePlace& place = {}) {
    inventory_.remark(
        Remark::stands_in, place,
        what + "; \"" + name + "\" stands in, and what reports say of it is about that one");
  }

  void plain(const Shape& shape, WorkloadModel model, const std::string& what) {
    add_workload(inventory_, shape, std::move(model));
    serve(shape, shape.name);
    tell("no manifest has " + what, shape.name);
  }

  void serve(const Shape& shape, const std::string& service) {
    const Item& last = inventory_.items.back();
    if (const kube::Workload* workload = last.workload())
      add_service(inventory_, service, kube::Workload(*workload), shape.port, false);
  }

  /// The Prometheus operator's resource says how many there are.
  void monitoring() {
    const Shape one{"assumed-prometheus", "prom/prometheus:v2.53", 1, 9090, true, "", {}};
    for (const Item& item : inventory_.items) {
      if (text_at(item.manifest, "kind") != "Prometheus" ||
          !text_at(item.manifest, "apiVersion").starts_with("monitoring.coreos.com/"))
        continue;
      Shape made = one;
      made.name = "prometheus-" + item.meta().name;
      if (const Value* replicas = at_path(item.manifest, {"spec", "replicas"}))
        made.replicas = std::max(static_cast<int>(replicas->integer), 1);
      const SourcePlace place = item.place();
      add_workload(inventory_, made, model_of(Kind::monitoring));
      serve(made, made.name);
      return inventory_.remark(Remark::stands_in, place,
                               "\"" + made.name + "\" stands for what the operator makes of it");
    }
    plain(one, model_of(Kind::monitoring), "Prometheus");
  }

  void postgres() {
    std::vector<std::string> others;
    const OperatedPostgres made = operated_postgres(inventory_, others);
    if (!made.resource) {
      Shape one{"assumed-postgres", "postgres:15", 1, 5432, true, "", {}};
      one.data = postgres_data;
      add_workload(inventory_, one, model_of(Kind::postgres_primary));
      serve(one, one.name);
      return tell("no manifest has PostgreSQL", one.name);
    }
    const std::string name = made.resource->meta().name;
    const SourcePlace place = made.resource->place();
    const std::string kind = text_at(made.resource->manifest, "kind");
    Shape servers{name, "postgres:15", made.servers, 5432, true, "", {}};
    servers.data = postgres_data;
    servers.archives = made.archives;
    if (made.archives)
      servers.args = {"-c", "archive_mode=on",     "-c", "archive_command=cp %p /archive/wal/%f",
                      "-c", "archive_timeout=5min"};
    WorkloadModel model = model_of(Kind::postgres_primary);
    if (made.servers > 1) model.capacity = 1;  // the first leads, as long as it lives
    add_workload(inventory_, servers, model);
    serve(servers, made.service);
    inventory_.databases = made.databases;
    inventory_.postgres_manager = made.manager;
    inventory_.remark(
        Remark::stands_in, place,
        kind + " \"" + name + "\": " + std::to_string(made.servers) +
            (made.servers == 1 ? " server stands" : " servers stand") +
            " for what the operator makes" +
            (made.servers > 1 ? "; " + made.promoted_by + " promotes a standby by itself" : ""));
    backups(made, name, place);
    not_taken("PostgreSQL", name, others, place);
  }

  /// A volume outside of the nodes stands for the store, and jobs for the operator's backups.
  void backups(const OperatedPostgres& made, const std::string& name, const SourcePlace& place) {
    if (!made.archives && made.schedules.empty()) return;
    for (Value& manifest : store_manifests())
      add_item(inventory_, std::move(manifest), std::nullopt);
    int count = 0;
    for (const std::string& schedule : made.schedules)
      add_item(inventory_,
               backup_job(name + "-backup" + (count++ > 0 ? "-" + std::to_string(count) : ""), made,
                          schedule),
               std::nullopt);
    const std::string where = made.store.empty() ? "the operator's store" : made.store;
    inventory_.remark(Remark::stands_in, place,
                      "volume claim \"" + std::string(store_claim) + "\" stands for " + where +
                          ", with " +
                          (made.archives ? "archived WAL (a segment every 5 minutes at the latest)"
                                         : "no archived WAL") +
                          " and " + std::to_string(made.schedules.size()) + " scheduled " +
                          (made.dumps ? "dumps" : "base backups"));
  }

  void not_taken(const std::string& what, const std::string& taken,
                 const std::vector<std::string>& others, const SourcePlace& place) {
    if (others.empty()) return;
    constexpr std::size_t most = 10;
    std::string names;
    for (std::size_t i = 0; i < std::min(others.size(), most); ++i)
      names += (i > 0 ? ", " : "") + others[i];
    if (others.size() > most) names += " and " + std::to_string(others.size() - most) + " more";
    inventory_.remark(Remark::left_out, place,
                      "of several installations of " + what + " \"" + taken +
                          "\" is modelled; left out: " + names);
  }

  void redis() {
    std::vector<std::string> others;
    const OperatedRedis made = operated_redis(inventory_, others);
    if (!made.resource) {
      Shape one{"assumed-redis", "redis:7.2", 1, 6379, true, "", {"--appendonly", "yes"}};
      one.data = redis_data;
      add_workload(inventory_, one, model_of(Kind::redis_master));
      serve(one, one.name);
      inventory_.redis_cluster = false;
      return tell("no manifest has Redis", one.name);
    }
    const std::string name = made.resource->meta().name;
    const SourcePlace place = made.resource->place();
    const std::string kind = text_at(made.resource->manifest, "kind");
    inventory_.redis_cluster = made.cluster;
    Shape masters{
        made.cluster ? name + "-leader" : name, "redis:7.2", made.masters, 6379, true, "", {}};
    if (made.keeps_data) masters.data = redis_data;
    add_workload(inventory_, masters, model_of(Kind::redis_master));
    serve(masters, masters.name);
    Shape followers = masters;
    followers.name = name + "-follower";
    followers.replicas = made.replicas;
    if (made.cluster && made.replicas > 0)
      add_workload(inventory_, followers, model_of(Kind::redis_replica));
    const std::string also =
        made.cluster ? std::to_string(made.masters) + " masters and " +
                           std::to_string(made.replicas) + " replicas of a Redis Cluster stand"
        : made.replicas > 0 ? "one server stands, without its " + std::to_string(made.replicas) +
                                  (made.replicas == 1 ? " replica" : " replicas") + " (" +
                                  made.promoted_by + ", which no model does)"
                            : "one server stands";
    inventory_.remark(Remark::stands_in, place,
                      kind + " \"" + name + "\": " + also + " for what the operator makes");
    not_taken("Redis", name, others, place);
  }

  Inventory& inventory_;
};

/// Manifests name namespaces that kubectl or helm was to be told of; whatever is named is there.
void add_namespaces(Inventory& inventory) {
  std::set<std::string, std::less<>> known{inventory.home, "default", "kube-node-lease",
                                           "kube-public", "kube-system"};
  std::vector<std::string> missing;
  for (const Item& item : inventory.items)
    if (kube::kind_of(item.object) == "Namespace") known.insert(item.meta().name);
  for (const Item& item : inventory.items)
    if (!item.meta().ns.empty() && known.insert(item.meta().ns).second)
      missing.push_back(item.meta().ns);
  for (const std::string& name : missing)
    add_item(inventory,
             object({{"apiVersion", text("v1")},
                     {"kind", text("Namespace")},
                     {"metadata", object({{"name", text(name)}})}}),
             std::nullopt);
}

}  // namespace

void add_service(Inventory& inventory, const std::string& name, const kube::Workload& workload,
                 int port, bool load_balancer) {
  Value selector = object();
  for (const kube::Label& label : workload.pod_template().labels)
    set(selector, label.key, text(label.value));
  Value spec = object(
      {{"selector", std::move(selector)},
       {"ports",
        array_value({object({{"port", whole_value(port)}, {"targetPort", whole_value(port)}})})}});
  if (load_balancer) set(spec, "type", text("LoadBalancer"));
  add_item(
      inventory,
      object({{"apiVersion", text("v1")},
              {"kind", text("Service")},
              {"metadata", object({{"name", text(name)}, {"namespace", text(workload.meta.ns)}})},
              {"spec", spec}}),
      std::nullopt);
}

void add_stand_ins(Inventory& inventory) {
  StandIns(inventory).run();
  add_namespaces(inventory);
}

}  // namespace drdrill::importing
