#include "scenarios/import/classify.hpp"

#include <algorithm>
#include <optional>

#include "scenarios/import/config_files.hpp"
#include "scenarios/import/image_words.hpp"
#include "scenarios/import/reached.hpp"
#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

using Kind = WorkloadModel::Kind;
using Remark = ImportRemark::Kind;
using What = ImageIs;

std::string label(const kube::Labels& labels, std::string_view key) {
  const std::string* found = kube::find_label(labels, key);
  return found ? lower(*found) : std::string();
}

bool sets(const kube::Container& container, std::initializer_list<std::string_view> names) {
  return std::any_of(container.env.begin(), container.env.end(), [&](const kube::EnvVar& e) {
    return std::find(names.begin(), names.end(), e.name) != names.end();
  });
}

/// Does it follow another server? By its environment, its command line, its labels and its name.
bool is_follower(const kube::Workload& workload, const kube::Container& container) {
  if (sets(container, {"POSTGRES_PRIMARY_HOST", "POSTGRESQL_MASTER_HOST", "PRIMARY_HOST",
                       "REPLICATE_FROM", "REDIS_MASTER_HOST", "VALKEY_PRIMARY_HOST"}))
    return true;
  for (const std::string& word : container.args)
    if (has_any(word, {"--replicaof", "--slaveof"})) return true;
  const kube::Labels& labels = workload.pod_template().labels;
  for (const char* key : {"role", "app.kubernetes.io/component", "component"}) {
    const std::string value = label(labels, key);
    if (has_any(value, {"replica", "slave", "standby", "secondary"}) || value == "read")
      return true;
    if (has_any(value, {"primary", "master", "leader"})) return false;
  }
  return has_word(lower(workload.meta.name),
                  {"replica", "replicas", "slave", "slaves", "standby", "read", "secondary"});
}

/// Is it a service of the platform's own? Something in the cluster is sent to it.
bool serves(const Inventory& inventory, const kube::Workload& workload) {
  return workload.kind != kube::Workload::Kind::daemon_set &&
         !inventory.services_of(workload).empty();
}

class Classifier {
 public:
  explicit Classifier(Inventory& inventory) : inventory_(inventory), reached_(inventory) {}

  void run() {
    for (Item& item : inventory_.items)
      if (item.workload()) model(item);
    tell_unreached();
    one_primary();
    one_redis();
    for (Item& item : inventory_.items)
      if (item.workload() && item.model.capacity == 0) lead(item);
  }

 private:
  void model(Item& item) {
    const kube::Workload& workload = *item.workload();
    item.model.ns = workload.meta.ns;
    item.model.workload = workload.meta.name;
    item.modelled = true;
    if (decided(item)) return;
    const kube::Container* container = main_container(workload);
    if (!container) return;
    auto what = what_image(container->image);
    if (!what && (what = what_port(*container)))
      inventory_.remark(Remark::assumed, item.place(),
                        "\"" + workload.meta.name + "\" is " +
                            (*what == What::postgres ? "PostgreSQL" : "Redis") +
                            " by the port that it listens on",
                        "/models/" + workload.meta.name);
    item.model.kind = what ? kind_of(*what, workload, *container) : Kind::plain;
    if (item.model.kind == Kind::ingress && !is_way_in(workload, *container))
      item.model.kind = Kind::plain;
    if (!what && serves(inventory_, workload)) service(item, *container);
    if (item.model.kind == Kind::livekit_sfu)
      inventory_.remark(Remark::assumed, item.place(),
                        "\"" + workload.meta.name +
                            "\": as many participants on a pod as its CPUs and bandwidth allow",
                        "/models/" + workload.meta.name + "/capacity");
  }

  /// The assume file's word, which is not weighed.
  bool decided(Item& item) {
    const Value* models = inventory_.assumed.find("models");
    const Value* said = models ? models->find(item.model.workload) : nullptr;
    if (!said) return false;
    const auto kind = model_kind_of(text_at(*said, "kind"));
    if (!kind) return false;  // reported where the assume file is read
    item.model.kind = *kind;
    item.model.role = text_at(*said, "role");
    if (const Value* most = said->find("capacity"))
      item.model.capacity = static_cast<int>(most->integer);
    if (const Value* lead = said->find("leaders"))
      item.model.capacity = static_cast<int>(lead->integer);
    item.model.concurrency = 1;
    if (const Value* at_once = said->find("concurrency"))
      item.model.concurrency = static_cast<int>(at_once->integer);
    if (const Value* on_path = said->find("on_join_path"))
      item.model.on_join_path = on_path->boolean;
    return true;
  }

  static Kind kind_of(What what, const kube::Workload& workload, const kube::Container& container) {
    switch (what) {
      case What::helper:
      case What::plain:
        return Kind::plain;
      case What::sfu:
        return Kind::livekit_sfu;
      case What::pooler:
        return Kind::pooler;
      case What::ingress:
        return Kind::ingress;
      case What::monitoring:
        return Kind::monitoring;
      case What::postgres:
        return is_follower(workload, container) ? Kind::postgres_replica : Kind::postgres_primary;
      case What::redis:
        return is_follower(workload, container) ? Kind::redis_replica : Kind::redis_master;
    }
    return Kind::plain;
  }

  /// One StatefulSet of a primary and its standbys, or of a whole Redis Cluster.
  void lead(Item& item) {
    const kube::Container* container = main_container(*item.workload());
    if (!container) return;
    const bool postgres = item.model.kind == Kind::postgres_primary;
    if (!postgres && item.model.kind != Kind::redis_master) return;
    const kube::Workload& workload = *item.workload();
    const int leaders = postgres || !inventory_.redis_cluster ? 1 : masters(item, *container);
    if (workload.replicas <= leaders) return;
    item.model.capacity = leaders;
    const bool patroni = postgres && is_patroni(*container);
    if (patroni) inventory_.postgres_manager = "patroni";
    const std::string which =
        patroni    ? " the first is the primary; Patroni promotes another"
        : postgres ? " the first is the primary; its fail-over is nobody's here"
        : !inventory_.redis_cluster
            ? " the first is the master, and the only one that is modelled: "
              "nothing promotes another"
            : " the first " + std::to_string(leaders) +
                  (leaders == 1 ? " is master" : " are masters") + ", the others replicas";
    inventory_.remark(Remark::assumed, item.place(),
                      "of the " + std::to_string(workload.replicas) + " pods of \"" +
                          item.model.workload + "\"" + which,
                      "/models/" + item.model.workload + "/leaders");
  }

  static bool is_patroni(const kube::Container& container) {
    return has_any(container.image, {"patroni", "spilo"}) ||
           has_any(command_line(container), {"patroni"}) ||
           std::any_of(container.env.begin(), container.env.end(),
                       [](const auto& variable) { return variable.name.starts_with("PATRONI_"); });
  }

  bool is_clustered(const Item& item) {
    const kube::Container* container = main_container(*item.workload());
    if (!container) return false;
    std::string words = command_line(*container) + " " + container->image;
    for (const ConfigFile& file : files_of(inventory_, item, *container))
      if (file.in_force) words += "\n" + file.text;
    return has_any(words, {"cluster-enabled yes", "cluster-enabled=yes", "redis-cluster",
                           "valkey-cluster"}) ||
           sets(*container, {"REDIS_NODES", "VALKEY_NODES"});
  }

  /// Of a Redis Cluster half of the pods, unless its environment says otherwise or its replicas are
  /// pods of another workload.
  int masters(const Item& item, const kube::Container& container) {
    const int all = item.workload()->replicas;
    for (const kube::EnvVar& variable : container.env)
      if (has(variable.name, "CLUSTER_REPLICAS") && variable.value.size() == 1 &&
          variable.value[0] >= '0' && variable.value[0] <= '9')
        return std::max(all / (variable.value[0] - '0' + 1), 1);
    constexpr int least = 6;  // redis-cli --cluster create makes no cluster of less than 3 masters
    const bool own = workloads_of(inventory_, Kind::redis_replica).empty();
    return own && all >= least ? all / 2 : all;
  }

  /// A platform has one Redis: a Redis Cluster, or a single server, the one that most others name.
  void one_redis() {
    std::vector<Item*> all = workloads_of(inventory_, Kind::redis_master);
    const Value* said = inventory_.decided("/redis/cluster");
    // Several masters, as only the assume file can tell, are those of a Redis Cluster.
    const auto clustered = [&](const Item* item) {
      return is_clustered(*item) || (is_decided(*item) && item->model.capacity > 1);
    };
    inventory_.redis_cluster =
        said ? said->boolean : all.empty() || std::any_of(all.begin(), all.end(), clustered);
    if (inventory_.redis_cluster) {
      for (Item* item : all)
        if (item->workload()->kind != kube::Workload::Kind::stateful_set ||
            (!clustered(item) && all.size() > 1 && !said && !is_decided(*item)))
          demote(*item, "Redis", "the Redis Cluster");
      return;
    }
    const auto first = std::max_element(all.begin(), all.end(), [&](const Item* a, const Item* b) {
      return weight(*a) < weight(*b);
    });
    for (Item* item : all)
      if (item != *first) demote(*item, "Redis", "\"" + (*first)->model.workload + "\"");
    for (Item* item : workloads_of(inventory_, Kind::redis_replica)) {
      item->model.kind = Kind::plain;
      inventory_.remark(Remark::left_out, item->place(),
                        "\"" + item->model.workload +
                            "\" follows a Redis that is no Redis Cluster; nothing that is modelled "
                            "promotes it (Sentinel is not), so it only takes room on a node",
                        "/models/" + item->model.workload);
    }
  }

  bool is_decided(const Item& item) const {
    const Value* models = inventory_.assumed.find("models");
    return models && models->find(item.model.workload);
  }

  /// How much speaks for it among several: who names it, and where it lies.
  int weight(const Item& item) const {
    return (is_decided(item) ? 1'000'000 : 0) + reached_.named_by(item) * 2 +
           (item.meta().ns == inventory_.home ? 1 : 0);
  }

  void demote(Item& item, const std::string& what, const std::string& beside) {
    item.model.kind = Kind::plain;
    inventory_.remark(Remark::left_out, item.place(),
                      what + " \"" + item.model.workload + "\" is not modelled beside " + beside +
                          "; it only takes room on a node",
                      "/models/" + item.model.workload);
  }

  /// A proxy may serve files, or stand before a store; it is a way in when clients are sent to it.
  bool is_way_in(const kube::Workload& workload, const kube::Container& container) const {
    if (has_any(container.image, {"ingress", "traefik", "contour", "caddy"})) return true;
    if (std::any_of(container.ports.begin(), container.ports.end(),
                    [](const kube::ContainerPort& port) { return port.host_port > 0; }))
      return true;
    const auto services = inventory_.services_of(workload);
    return std::any_of(services.begin(), services.end(), [](const kube::Service* service) {
      return service->type == "LoadBalancer" || service->type == "NodePort";
    });
  }

  /// "shop-staging" beside "shop": clients of the one are never sent to the other.
  bool is_of_other_environment(const std::string& ns) const {
    if (ns.empty() || ns == inventory_.home) return false;
    const std::initializer_list<std::string_view> words{
        "staging", "stage", "dev", "development", "test", "qa", "preview", "sandbox", "uat"};
    return has_word(lower(ns), words) && !has_word(lower(inventory_.home), words);
  }

  /// What serves something is an API service if requests come to it: clients or other services on
  /// their way are sent there, or its name speaks of joining.
  void service(Item& item, const kube::Container& container) {
    constexpr int at_once = 8;
    const std::string name = lower(item.model.workload);
    const std::string role = role_of_name(name);
    if (is_other_store(name, container)) return;
    if (is_of_other_environment(item.meta().ns)) {
      inventory_.remark(Remark::left_out, item.place(),
                        "\"" + item.model.workload +
                            "\" is of another environment, the namespace " + item.meta().ns +
                            ": without a model; import that one by itself",
                        "/models/" + item.model.workload);
      return;
    }
    const bool pages = has_word(name, {"frontend", "front-end", "ui", "docs", "www", "static"});
    if (pages && !reached_.names_others(item)) return;
    std::string why = reached_.why(item);
    if (why.empty() && !role.empty()) why = "its name says so";
    if (why.empty()) return unreached_.push_back(&item);
    item.model.kind = Kind::api_service;
    item.model.role = role.empty() ? "meeting" : role;
    item.model.concurrency = at_once;
    item.model.on_join_path = role != "chat" && role != "turn";
    inventory_.remark(Remark::assumed, item.place(),
                      "\"" + item.model.workload + "\" is an API service of role " +
                          item.model.role +
                          (item.model.on_join_path ? ", which joining passes" : "") + " (" + why +
                          "); a pod serves " + std::to_string(at_once) + " requests at a time",
                      "/models/" + item.model.workload);
  }

  void tell_unreached() {
    if (unreached_.empty()) return;
    constexpr std::size_t most = 20;
    std::string names;
    for (std::size_t i = 0; i < std::min(unreached_.size(), most); ++i)
      names += (i > 0 ? ", " : "") + unreached_[i]->model.workload;
    if (unreached_.size() > most)
      names += " and " + std::to_string(unreached_.size() - most) + " more";
    inventory_.remark(Remark::assumed, unreached_.front()->place(),
                      "nothing leads requests to " + names + ": without a model", "/models");
  }

  /// A platform has one primary: that of the database that most others are told of.
  void one_primary() {
    std::vector<Item*> primaries = workloads_of(inventory_, Kind::postgres_primary);
    if (primaries.size() < 2) return;
    const auto first =
        std::max_element(primaries.begin(), primaries.end(),
                         [&](const Item* a, const Item* b) { return weight(*a) < weight(*b); });
    for (Item* item : primaries)
      if (item != *first) demote(*item, "PostgreSQL", "\"" + (*first)->model.workload + "\"");
  }

  Inventory& inventory_;
  Reached reached_;
  std::vector<Item*> unreached_;  ///< what serves something that nobody is known to ask for
};

}  // namespace

const kube::Container* main_container(const kube::Workload& workload) {
  const auto& containers = workload.pod_template().containers;
  const auto own = std::find_if(containers.begin(), containers.end(), [](const auto& container) {
    return what_image(container.image) != What::helper;
  });
  if (own != containers.end()) return &*own;
  return containers.empty() ? nullptr : &containers.front();
}

std::vector<Item*> workloads_of(Inventory& inventory, WorkloadModel::Kind kind) {
  std::vector<Item*> out;
  for (Item& item : inventory.items)
    if (item.modelled && item.model.kind == kind) out.push_back(&item);
  return out;
}

void classify(Inventory& inventory) {
  Classifier(inventory).run();
}

}  // namespace drdrill::importing
