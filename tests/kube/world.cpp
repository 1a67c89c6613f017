#include "tests/kube/world.hpp"

#include <catch2/catch.hpp>

#include "sim/kube/manifest.hpp"
#include "sim/kube/yaml.hpp"

namespace kube_test {

using namespace drdrill;
using namespace drdrill::kube;

namespace {

std::string workload(const std::string& kind, const std::string& name, int replicas,
                     const std::string& labels, const std::string& image,
                     const std::string& container, const std::string& cpu = "500m") {
  return "---\napiVersion: apps/v1\nkind: " + kind + "\nmetadata: {name: " + name +
         ", namespace: gomeet, labels: {" + labels +
         "}}\nspec:\n  replicas: " + std::to_string(replicas) + "\n  selector: {matchLabels: {" +
         labels + "}}\n  template:\n    metadata: {labels: {" + labels +
         "}}\n    spec:\n      containers:\n      - name: " + container +
         "\n        image: " + image + "\n        resources: {requests: {cpu: " + cpu +
         ", memory: 256Mi}}\n";
}

std::string service(const std::string& name, const std::string& selector, int port) {
  return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name +
         ", namespace: gomeet}\nspec:\n  selector: {" + selector +
         "}\n  ports: [{port: " + std::to_string(port) + "}]\n";
}

void add_nodes(Cluster& c) {
  for (int i = 0; i < 6; ++i) {
    Node n;
    n.meta.name = "node-" + std::to_string(i);
    n.zone = i % 2 == 0 ? "singapore-1" : "singapore-2";
    n.region = "singapore";
    n.cpu_milli = 4000;
    n.memory_bytes = std::int64_t{8} << 30;
    add_node(c, std::move(n));
  }
}

}  // namespace

void load(Cluster& cluster, const std::string& yaml) {
  Problems problems;
  std::vector<Object> objects;
  for (const Value& document : parse_yaml_documents(yaml, "test.yaml", problems))
    read_manifest(document, "test.yaml", problems, objects);
  for (const Problem& p : problems.all()) FAIL(to_string(p));
  for (Object& o : objects) put(cluster, std::move(o));
}

void settle(Cluster& cluster) {
  std::vector<PodAction> actions;
  for (int round = 0; round < 100; ++round) {
    bool changed = false;
    for (std::size_t i = 0; i < cluster.pods.size(); ++i)
      if (cluster.pods[i].meta.exists && cluster.pods[i].terminating) {
        remove_pod(cluster, static_cast<int>(i));
        changed = true;
      }
    for (std::size_t w = 0; w < cluster.workloads.size(); ++w) {
      next_actions(cluster, static_cast<int>(w), actions);
      for (const PodAction& a : actions) apply(cluster, a);
      changed = changed || !actions.empty();
    }
    for (std::size_t i = 0; i < cluster.pods.size(); ++i) {
      const int p = static_cast<int>(i);
      if (!cluster.pods[i].meta.exists || cluster.pods[i].node != no_index) continue;
      const Placement placement = schedule(cluster, p);
      if (placement.node == no_index) {
        cluster.pods[i].reason = placement.reason;
        continue;
      }
      bind_pod(cluster, p, placement.node);
      bind_claims(cluster, p);
      start_pod(cluster, p);
      cluster.pods[i].ready = true;
      changed = true;
    }
    if (!changed) return;
  }
  FAIL("the cluster does not settle");
}

Clusters platform() {
  Clusters out;
  Cluster primary = make_cluster("sgp1", "primary");
  add_namespace(primary, "gomeet");
  add_nodes(primary);
  load(primary,
       workload("StatefulSet", "postgres-primary", 1, "app: postgres, role: primary",
                "postgres:15-alpine", "postgres") +
           workload("StatefulSet", "postgres-replica", 2, "app: postgres, role: replica",
                    "postgres:15-alpine", "postgres") +
           workload("StatefulSet", "redis-master", 3, "app: redis, role: master",
                    "redis:7.2-alpine", "redis") +
           workload("StatefulSet", "redis-replica", 3, "app: redis, role: replica",
                    "redis:7.2-alpine", "redis") +
           workload("Deployment", "livekit-sfu", 4, "app: livekit-sfu",
                    "livekit/livekit-server:v1.5.2", "livekit") +
           workload("Deployment", "auth-service", 2, "app: auth-service, component: api",
                    "gomeet/auth:1.0", "auth", "100m") +
           workload("Deployment", "meeting-service", 2, "app: meeting-service, component: api",
                    "gomeet/meeting:1.0", "meeting", "100m") +
           workload("Deployment", "signaling-service", 2, "app: signaling-service, component: api",
                    "gomeet/signaling:1.0", "signaling", "100m") +
           service("postgres-primary", "app: postgres, role: primary", 5432) +
           service("livekit-sfu", "app: livekit-sfu", 7880) +
           "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: livekit-config, namespace: "
           "gomeet}\ndata: {livekit.yaml: \"port: 7880\"}\n");
  settle(primary);
  Cluster dr = make_cluster("jkt1", "dr-cluster");
  add_namespace(dr, "gomeet-dr");
  add_nodes(dr);
  out.items.push_back(std::move(primary));
  out.items.push_back(std::move(dr));
  return out;
}

Outcome kubectl(Clusters& clusters, const std::string& line, const std::string& input) {
  std::vector<std::string> argv;
  std::string word;
  bool open = false;
  char quote = '\0';
  for (char c : line + " ") {
    if (quote != '\0' ? c == quote : (c == '\'' || c == '"')) {
      quote = quote != '\0' ? '\0' : c;
      open = true;
    } else if (c == ' ' && quote == 0) {
      if (open) argv.push_back(word);
      word.clear();
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  return run(clusters, argv, input);
}

Pod& pod(Cluster& cluster, const std::string& name, const std::string& ns) {
  const int index = find_pod(cluster, ns, name);
  INFO(name);
  REQUIRE(index != no_index);
  return cluster.pods[static_cast<std::size_t>(index)];
}

}  // namespace kube_test
