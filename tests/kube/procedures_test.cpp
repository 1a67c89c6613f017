#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/kube/world.hpp"

// Each kubectl command of the platform's recovery procedures, on the platform as it is.
using namespace kube_test;
using namespace drdrill::kube;

TEST_CASE("the SFU procedure finds, deletes and scales pods of a Deployment") {
  Clusters k = platform();
  CHECK(kubectl(k, "get pods -n gomeet -l app=livekit-sfu").out.find("1/1     Running") !=
        std::string::npos);
  const Outcome failed =
      kubectl(k, "get pods -n gomeet -l app=livekit-sfu --field-selector=status.phase=Failed");
  CHECK(failed.out.empty());
  CHECK(failed.err == "No resources found in gomeet namespace.\n");
  const std::string name =
      kubectl(k, "get pods -n gomeet -l app=livekit-sfu -o jsonpath={.items[0].metadata.name}").out;
  Outcome gone = kubectl(k, "delete pod " + name + " -n gomeet");
  CHECK(gone.out == "pod \"" + name + "\" deleted\n");
  REQUIRE(gone.wait);
  CHECK(check(k.items[0], *gone.wait).state == Progress::State::waiting);
  settle(k.items[0]);
  CHECK(find_pod(k.items[0], "gomeet", name) == no_index);
  CHECK(kubectl(k, "scale deployment livekit-sfu --replicas=8 -n gomeet").out ==
        "deployment.apps/livekit-sfu scaled\n");
  REQUIRE(kubectl(k, "logs -n gomeet deployment/livekit-sfu --tail=100").logs);
}

TEST_CASE("the API procedure restarts Deployments and waits for their rollout") {
  Clusters k = platform();
  CHECK(kubectl(k, "rollout restart deployment/auth-service -n gomeet").out ==
        "deployment.apps/auth-service restarted\n");
  Outcome status = kubectl(k, "rollout status deployment/auth-service -n gomeet");
  REQUIRE(status.wait);
  settle(k.items[0]);
  const Progress p = check(k.items[0], *status.wait);
  CHECK(p.state == Progress::State::done);
  CHECK(p.out == "deployment \"auth-service\" successfully rolled out\n");
}

TEST_CASE("scaling a StatefulSet as a Deployment is refused: the primary is not stopped") {
  Clusters k = platform();
  const Outcome out = kubectl(k, "scale deployment postgres-primary --replicas=0 -n gomeet");
  CHECK(out.exit_code == 1);
  CHECK(out.err ==
        "Error from server (NotFound): deployments.apps \"postgres-primary\" not found\n");
  settle(k.items[0]);
  CHECK(pod(k.items[0], "postgres-primary-0").ready);
}

TEST_CASE("the promotion's Service patch changes nothing when the selector is that already") {
  Clusters k = platform();
  const Outcome out =
      kubectl(k,
              "patch service postgres-primary -n gomeet -p "
              "'{\"spec\":{\"selector\":{\"app\":\"postgres\",\"role\":\"primary\"}}}'");
  CHECK(out.out == "service/postgres-primary patched (no change)\n");
  CHECK(out.changed.empty());
}

TEST_CASE("a Service whose selector matches no ready pod has no endpoints") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  REQUIRE(kubectl(k, "scale statefulset postgres-primary --replicas=0 -n gomeet").exit_code == 0);
  settle(c);
  CHECK(endpoints(c, find_service(c, "gomeet", "postgres-primary")).empty());
  kubectl(k, "label pod postgres-replica-0 role=primary --overwrite -n gomeet");
  CHECK(endpoints(c, find_service(c, "gomeet", "postgres-primary")).size() == 1);
}

TEST_CASE("exec reaches a running pod and says what to run in it") {
  Clusters k = platform();
  const Outcome out = kubectl(
      k, "exec postgres-replica-0 -n gomeet -- psql -U postgres -c \"SELECT pg_promote();\"");
  REQUIRE(out.exec);
  CHECK(out.exec->object.name == "postgres-replica-0");
  CHECK(out.exec->container == "postgres");
  CHECK(out.exec->argv ==
        std::vector<std::string>{"psql", "-U", "postgres", "-c", "SELECT pg_promote();"});
  CHECK_FALSE(out.exec->assumed);
  CHECK(kubectl(k, "exec -it postgres-primary-0 -n gomeet -- pg_isready").exec->input);
}

TEST_CASE("the point-in-time recovery execs into a pod that its first step removed") {
  Clusters k = platform();
  kubectl(k, "scale statefulset postgres-primary --replicas=0 -n gomeet");
  settle(k.items[0]);
  const Outcome out = kubectl(k, "exec -it postgres-primary-0 -n gomeet -- bash -c x");
  CHECK(out.exit_code == 1);
  CHECK(out.err == "Error from server (NotFound): pods \"postgres-primary-0\" not found\n");
}

TEST_CASE("without a namespace commands look into default") {
  Clusters k = platform();
  CHECK(kubectl(k, "get configmap livekit-config -o yaml").err ==
        "Error from server (NotFound): configmaps \"livekit-config\" not found\n");
  CHECK(kubectl(k, "get rooms.livekit.io -o yaml").err ==
        "error: the server doesn't have a resource type \"rooms\"\n");
  CHECK(kubectl(k, "get configmap livekit-config -o yaml -n gomeet").out.find("port: 7880") !=
        std::string::npos);
}

TEST_CASE("the Redis recovery's address list ends in a stray port: its range is not closed") {
  Clusters k = platform();
  const std::string out = kubectl(k,
                                  "get pods -n gomeet -l app=redis,role=master -o "
                                  "jsonpath='{range .items[*]}{.status.podIP}:6379 '")
                              .out;
  CHECK(std::count(out.begin(), out.end(), ' ') == 4);
  CHECK(out.ends_with(" :6379 "));
}

TEST_CASE("StatefulSets are stopped by name and their pods stay gone") {
  Clusters k = platform();
  CHECK(kubectl(k, "scale statefulset redis-master --replicas=0 -n gomeet").out ==
        "statefulset.apps/redis-master scaled\n");
  settle(k.items[0]);
  CHECK(kubectl(k, "exec redis-master-0 -n gomeet -- rm -f /data/nodes.conf").exit_code == 1);
}

TEST_CASE("activating the other region goes to its cluster, and refuses another namespace") {
  Clusters k = platform();
  CHECK(kubectl(k, "apply -f deployment/k8s/ -n gomeet-dr --context=dr-cluster").err ==
        "error: the path \"deployment/k8s/\" does not exist\n");
  const std::string manifest =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: gomeet}\n";
  CHECK(kubectl(k, "apply -f - -n gomeet-dr --context=dr-cluster", manifest).err ==
        "error: the namespace from the provided object \"gomeet\" does not match the namespace "
        "\"gomeet-dr\". You must pass '--namespace=gomeet' to perform this operation.\n");
  const Outcome scale =
      kubectl(k, "scale deployment --all --replicas=1 -n gomeet-dr --context=dr-cluster");
  CHECK(scale.err == "error: no objects passed to scale\n");
  CHECK(scale.cluster == 1);
  CHECK(kubectl(k, "get pods -n gomeet-dr --context=dr-cluster").err ==
        "No resources found in gomeet-dr namespace.\n");
}

TEST_CASE("the war room gets its namespace, its dashboard and its tools") {
  Clusters k = platform();
  CHECK(kubectl(k, "create namespace incident-7").out == "namespace/incident-7 created\n");
  CHECK(kubectl(k, "create namespace incident-7").err ==
        "Error from server (AlreadyExists): namespaces \"incident-7\" already exists\n");
  const std::string tools = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: debugging-tools, namespace: incident-7}
spec:
  replicas: 1
  selector: {matchLabels: {app: debugging-tools}}
  template:
    metadata: {labels: {app: debugging-tools}}
    spec:
      containers:
      - {name: netshoot, image: nicolaka/netshoot, command: [sleep, "3600"]}
      - {name: curl, image: curlimages/curl, command: [sleep, "3600"]}
)";
  CHECK(kubectl(k, "apply -f -", tools).out == "deployment.apps/debugging-tools created\n");
  CHECK(kubectl(k, "apply -f -", tools).out == "deployment.apps/debugging-tools unchanged\n");
  const Outcome numeric = kubectl(k, "apply -f -",
                                  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: w, namespace: "
                                  "gomeet, labels: {incident: 7}}\n");
  CHECK(numeric.exit_code == 1);
}

TEST_CASE("the node drill cordons and drains; nothing is left on the node") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  CHECK(kubectl(k, "get nodes -o jsonpath='{.items[0].metadata.name}'").out == "node-0");
  CHECK(kubectl(k, "cordon node-0").out == "node/node-0 cordoned\n");
  Outcome drain = kubectl(k, "drain node-0 --ignore-daemonsets --delete-emptydir-data");
  REQUIRE(drain.exit_code == 0);
  REQUIRE(drain.wait);
  settle(c);
  const Progress p = check(c, *drain.wait);
  CHECK(p.state == Progress::State::done);
  CHECK(p.out.ends_with("node/node-0 drained\n"));
  CHECK(allocated(c, 0).cpu_milli == 0);
  CHECK(kubectl(k, "uncordon node-0").out == "node/node-0 uncordoned\n");
}

TEST_CASE("the partition drill of the procedures names a version that knows no NetworkPolicy") {
  Clusters k = platform();
  const Outcome refused = kubectl(k, "apply -f -",
                                  "apiVersion: v1\nkind: NetworkPolicy\n"
                                  "metadata: {name: network-partition-drill, namespace: gomeet}\n"
                                  "spec: {podSelector: {}, policyTypes: [Egress], egress: []}\n");
  CHECK(refused.exit_code == 1);
  CHECK(refused.err ==
        "error: resource mapping not found for name: \"network-partition-drill\" namespace: "
        "\"gomeet\" from \"STDIN\": no matches for kind \"NetworkPolicy\" in version \"v1\"\n"
        "ensure CRDs are installed first\n");
  CHECK(refused.changed.empty());
}

TEST_CASE("a partition cuts off what the SFUs send, and ends when the policy goes") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  const int sfu = endpoints(c, find_service(c, "gomeet", "livekit-sfu")).front();
  const int redis = find_pod(c, "gomeet", "redis-master-0");
  CHECK(traffic_allowed(c, sfu, redis));
  const std::string policy = R"(apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: network-partition-drill, namespace: gomeet}
spec:
  podSelector: {matchLabels: {app: livekit-sfu}}
  policyTypes: [Egress]
  egress: []
)";
  CHECK(kubectl(k, "apply -f -", policy).out ==
        "networkpolicy.networking.k8s.io/network-partition-drill created\n");
  CHECK_FALSE(traffic_allowed(c, sfu, redis));
  CHECK_FALSE(traffic_allowed(c, sfu, no_index));
  CHECK(traffic_allowed(c, redis, sfu));
  CHECK(kubectl(k, "delete networkpolicy network-partition-drill -n gomeet").out ==
        "networkpolicy.networking.k8s.io \"network-partition-drill\" deleted\n");
  CHECK(traffic_allowed(c, sfu, redis));
  CHECK(kubectl(k, "delete networkpolicy network-partition-drill -n gomeet").exit_code == 1);
}

TEST_CASE("the root cause script asks logs for an option that does not exist") {
  Clusters k = platform();
  CHECK(kubectl(k, "logs --since=1h --until=2h -n gomeet --all-containers=true").err ==
        "Error: unknown flag: --until\nSee 'kubectl logs --help' for usage.\n");
}
