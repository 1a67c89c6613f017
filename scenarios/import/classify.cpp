#include "scenarios/import/classify.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "scenarios/import/config_files.hpp"
#include "scenarios/import/values.hpp"
#include "sim/kube/images.hpp"

namespace drdrill::importing {
namespace {

using Kind = WorkloadModel::Kind;
using Remark = ImportRemark::Kind;

/// What images are, by the parts of their repository's name; the first row that fits.
struct ImageRow {
  std::initializer_list<std::string_view> parts;
  enum class What { helper, plain, sfu, postgres, pooler, redis, ingress, monitoring } what;
};
using What = ImageRow::What;

const std::array<ImageRow, 14> images{{
    {{"istio/proxyv2", "linkerd", "cloud-sql-proxy", "cloudsql", "envoy-sidecar", "config-reloader",
      "configmap-reload", "kube-rbac-proxy", "sidecar", "exporter", "fluent", "promtail",
      "vault-k8s", "logrotate", "busybox"},
     What::helper},
    {{"pgbouncer", "pgpool", "pgcat", "odyssey", "supavisor"}, What::pooler},
    {{"pgadmin",
      "postgres-backup",
      "postgrest",
      "postgres-operator",
      "cloudnative-pg",
      "sentinel",
      "redisinsight",
      "redis-commander",
      "redis-operator",
      "livekit-egress",
      "livekit/egress",
      "livekit/ingress",
      "livekit/sip",
      "prometheus-operator",
      "prometheus-adapter",
      "prometheus-pushgateway",
      "kube-state-metrics",
      "node-exporter",
      "alertmanager",
      "grafana",
      "metrics-server"},
     What::plain},
    {{"livekit"}, What::sfu},
    {{"postgres", "timescale", "postgis", "spilo", "pgvector"}, What::postgres},
    {{"redis", "valkey", "keydb", "dragonfly"}, What::redis},
    {{"prometheus", "victoria-metrics", "vmsingle"}, What::monitoring},
    {{"traefik", "ingress-nginx", "nginx-ingress", "haproxy", "contour", "envoy", "kong", "ingress",
      "nginx", "openresty"},
     What::ingress},
    {{"minio", "rabbitmq", "kafka", "zookeeper", "mysql", "mariadb", "mongo", "elasticsearch",
      "opensearch", "kibana", "clickhouse", "cassandra", "etcd", "nats", "memcached", "consul"},
     What::plain},
    {{"coredns",        "cert-manager",
      "external-dns",   "kube-proxy",
      "calico",         "cilium",
      "flannel",        "csi-",
      "csi/",           "cluster-autoscaler",
      "argocd",         "argo-",
      "fluxcd",         "dashboard",
      "velero",         "local-path",
      "descheduler",    "external-secrets",
      "sealed-secrets", "nodelocaldns",
      "pause"},
     What::plain},
    {{"jaeger", "loki", "tempo", "otel", "opentelemetry", "zipkin", "datadog", "newrelic", "sentry",
      "mailhog", "mailpit", "thanos", "mimir"},
     What::plain},
    {{"caddy"}, What::ingress},
    {{"jitsi/jvb", "mediasoup", "janus", "ion-sfu"}, What::sfu},
    {{"coturn", "stunner"}, What::plain},
}};

std::optional<What> what_image(std::string_view image) {
  const std::string name = lower(kube::image_repository(image));
  for (const ImageRow& row : images)
    if (has_any(name, row.parts)) return row.what;
  return std::nullopt;
}

std::string role_of_service(std::string_view name) {
  if (has_any(name, {"signal", "websocket", "socket", "realtime", "gateway"}) ||
      has_word(name, {"ws"}))
    return "signaling";
  if (has_any(name, {"auth", "login", "identity", "account", "token"}) || has_word(name, {"user"}))
    return "auth";
  if (has_any(name, {"chat", "messag"})) return "chat";
  if (has_any(name, {"turn", "stun"})) return "turn";
  return "meeting";
}

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
  explicit Classifier(Inventory& inventory) : inventory_(inventory) {}

  void run() {
    for (Item& item : inventory_.items)
      if (item.workload()) model(item);
    for (Item& item : inventory_.items)
      if (item.workload() && item.model.capacity == 0) lead(item);
    one_primary();
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
    const auto what = what_image(container->image);
    item.model.kind = what ? kind_of(*what, workload, *container) : Kind::plain;
    if (item.model.kind == Kind::ingress && !is_way_in(workload, *container))
      item.model.kind = Kind::plain;
    if (!what && serves(inventory_, workload)) service(item);
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

  /// One StatefulSet of a primary and its standbys, or of a whole Redis Cluster. Without an ordinal
  /// nobody is known again after a restart: Deployments are not modelled.
  void lead(Item& item) {
    const kube::Container* container = main_container(*item.workload());
    if (!container) return;
    const bool postgres = item.model.kind == Kind::postgres_primary;
    if (!postgres && item.model.kind != Kind::redis_master) return;
    const kube::Workload& workload = *item.workload();
    const std::string name = "\"" + item.model.workload + "\"";
    if (!postgres && workload.kind != kube::Workload::Kind::stateful_set) {
      item.model.kind = Kind::plain;
      return inventory_.remark(Remark::left_out, item.place(),
                               "Redis " + name +
                                   " is no StatefulSet, which the model needs; it "
                                   "only takes room on a node",
                               "/models/" + item.model.workload);
    }
    const int leaders = postgres ? 1 : masters(item, *container);
    if (workload.replicas <= leaders) return;
    item.model.capacity = leaders;
    inventory_.remark(
        Remark::assumed, item.place(),
        "of the " + std::to_string(workload.replicas) + " pods of " + name +
            (postgres ? " the first is the primary; its fail-over is nobody's here"
                      : " the first " + std::to_string(item.model.capacity) +
                            (item.model.capacity == 1 ? " is master" : " are masters") +
                            ", the others replicas"),
        "/models/" + item.model.workload + "/leaders");
  }

  /// Of a Redis Cluster half of the pods, unless its environment says otherwise or its replicas are
  /// pods of another workload; else one.
  int masters(const Item& item, const kube::Container& container) {
    const int all = item.workload()->replicas;
    std::string words = command_line(container) + " " + container.image;
    for (const ConfigFile& file : files_of(inventory_, item, container))
      if (file.in_force) words += "\n" + file.text;
    const bool cluster = has_any(words, {"cluster-enabled yes", "cluster-enabled=yes",
                                         "redis-cluster", "valkey-cluster"}) ||
                         sets(container, {"REDIS_NODES", "VALKEY_NODES"});
    if (!cluster) return 1;
    for (const kube::EnvVar& variable : container.env)
      if (has(variable.name, "CLUSTER_REPLICAS") && variable.value.size() == 1 &&
          variable.value[0] >= '0' && variable.value[0] <= '9')
        return std::max(all / (variable.value[0] - '0' + 1), 1);
    constexpr int least = 6;  // redis-cli --cluster create makes no cluster of less than 3 masters
    const bool own = workloads_of(inventory_, Kind::redis_replica).empty();
    return own && all >= least ? all / 2 : all;
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

  void service(Item& item) {
    constexpr int at_once = 8;
    const std::string name = lower(item.model.workload);
    if (has_word(name, {"frontend", "ui", "docs", "www", "static"})) return;
    item.model.kind = Kind::api_service;
    item.model.role = role_of_service(name);
    item.model.concurrency = at_once;
    item.model.on_join_path = item.model.role != "chat" && item.model.role != "turn";
    inventory_.remark(Remark::assumed, item.place(),
                      "\"" + item.model.workload + "\" is an API service of role " +
                          item.model.role +
                          (item.model.on_join_path ? ", which joining passes" : "") +
                          "; a pod serves " + std::to_string(at_once) + " requests at a time",
                      "/models/" + item.model.workload);
  }

  /// A platform has one primary: that of the database that most others are told of.
  void one_primary() {
    std::vector<Item*> primaries = workloads_of(inventory_, Kind::postgres_primary);
    if (primaries.size() < 2) return;
    const auto first =
        std::max_element(primaries.begin(), primaries.end(),
                         [&](const Item* a, const Item* b) { return mentions(*a) < mentions(*b); });
    for (Item* item : primaries) {
      if (item == *first) continue;
      item->model.kind = Kind::plain;
      inventory_.remark(Remark::left_out, item->place(),
                        "PostgreSQL \"" + item->model.workload + "\" is not modelled beside \"" +
                            (*first)->model.workload + "\"; it only takes room on a node",
                        "/models/" + item->model.workload);
    }
  }

  /// How many containers have a Service of the workload in their environment.
  int mentions(const Item& primary) const {
    int count = primary.meta().ns == inventory_.home ? 1 : 0;
    for (const kube::Service* service : inventory_.services_of(*primary.workload()))
      for (const Item& other : inventory_.items) {
        if (!other.workload()) continue;
        for (const kube::Container& container : other.workload()->pod_template().containers)
          for (const kube::EnvVar& variable : container.env)
            count += has(variable.value, service->meta.name) ? 1 : 0;
      }
    return count;
  }

  Inventory& inventory_;
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
