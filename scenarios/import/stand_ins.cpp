#include "scenarios/import/stand_ins.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/import/classify.hpp"
#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

using Kind = WorkloadModel::Kind;
using Remark = ImportRemark::Kind;

struct Shape {
  std::string name;
  std::string image;
  int replicas = 1;
  int port = 80;
  bool stateful = false;
  std::string follows;  ///< the Service of its primary
};

Value labels_of(const std::string& name) {
  return object({{"app", text(name)}, {"drdrill", text("stands-in")}});
}

Value manifest_of(const Shape& shape) {
  Value container =
      object({{"name", text("main")},
              {"image", text(shape.image)},
              {"ports", array({object({{"containerPort", number(shape.port)}})})},
              {"resources",
               object({{"requests", object({{"cpu", text("100m")}, {"memory", text("128Mi")}})}})},
              {"readinessProbe", object({{"tcpSocket", object({{"port", number(shape.port)}})}})}});
  if (!shape.follows.empty())
    set(container, "env",
        array({object({{"name", text("POSTGRES_PRIMARY_HOST")}, {"value", text(shape.follows)}})}));
  Value spec =
      object({{"replicas", number(shape.replicas)},
              {"selector", object({{"matchLabels", labels_of(shape.name)}})},
              {"template", object({{"metadata", object({{"labels", labels_of(shape.name)}})},
                                   {"spec", object({{"containers", array({container})}})}})}});
  if (shape.stateful) set(spec, "serviceName", text(shape.name));
  return object(
      {{"apiVersion", text("apps/v1")},
       {"kind", text(shape.stateful ? "StatefulSet" : "Deployment")},
       {"metadata", object({{"name", text(shape.name)}, {"labels", labels_of(shape.name)}})},
       {"spec", spec}});
}

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
  inventory.items.push_back(std::move(item));
}

void add_workload(Inventory& inventory, const Shape& shape, WorkloadModel model) {
  add_item(inventory, manifest_of(shape), std::move(model));
}

WorkloadModel model_of(Kind kind) {
  WorkloadModel model;
  model.kind = kind;
  return model;
}

/// A custom resource that an operator makes servers of.
struct Operated {
  const Item* resource = nullptr;
  int servers = 1;
  std::string service;  ///< where clients write
};

int whole_at(const Value& value, std::initializer_list<std::string_view> keys, int otherwise) {
  const Value* found = at_path(value, keys);
  const bool sound = found && found->integer > 0 && found->integer <= 100;
  return sound ? static_cast<int>(found->integer) : otherwise;
}

class StandIns {
 public:
  explicit StandIns(Inventory& inventory) : inventory_(inventory) {}

  void run() {
    if (lacks(Kind::postgres_primary)) postgres();
    if (lacks(Kind::redis_master)) redis();
    if (lacks(Kind::livekit_sfu))
      plain({"assumed-livekit", "livekit/livekit-server:v1.8", 2, 7880, false, ""},
            model_of(Kind::livekit_sfu), "an SFU");
    if (lacks(Kind::api_service)) {
      WorkloadModel api = model_of(Kind::api_service);
      api.role = "meeting";
      api.concurrency = 8;
      api.on_join_path = true;
      plain({"assumed-api", "assumed/api:1", 2, 8080, false, ""}, api, "an API service");
    }
    if (lacks(Kind::ingress))
      plain({"assumed-ingress", "traefik:v3.0", 2, 443, false, ""}, model_of(Kind::ingress),
            "an ingress controller");
    if (lacks(Kind::monitoring))
      plain({"assumed-prometheus", "prom/prometheus:v2.53", 1, 9090, true, ""},
            model_of(Kind::monitoring), "Prometheus");
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

  /// CloudNativePG, Zalando's and Crunchy Data's operators.
  Operated operated_postgres() const {
    for (const Item& item : inventory_.items) {
      const std::string api = text_at(item.manifest, "apiVersion");
      const std::string kind = text_at(item.manifest, "kind");
      const std::string& name = item.meta().name;
      if (kind == "Cluster" && api.starts_with("postgresql.cnpg.io/"))
        return {&item, whole_at(item.manifest, {"spec", "instances"}, 1), name + "-rw"};
      if (kind == "postgresql" && api.starts_with("acid.zalan.do/"))
        return {&item, whole_at(item.manifest, {"spec", "numberOfInstances"}, 1), name};
      if (kind == "PostgresCluster" && has(api, "crunchydata.com/")) {
        const Value* sets = at_path(item.manifest, {"spec", "instances"});
        const bool said = sets && !sets->items.empty();
        return {&item, said ? whole_at(sets->items.front(), {"replicas"}, 1) : 1,
                name + "-primary"};
      }
    }
    return {};
  }

  void postgres() {
    const Operated made = operated_postgres();
    const std::string name = made.resource ? made.resource->meta().name : "assumed-postgres";
    const std::string service = made.resource ? made.service : name;
    const Shape primary{name, "postgres:15", 1, 5432, true, ""};
    add_workload(inventory_, primary, model_of(Kind::postgres_primary));
    serve(primary, service);
    if (made.servers > 1)
      add_workload(inventory_,
                   {name + "-replica", "postgres:15", made.servers - 1, 5432, true, service},
                   model_of(Kind::postgres_replica));
    if (made.resource)
      tell(text_at(made.resource->manifest, "kind") + " \"" + name +
               "\" is an operator's, whose fail-over no model knows",
           std::to_string(made.servers) + " servers without fail-over", made.resource->place());
    else
      tell("no manifest has PostgreSQL", name);
  }

  void redis() {
    const Shape one{"assumed-redis", "redis:7.2", 1, 6379, true, ""};
    for (const Item& item : inventory_.items) {
      const std::string kind = text_at(item.manifest, "kind");
      if (kind != "RedisCluster" && kind != "RedisFailover" && kind != "RedisReplication") continue;
      const Shape made{
          item.meta().name,
          "redis:7.2",
          kind == "RedisCluster" ? whole_at(item.manifest, {"spec", "clusterSize"}, 3) : 1,
          6379,
          true,
          ""};
      const SourcePlace place = item.place();
      add_workload(inventory_, made, model_of(Kind::redis_master));
      serve(made, made.name);
      return tell(kind + " \"" + made.name + "\" is an operator's, which no model knows",
                  std::to_string(made.replicas) + " masters without replicas", place);
    }
    add_workload(inventory_, one, model_of(Kind::redis_master));
    serve(one, one.name);
    tell("no manifest has Redis", one.name);
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
  Value spec =
      object({{"selector", std::move(selector)},
              {"ports", array({object({{"port", number(port)}, {"targetPort", number(port)}})})}});
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
