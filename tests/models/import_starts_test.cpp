#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "tests/models/imported.hpp"

/// What is imported answers from its first second, or its manifests say why not.
namespace drdrill::test {
namespace {

/// An API behind an Ingress, its PostgreSQL and its Redis, in a namespace "shop".
const std::string shop = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: orders, port: {number: 8080}}}}
---
apiVersion: v1
kind: Service
metadata: {name: orders, namespace: shop}
spec: {selector: {app: orders}, ports: [{port: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec:
      containers: [{name: orders, image: shop/orders:1.4, ports: [{containerPort: 8080}]}]
#POD
---
apiVersion: v1
kind: Service
metadata: {name: postgres, namespace: shop}
spec: {selector: {app: postgres}, ports: [{port: 5432}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres, namespace: shop}
spec:
  serviceName: postgres
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec: {containers: [{name: postgres, image: postgres:15, ports: [{containerPort: 5432}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: redis, namespace: shop}
spec: {selector: {app: redis}, ports: [{port: 6379}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: redis, namespace: shop}
spec:
  serviceName: redis
  selector: {matchLabels: {app: redis}}
  template:
    metadata: {labels: {app: redis}}
    spec: {containers: [{name: redis, image: redis:7.2, ports: [{containerPort: 6379}]}]}
)";

std::string with_pod(const std::string& lines) {
  std::string text = shop;
  return text.replace(text.find("#POD"), 4, lines);
}

std::string policy(const std::string& name, const std::string& pods, const std::string& from) {
  return "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: " + name +
         ", namespace: shop}\nspec:\n  podSelector: {" + pods +
         "}\n  policyTypes: [Ingress]\n  ingress: [" + from + "]\n";
}

std::string from_app(const std::string& app) {
  return "{from: [{podSelector: {matchLabels: {app: " + app + "}}}]}";
}

/// The probes that fail in the first minute, with nothing done to the platform.
std::string failing(const std::string& manifests) {
  std::string text;
  for (const JournalEntry& entry : drill(quiet_scenario(manifests)).journal.entries)
    if (const auto* sample = std::get_if<Sample>(&entry.what))
      if (sample->answer == Answer::fails) text += std::string(row_of(sample->probe).id) + " ";
  return text;
}

}  // namespace

TEST_CASE("an imported platform whose policies let only the clients of each in answers") {
  CHECK(failing(shop) == "");
  const std::string closed = shop + policy("none", "", "") +
                             policy("orders", "matchLabels: {app: orders}", from_app("nginx")) +
                             policy("db", "matchLabels: {app: postgres}", from_app("orders")) +
                             policy("cache", "matchLabels: {app: redis}", from_app("orders"));
  CHECK(failing(closed) == "");
}

TEST_CASE("policies that let nobody in keep an imported platform from answering") {
  CHECK(failing(shop + policy("none", "matchLabels: {app: postgres}", "")).find("postgres-write") !=
        std::string::npos);
  CHECK(failing(shop + policy("db", "matchLabels: {app: postgres}", from_app("batch")))
            .find("postgres-write") != std::string::npos);
}

TEST_CASE("a volume claim that no manifest has is there, as Secrets are") {
  const std::string manifests =
      with_pod("      volumes: [{name: logs, persistentVolumeClaim: {claimName: order-logs}}]");
  CHECK(failing(manifests) == "");
  const auto remarks = imported(manifests).remarks;
  CHECK(std::any_of(remarks.begin(), remarks.end(), [](const ImportRemark& remark) {
    return remark.words == "PersistentVolumeClaims that no manifest has are there: order-logs";
  }));
}

TEST_CASE("the copy of a service in a namespace for staging is not asked by anybody") {
  const std::size_t begin =
      shop.find("---\napiVersion: v1\nkind: Service\nmetadata: {name: orders,");
  std::string staging = shop.substr(begin, shop.find("#POD") - begin);
  const auto rename = [&](const std::string& from, const std::string& to) {
    for (std::size_t at = staging.find(from); at != std::string::npos;
         at = staging.find(from, at + to.size()))
      staging.replace(at, from.size(), to);
  };
  rename("namespace: shop}", "namespace: shop-staging}");
  rename("name: orders,", "name: orders-backend,");
  CHECK(failing(shop + staging) == "");
  const auto remarks = imported(shop + staging).remarks;
  CHECK(std::any_of(remarks.begin(), remarks.end(), [](const ImportRemark& remark) {
    return remark.kind == ImportRemark::Kind::left_out &&
           remark.words.find("of another environment") != std::string::npos;
  }));
}

TEST_CASE("nodes that are assumed have the labels whose presence alone is asked for") {
  CHECK(failing(with_pod("      affinity: {nodeAffinity: "
                         "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
                         "[{matchExpressions: [{key: example.com/shop, operator: Exists}]}]}}}")) ==
        "");
}

}  // namespace drdrill::test
