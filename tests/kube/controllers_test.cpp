#include "sim/kube/controllers.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/kube/world.hpp"

using namespace kube_test;
using namespace drdrill::kube;

namespace {

std::vector<PodAction> next(Cluster& c, Workload::Kind kind, const std::string& name) {
  std::vector<PodAction> out;
  next_actions(c, find_workload(c, kind, "gomeet", name), out);
  return out;
}

}  // namespace

TEST_CASE("a Deployment replaces a terminating pod at once") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  CHECK(next(c, Workload::Kind::deployment, "livekit-sfu").empty());
  const int w = find_workload(c, Workload::Kind::deployment, "gomeet", "livekit-sfu");
  terminate_pod(c, pods_of(c, w).front());
  const auto actions = next(c, Workload::Kind::deployment, "livekit-sfu");
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].kind == PodAction::Kind::create);
}

TEST_CASE("a StatefulSet replaces a pod only when its object is gone") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  const int pod = find_pod(c, "gomeet", "redis-master-1");
  terminate_pod(c, pod);
  CHECK(next(c, Workload::Kind::stateful_set, "redis-master").empty());
  remove_pod(c, pod);
  const auto actions = next(c, Workload::Kind::stateful_set, "redis-master");
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].ordinal == 1);
}

TEST_CASE("a StatefulSet starts in order and stops from the highest ordinal") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  const int w = find_workload(c, Workload::Kind::stateful_set, "gomeet", "redis-master");
  c.workloads[static_cast<std::size_t>(w)].replicas = 0;
  auto actions = next(c, Workload::Kind::stateful_set, "redis-master");
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].ordinal == 2);
  for (int p : pods_of(c, w)) remove_pod(c, p);
  c.workloads[static_cast<std::size_t>(w)].replicas = 3;
  actions = next(c, Workload::Kind::stateful_set, "redis-master");
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].ordinal == 0);
  create_pod(c, actions[0]);
  CHECK(next(c, Workload::Kind::stateful_set, "redis-master").empty());  // 0 is not ready yet
}

TEST_CASE("a rolling update stays within surge and availability") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  kubectl(k, "rollout restart deployment/livekit-sfu -n gomeet");
  const int w = find_workload(c, Workload::Kind::deployment, "gomeet", "livekit-sfu");
  const auto actions = next(c, Workload::Kind::deployment, "livekit-sfu");
  // Of 4: one more by maxSurge 25 %, and one old pod fewer by maxUnavailable 25 %.
  CHECK(std::count_if(actions.begin(), actions.end(),
                      [](const PodAction& a) { return a.kind == PodAction::Kind::create; }) == 1);
  CHECK(std::count_if(actions.begin(), actions.end(),
                      [](const PodAction& a) { return a.kind == PodAction::Kind::remove; }) == 1);
  settle(c);
  const WorkloadStatus s = status_of(c, w);
  CHECK(s.updated_ready == 4);
  CHECK(s.total == 4);
}

TEST_CASE("a rollout of pods that never become ready keeps the old ones") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  kubectl(k, "set image deployment/auth-service auth=broken -n gomeet");
  const int w = find_workload(c, Workload::Kind::deployment, "gomeet", "auth-service");
  for (int round = 0; round < 10; ++round)
    for (const PodAction& a : next(c, Workload::Kind::deployment, "auth-service")) apply(c, a);
  CHECK(status_of(c, w).ready == 2);
  std::vector<std::uint32_t> kept;
  for (const Pod& p : c.pods)
    if (p.meta.exists && p.ready && p.owner == Pod::Owner::workload && p.owner_index == w)
      kept.push_back(p.uid);
  CHECK(kubectl(k, "rollout undo deployment/auth-service -n gomeet").out ==
        "deployment.apps/auth-service rolled back\n");
  // The template is the one that they were made from: they are up to date and stay.
  CHECK(status_of(c, w).updated_ready == 2);
  settle(c);
  CHECK(status_of(c, w).updated_ready == 2);
  for (const std::uint32_t uid : kept) CHECK(find_pod(c, uid) != no_index);
  CHECK(c.workloads[static_cast<std::size_t>(w)].revisions.size() == 2);
  CHECK(c.workloads[static_cast<std::size_t>(w)].current().number == 3);
}

TEST_CASE("a DaemonSet has one pod on each node, cordoned or not") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  c.nodes[2].unschedulable = true;
  load(c, R"(apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: gomeet}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: a, image: agent}]}
)");
  settle(c);
  CHECK(pods_of(c, find_workload(c, Workload::Kind::daemon_set, "gomeet", "agent")).size() == 6);
  const Outcome refused = kubectl(k, "drain node-0");
  CHECK(refused.exit_code == 1);
  CHECK(refused.err.find("cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to "
                         "ignore): gomeet/agent-") != std::string::npos);
}

TEST_CASE("restoring a snapshot gives the same cluster") {
  Clusters k = platform();
  const Cluster before = k.items[0];
  Cluster c = before;
  terminate_pod(c, 0);
  settle(c);
  c = before;
  Clusters restored;
  restored.items = {c};
  CHECK(kubectl(restored, "get pods -A -o yaml").out == kubectl(k, "get pods -A -o yaml").out);
}
