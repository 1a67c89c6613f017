#include <catch2/catch.hpp>

#include "tests/kube/world.hpp"

using namespace kube_test;
using namespace drdrill::kube;

namespace {

/// A pending pod with this pod specification.
int pending(Cluster& c, const std::string& spec) {
  load(c,
       "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: gomeet, labels: {app: "
       "p}}\nspec: " +
           spec + "\n");
  return find_pod(c, "gomeet", "p");
}

}  // namespace

TEST_CASE("what fits nowhere is refused as the scheduler says it") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  c.nodes[0].unschedulable = true;
  c.nodes[1].unschedulable = true;
  const int p = pending(c, "{containers: [{name: a, image: x, resources: {requests: {cpu: 16}}}]}");
  CHECK(schedule(c, p).reason ==
        "0/6 nodes are available: 2 node(s) were unschedulable, 4 Insufficient cpu.");
}

TEST_CASE("replicas spread over zones and nodes") {
  Clusters k = platform();
  const Cluster& c = k.items[0];
  const auto node = [&](const char* name) {
    return c.pods[static_cast<std::size_t>(find_pod(c, "gomeet", name))].node;
  };
  CHECK(c.nodes[static_cast<std::size_t>(node("redis-master-0"))].zone !=
        c.nodes[static_cast<std::size_t>(node("redis-master-1"))].zone);
  CHECK(node("redis-master-0") != node("redis-master-2"));
}

TEST_CASE("a bound volume, a selector, a taint and a host port limit the nodes") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  PersistentVolumeClaim claim;
  claim.meta.ns = "gomeet";
  claim.meta.name = "data";
  claim.access_modes = {"ReadWriteOnce"};
  claim.volume = "v";
  claim.zone = "jakarta-1";
  c.claims.push_back(claim);
  const int p = pending(c,
                        "{containers: [{name: a, image: x}], volumes: [{name: d, "
                        "persistentVolumeClaim: {claimName: data}}]}");
  CHECK(schedule(c, p).reason ==
        "0/6 nodes are available: 6 node(s) had volume node affinity conflict.");
  c.claims.back().zone = "singapore-2";
  const int node = schedule(c, p).node;
  REQUIRE(node != no_index);
  CHECK(c.nodes[static_cast<std::size_t>(node)].zone == "singapore-2");
  c.claims.back().meta.exists = false;
  CHECK(schedule(c, p).reason ==
        "0/6 nodes are available: persistentvolumeclaim \"data\" not found.");
}

TEST_CASE("a ReadWriteOnce volume that another node uses cannot be mounted") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  PersistentVolumeClaim claim;
  claim.meta.ns = "gomeet";
  claim.meta.name = "data";
  claim.access_modes = {"ReadWriteOnce"};
  c.claims.push_back(claim);
  const std::string spec =
      "{containers: [{name: a, image: x}], volumes: [{name: d, persistentVolumeClaim: {claimName: "
      "data}}]}";
  const int first = pending(c, spec);
  bind_pod(c, first, 0);
  start_pod(c, first);
  c.pods[static_cast<std::size_t>(first)].meta.name = "holder";
  const int second = pending(c, spec);
  REQUIRE(second != first);
  CHECK_FALSE(mount_refusal(c, second, 0));
  REQUIRE(mount_refusal(c, second, 1));
  CHECK(mount_refusal(c, second, 1)->find("holder") != std::string::npos);
  c.claims.back().access_modes = {"ReadWriteMany"};
  CHECK_FALSE(mount_refusal(c, second, 1));
}

TEST_CASE("a claim has a volume only where its class can serve its access mode") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  PersistentVolumeClaim claim;
  claim.meta.ns = "gomeet";
  claim.meta.name = "data";
  claim.access_modes = {"ReadWriteMany"};
  c.claims.push_back(claim);
  const int p = pending(c,
                        "{containers: [{name: a, image: x}], volumes: [{name: d, "
                        "persistentVolumeClaim: {claimName: data}}]}");
  CHECK(schedule(c, p).node != no_index);  // nothing is said of the platform's storage
  load(c,
       "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: block, annotations: "
       "{storageclass.kubernetes.io/is-default-class: 'true'}}\nprovisioner: "
       "dobs.csi.digitalocean.com\n---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\n"
       "metadata: {name: files}\nprovisioner: nfs.csi.k8s.io\n");
  CHECK(schedule(c, p).reason.find("unbound immediate PersistentVolumeClaims") !=
        std::string::npos);
  CHECK(provision_refusal(c, c.claims.back())->find("does not support access mode") !=
        std::string::npos);
  c.claims.back().storage_class = "files";
  CHECK(schedule(c, p).node != no_index);
  c.claims.back().storage_class = "fast";
  CHECK(*provision_refusal(c, c.claims.back()) == "storageclass.storage.k8s.io \"fast\" not found");
  c.claims.back().storage_class.clear();
  c.claims.back().access_modes = {"ReadWriteOnce"};
  CHECK(schedule(c, p).node != no_index);
}

TEST_CASE("required anti-affinity and host ports keep pods of a kind apart") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  for (const char* spec :
       {"{hostNetwork: true, containers: [{name: a, image: x, ports: [{containerPort: 7880}]}]}",
        "{containers: [{name: a, image: x}], affinity: {podAntiAffinity: "
        "{requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: "
        "p}}, "
        "topologyKey: kubernetes.io/hostname}]}}}"}) {
    Cluster copy = c;
    for (int i = 0; i < 6; ++i) {
      const int p = pending(copy, spec);
      const Placement placement = schedule(copy, p);
      REQUIRE(placement.node != no_index);
      CHECK(node_for(copy, p) == placement.node);
      bind_pod(copy, p, placement.node);
      copy.pods[static_cast<std::size_t>(p)].meta.name = "p" + std::to_string(i);
    }
    const Placement none = schedule(copy, pending(copy, spec));
    CHECK(none.node == no_index);
    CHECK(none.reason.starts_with("0/6 nodes are available: 6 node(s) didn't"));
  }
}
