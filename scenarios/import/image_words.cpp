#include "scenarios/import/image_words.hpp"

#include <algorithm>
#include <array>

#include "scenarios/import/values.hpp"
#include "sim/kube/images.hpp"

namespace drdrill::importing {
namespace {

/// What images are, by words of their repository's name; the first row that fits.
struct ImageRow {
  std::initializer_list<std::string_view> words;
  ImageIs what;
};
using What = ImageIs;

const std::array<ImageRow, 14> images{{
    {{"istio/proxyv",  "linkerd",         "cloud-sql-proxy",  "cloudsql",        "cloudsql-proxy",
      "envoy-sidecar", "config-reloader", "configmap-reload", "kube-rbac-proxy", "sidecar",
      "exporter",      "fluent",          "fluentd",          "fluent-bit",      "fluentbit",
      "promtail",      "vault-k",         "logrotate",        "busybox",         "jaeger-agent"},
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
      "pushgateway",
      "kube-state-metrics",
      "node-exporter",
      "alertmanager",
      "grafana",
      "metrics-server"},
     What::plain},
    {{"livekit", "livekit-server"}, What::sfu},
    {{"postgres", "postgresql", "timescaledb", "timescale", "postgis", "spilo", "pgvector",
      "patroni"},
     What::postgres},
    {{"redis", "valkey", "keydb", "dragonfly"}, What::redis},
    {{"prometheus", "victoria-metrics", "vmsingle"}, What::monitoring},
    {{"traefik", "ingress-nginx", "nginx-ingress", "haproxy", "contour", "envoy", "kong", "ingress",
      "nginx", "openresty"},
     What::ingress},
    {{"minio",       "rabbitmq",   "kafka",     "zookeeper", "mysql",         "mariadb",
      "percona",     "mongo",      "mongodb",   "influxdb",  "elasticsearch", "opensearch",
      "kibana",      "clickhouse", "cassandra", "scylla",    "etcd",          "nats",
      "memcached",   "consul",     "vault",     "couchdb",   "neo",           "cockroach",
      "cockroachdb", "solr",       "zipkin",    "activemq",  "pulsar"},
     What::plain},
    {{"coredns",
      "cert-manager",
      "external-dns",
      "kube-proxy",
      "calico",
      "cilium",
      "flannel",
      "csi",
      "cluster-autoscaler",
      "argocd",
      "argo",
      "fluxcd",
      "dashboard",
      "velero",
      "local-path",
      "local-path-provisioner",
      "descheduler",
      "external-secrets",
      "sealed-secrets",
      "nodelocaldns",
      "heapster",
      "pause"},
     What::plain},
    {{"jaeger", "loki", "tempo", "otel", "opentelemetry", "datadog", "newrelic", "sentry",
      "mailhog", "mailpit", "thanos", "mimir", "locust", "loadgenerator"},
     What::plain},
    {{"caddy"}, What::ingress},
    {{"jitsi/jvb", "jvb", "mediasoup", "janus", "ion-sfu"}, What::sfu},
    {{"coturn", "stunner"}, What::plain},
}};

}  // namespace

std::optional<ImageIs> what_image(std::string_view image) {
  const std::string name = lower(kube::image_repository(image));
  for (const ImageRow& row : images)
    if (has_word(name, row.words)) return row.what;
  return std::nullopt;
}

std::string role_of_name(std::string_view name) {
  if (has_word(name, {"signal", "signaling", "signalling", "websocket", "websockets", "ws",
                      "socket", "socketio", "realtime", "rtc"}))
    return "signaling";
  if (has_word(name,
               {"auth", "authn", "authentication", "login", "identity", "iam", "oauth", "oidc",
                "keycloak", "account", "accounts", "user", "users", "token", "tokens"}))
    return "auth";
  if (has_word(name, {"chat", "message", "messages", "messaging"})) return "chat";
  if (has_word(name, {"turn", "stun"})) return "turn";
  if (has_word(name, {"api", "meeting", "meetings", "room", "rooms", "conference", "conferences",
                      "backend"}))
    return "meeting";
  return {};
}

bool is_other_store(std::string_view name, const kube::Container& container) {
  if (has_word(name, {"db", "database", "mysql", "mariadb", "mongo", "mongodb", "influxdb",
                      "elasticsearch", "cassandra", "rabbitmq", "kafka", "zookeeper", "etcd",
                      "memcached", "nats", "clickhouse", "minio", "blobstore"}))
    return true;
  constexpr std::array<int, 10> ports{3306, 27017, 9042, 9200, 5672, 9092, 2181, 11211, 8086, 4222};
  return std::any_of(container.ports.begin(), container.ports.end(), [&](const auto& port) {
    return std::find(ports.begin(), ports.end(), port.container_port) != ports.end();
  });
}

std::optional<ImageIs> what_port(const kube::Container& container) {
  for (const kube::ContainerPort& port : container.ports) {
    if (port.container_port == 5432) return What::postgres;
    if (port.container_port == 6379) return What::redis;
  }
  return std::nullopt;
}

}  // namespace drdrill::importing
