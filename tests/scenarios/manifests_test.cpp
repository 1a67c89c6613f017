#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "scenarios/import/kubernetes.hpp"

using namespace drdrill;

namespace {

using Remark = ImportRemark::Kind;

struct Imported {
  explicit Imported(const std::string& manifests) {
    ImportRequest request;
    request.paths = {"-"};
    request.standard_input = manifests;
    made = import_kubernetes(request);
  }

  /// What the manifest of this kind and name became; null: nothing, or it is not there.
  const Value* model(const std::string& name) const {
    const Value* object = find(name, {"Deployment", "StatefulSet", "DaemonSet"});
    return object ? object->find("model") : nullptr;
  }
  std::string kind(const std::string& name) const {
    const Value* found = model(name) ? model(name)->find("kind") : nullptr;
    return found ? found->text : "plain";
  }
  std::string role(const std::string& name) const {
    const Value* found = model(name) ? model(name)->find("role") : nullptr;
    return found ? found->text : "";
  }
  bool has(const std::string& kind, const std::string& name) const {
    return find(name, {kind}) != nullptr;
  }
  std::string redis(const std::string& key) const { return scalar("redis", key); }
  std::string postgres(const std::string& key) const { return scalar("postgres", key); }

  bool tells(Remark kind, const std::string& words) const {
    return std::any_of(made.remarks.begin(), made.remarks.end(), [&](const ImportRemark& remark) {
      return remark.kind == kind && remark.words.find(words) != std::string::npos;
    });
  }

  ImportedPlatform made;

 private:
  const Value* find(const std::string& name, const std::vector<std::string>& kinds) const {
    for (const Value& cluster : made.platform.find("clusters")->items)
      for (const Value& object : cluster.find("objects")->items) {
        const std::string kind = object.find("kind")->text;
        if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end() &&
            object.find("metadata")->find("name")->text == name)
          return &object;
      }
    return nullptr;
  }
  std::string scalar(const std::string& section, const std::string& key) const {
    const Value* found = made.platform.find(section)->find(key);
    if (!found) return "";
    if (found->kind == Value::Kind::boolean) return found->boolean ? "true" : "false";
    return found->text;
  }
};

/// A workload with one container. `more`: lines of the container.
std::string workload(const std::string& name, const std::string& image,
                     const std::string& more = "", const std::string& kind = "Deployment",
                     int replicas = 1) {
  return "---\napiVersion: apps/v1\nkind: " + kind + "\nmetadata: {name: " + name +
         "}\nspec:\n  replicas: " + std::to_string(replicas) +
         "\n  selector: {matchLabels: {app: " + name +
         "}}\n  template:\n    metadata: {labels: {app: " + name +
         "}}\n    spec:\n      containers:\n      - name: main\n        image: " + image + "\n" +
         more;
}

std::string service(const std::string& name, int port, const std::string& type = "ClusterIP") {
  return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name +
         "}\nspec:\n  type: " + type + "\n  selector: {app: " + name +
         "}\n  ports: [{port: " + std::to_string(port) + "}]\n";
}

std::string env(const std::string& name, const std::string& value) {
  return "        env: [{name: " + name + ", value: \"" + value + "\"}]\n";
}

}  // namespace

TEST_CASE("a Redis of a Deployment is a single server, and is said to be one") {
  const Imported made(workload("cart-store", "redis:alpine") + service("cart-store", 6379));
  CHECK(made.kind("cart-store") == "redis-master");
  CHECK(made.redis("cluster") == "false");
  CHECK(made.redis("service") == "cart-store");
  CHECK_FALSE(made.tells(Remark::stands_in, "no manifest has Redis"));
}

TEST_CASE(
    "of a Redis with replicas and no cluster the master alone is modelled, and that is said") {
  const Imported made(workload("redis-master", "redis:7") + service("redis-master", 6379) +
                      workload("redis-replica", "redis:7", "", "Deployment", 2) +
                      service("redis-replica", 6379));
  CHECK(made.kind("redis-master") == "redis-master");
  CHECK(made.kind("redis-replica") == "plain");
  CHECK(made.tells(Remark::left_out, "\"redis-replica\" follows a Redis that is no Redis Cluster"));
}

TEST_CASE("the Redis of a platform is the one that most others name") {
  const std::string two = workload("a-cache", "redis:7") + service("a-cache", 6379) +
                          workload("sessions", "redis:7") + service("sessions", 6379) +
                          workload("one", "shop/one:1", env("REDIS", "redis://sessions:6379")) +
                          workload("two", "shop/two:1", env("REDIS_HOST", "sessions"));
  const Imported made(two);
  CHECK(made.kind("sessions") == "redis-master");
  CHECK(made.kind("a-cache") == "plain");
  CHECK(made.tells(Remark::left_out, "Redis \"a-cache\" is not modelled beside \"sessions\""));
}

TEST_CASE("words of names and images count as whole words, and stores by their image first") {
  const Imported made(
      workload("catalogue-db", "weaveworksdemos/catalogue-db:0.3") + service("catalogue-db", 3306) +
      workload("user-db", "weaveworksdemos/user-db:0.4") + service("user-db", 27017) +
      workload("influxdb", "influxdb:2") + service("influxdb", 8086) +
      workload("accounting-app", "shop/accounting-app:1") + service("accounting-app", 80) +
      workload("payment-gateway", "shop/payment-gateway:1") + service("payment-gateway", 80) +
      workload("auth-service", "shop/auth:1") + service("auth-service", 80) +
      workload("post-gres", "library/postgres:15") + service("post-gres", 5432));
  for (const char* plain :
       {"catalogue-db", "user-db", "influxdb", "accounting-app", "payment-gateway"}) {
    CAPTURE(plain);
    CHECK(made.kind(plain) == "plain");
  }
  CHECK(made.role("auth-service") == "auth");
  CHECK(made.kind("post-gres") == "postgres-primary");
  CHECK(made.tells(Remark::assumed,
                   "nothing leads requests to accounting-app, payment-gateway: without a model"));
}

TEST_CASE("joining passes what clients are sent to, and whom that calls") {
  const std::string ingress = R"(---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: way-in}
spec:
  rules:
  - host: shop.example.org
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
)";
  const Imported made(ingress + workload("web", "shop/web:1", env("CART", "http://cart:8080/")) +
                      service("web", 80) + workload("cart", "shop/cart:1", env("P", "pay:70")) +
                      service("cart", 8080) + workload("pay", "shop/pay:1") + service("pay", 70) +
                      workload("report", "shop/report:1") + service("report", 80));
  CHECK(made.tells(Remark::assumed,
                   "\"web\" is an API service of role meeting, which joining passes "
                   "(Ingress \"way-in\" leads to it)"));
  CHECK(made.tells(Remark::assumed, "(\"web\" names its Service)"));
  CHECK(made.tells(Remark::assumed, "(\"cart\" names its Service)"));
  CHECK(made.kind("pay") == "api-service");
  CHECK(made.kind("report") == "plain");
  CHECK(made.tells(Remark::assumed, "nothing leads requests to report"));
}

TEST_CASE("Traefik's routes and node ports are ways in as well") {
  const Imported made(R"yaml(---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: routes}
spec:
  routes: [{match: "Host(`x.example.org`)", kind: Rule, services: [{name: shop, port: 80}]}]
)yaml" + workload("shop", "x/shop:1") +
                      service("shop", 80) + workload("admin", "x/admin:1") +
                      service("admin", 80, "NodePort"));
  CHECK(made.tells(Remark::assumed, "(IngressRoute \"routes\" leads to it)"));
  CHECK(made.tells(Remark::assumed, "(its Service is of type NodePort)"));
}

TEST_CASE("a Cluster of CloudNativePG has servers, an archive and backups") {
  const Imported made(R"(apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: orders}
spec:
  instances: 3
  bootstrap: {initdb: {database: shop}}
  backup:
    barmanObjectStore: {destinationPath: "s3://shop-backups/"}
    retentionPolicy: 30d
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: nightly}
spec: {schedule: "0 15 2 * * *", cluster: {name: orders}}
)");
  CHECK(made.kind("orders") == "postgres-primary");
  CHECK(made.postgres("manager") == "cloudnative-pg");
  CHECK(made.postgres("service") == "orders-rw");
  CHECK(made.has("CronJob", "orders-backup"));
  CHECK(made.tells(Remark::stands_in, "3 servers stand for what the operator makes"));
  CHECK(made.tells(Remark::stands_in, "CloudNativePG promotes a standby by itself"));
  CHECK(made.tells(Remark::stands_in, "stands for s3://shop-backups/, with archived WAL"));
  CHECK(made.made.platform.find("backups")->items.size() == 1);
}

TEST_CASE("a StatefulSet of Patroni's image has a manager, and one of plain PostgreSQL none") {
  const auto manager = [](const std::string& image) {
    return Imported(R"(apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  replicas: 3
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:
      containers: [{name: postgres, image: ")" +
                    image + R"(", ports: [{containerPort: 5432}]}]
)")
        .postgres("manager");
  };
  CHECK(manager("ghcr.io/zalando/spilo-16:3.3-p2") == "patroni");
  CHECK(manager("postgres:15") == "");
}

TEST_CASE("synchronous_standby_names keep their method and how many are asked for") {
  const auto with = [](const std::string& names) {
    return Imported(R"(apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres-primary, labels: {app: postgres}}
spec:
  replicas: 1
  selector: {matchLabels: {app: postgres, role: primary}}
  template:
    metadata: {labels: {app: postgres, role: primary}}
    spec:
      containers:
      - name: postgres
        image: postgres:15
        args: ["-c", "synchronous_standby_names=)" +
                    names + R"("]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres-replica}
spec:
  replicas: 2
  selector: {matchLabels: {app: postgres, role: replica}}
  template:
    metadata: {labels: {app: postgres, role: replica}}
    spec:
      containers:
      - name: postgres
        image: postgres:15
        env: [{name: POSTGRES_PRIMARY_HOST, value: postgres-primary}]
---
apiVersion: v1
kind: Service
metadata: {name: postgres-primary}
spec: {selector: {app: postgres, role: primary}, ports: [{port: 5432}]}
)");
  };
  const auto any = with("ANY 2 (postgres-replica-0, postgres-replica-1)");
  CHECK(any.postgres("synchronous_method") == "any");
  CHECK(any.postgres("synchronous_count") == "2");
  const auto first = with("FIRST 1 (postgres-replica-1)");
  CHECK(first.postgres("synchronous_method").empty());
  CHECK(first.postgres("synchronous_count").empty());
  CHECK(with("2 (*)").postgres("synchronous_count") == "2");
}

TEST_CASE("Zalando's postgresql has its databases and its dumps") {
  const Imported made(R"(apiVersion: acid.zalan.do/v1
kind: postgresql
metadata: {name: acid-shop}
spec:
  teamId: acid
  numberOfInstances: 2
  databases: {orders: shop}
  enableLogicalBackup: true
  logicalBackupSchedule: "0 3 * * *"
)");
  CHECK(made.kind("acid-shop") == "postgres-primary");
  CHECK(made.postgres("service") == "acid-shop");
  CHECK(made.has("CronJob", "acid-shop-backup"));
  CHECK(made.tells(Remark::stands_in, "Patroni promotes a standby by itself"));
  CHECK(made.tells(Remark::stands_in, "with no archived WAL and 1 scheduled dumps"));
}

TEST_CASE("resources of Redis operators become a cluster or a single server") {
  const Imported cluster(R"(apiVersion: redis.redis.opstreelabs.in/v1beta2
kind: RedisCluster
metadata: {name: shop}
spec: {clusterSize: 3, redisFollower: {replicas: 3}}
)");
  CHECK(cluster.kind("shop-leader") == "redis-master");
  CHECK(cluster.kind("shop-follower") == "redis-replica");
  CHECK(cluster.redis("cluster") != "false");

  const Imported failover(R"(apiVersion: databases.spotahome.com/v1
kind: RedisFailover
metadata: {name: shop}
spec: {sentinel: {replicas: 3}, redis: {replicas: 3}}
)");
  CHECK(failover.kind("shop") == "redis-master");
  CHECK(failover.redis("cluster") == "false");
  CHECK(failover.tells(Remark::stands_in, "without its 2 replicas (Sentinel promotes a replica"));
}

TEST_CASE("of several databases the one that most name is modelled, and the others are said") {
  const Imported made(
      workload("a-db", "postgres:15", "", "StatefulSet") + service("a-db", 5432) +
      workload("b-db", "postgres:15", "", "StatefulSet") + service("b-db", 5432) +
      workload("web", "shop/web:1", env("DATABASE_URL", "postgres://u@b-db:5432/x")) +
      service("web", 80, "LoadBalancer"));
  CHECK(made.kind("b-db") == "postgres-primary");
  CHECK(made.kind("a-db") == "plain");
  CHECK(made.tells(Remark::left_out, "PostgreSQL \"a-db\" is not modelled beside \"b-db\""));
}

namespace {

std::string refusal(const std::string& manifests) {
  try {
    const Imported made(manifests);
  } catch (const InputError& error) {
    return error.problems().all().front().message;
  }
  return "";
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("reading stops where there is more than can be imported") {
  const std::string broken = "---\na: [\n";
  CHECK(refusal(repeated("--- {a: b}\n", 200'000) + broken).find("too much that is no object") !=
        std::string::npos);
  CHECK(refusal(repeated("---\nkind: Pod\n", 100'001) + broken).find("more than 100000 objects") !=
        std::string::npos);
  std::string many;
  for (int i = 0; i <= 20'000; ++i)
    many += "--- {apiVersion: v1, kind: ConfigMap, metadata: {name: c" + std::to_string(i) + "}}\n";
  CHECK(refusal(many + broken).find("more than 20000 objects") != std::string::npos);
}

TEST_CASE("manifests may be JSON, in a list of several and with numbers as they are written") {
  const Imported made(R"({"kind": "List", "apiVersion": "v1", "items": [
{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": {
 "replicas": 1, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
 "template": {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [
  {"name": "db", "image": "postgres:15", "resources": {"requests": {"cpu": 1.5}}}]}}}}]})");
  CHECK(made.kind("db") == "postgres-primary");
  // YAML may begin as JSON does.
  CHECK(Imported("{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {ports: [{port: 1}]}}")
            .made.objects > 0);
}

TEST_CASE("a Service without a selector leads nowhere by itself, and another stands in for it") {
  std::string server = workload("db", "postgres:15", "", "StatefulSet");
  const Imported made(server +
                      "---\napiVersion: v1\nkind: Service\nmetadata: {name: db}\n"
                      "spec: {ports: [{port: 5432}]}\n");
  CHECK(made.kind("db") == "postgres-primary");
  CHECK(made.has("Service", "db-pods"));
}

TEST_CASE("Services with the same selector lead to the same pods, however many there are") {
  std::string manifests = workload("web", "shop/web:1");
  for (int i = 0; i < 300; ++i) {
    std::string other = service("web", 80);
    other.replace(other.find("web"), 3, "web-" + std::to_string(i));
    manifests += other;
  }
  const Imported made(manifests + service("web", 80, "LoadBalancer"));
  CHECK(made.kind("web") == "api-service");
}

TEST_CASE("PostgreSQL's settings are taken from its files and from what a shell is given") {
  const auto server = [](const std::string& command) {
    return "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n"
           "  selector: {matchLabels: {app: db}}\n  template:\n"
           "    metadata: {labels: {app: db}}\n    spec:\n      containers:\n"
           "      - name: db\n        image: postgres:15\n" +
           command;
  };
  const auto said = [](const Imported& made, const std::string& id) {
    const Value* overrides = made.made.platform.find("overrides");
    const Value* found = overrides ? overrides->find(id) : nullptr;
    if (!found) return std::string();
    const Value* value = found->find("value");
    return value->text.empty() ? std::to_string(value->number) : value->text;
  };
  const Imported shell(
      server(R"(        command: [sh, -c, "exec postgres -c wal_sender_timeout=10s \
          -c archive_command='test ! -f /a/%f && cp %p /a/%f' -c checkpoint_timeout=15min"]
)"));
  CHECK(said(shell, "postgres.wal_sender_timeout") == "10s");
  CHECK(said(shell, "postgres.checkpoint_timeout") == "900s");
  CHECK(said(shell, "postgres.wal_receiver_timeout").empty());

  const Imported file(
      server("        args: [-c, config_file=/etc/pg/postgresql.conf]\n"
             "        volumeMounts: [{name: c, mountPath: /etc/pg}]\n"
             "      volumes: [{name: c, configMap: {name: conf}}]\n") +
      "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata:\n"
      "  postgresql.conf: |\n    wal_receiver_timeout = 20000\n    max_wal_size = 4GB\n"
      "    wal_keep_size = '512'\n    wal_retrieve_retry_interval = 2s  # soon\n"
      "    checkpoint_timeout = 600\n    checkpoint_completion_target = 0.5\n"
      "    wal_sender_timeout = 0\n");
  CHECK(said(file, "postgres.wal_receiver_timeout") == "20s");
  CHECK(said(file, "postgres.max_wal_size") == "4096MiB");
  CHECK(said(file, "postgres.wal_keep_size") == "512MiB");
  CHECK(said(file, "postgres.wal_retrieve_retry_interval") == "2s");
  CHECK(said(file, "postgres.checkpoint_timeout") == "600s");
  CHECK(said(file, "postgres.checkpoint_completion_target") == "0.500000");
  CHECK(said(file, "postgres.wal_sender_timeout").empty());
  CHECK(file.tells(Remark::left_out, "wal_sender_timeout 0"));
}
