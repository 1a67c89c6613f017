#include <catch2/catch.hpp>

#include "sim/kube/images.hpp"
#include "tests/kube/world.hpp"

using namespace kube_test;
using namespace drdrill::kube;

TEST_CASE("unknown verbs, options, contexts and types are refused in kubectl's words") {
  Clusters k = platform();
  CHECK(kubectl(k, "failover x").err == "Error: unknown command \"failover\" for \"kubectl\"\n");
  CHECK(kubectl(k, "get pods --bogus").err ==
        "Error: unknown flag: --bogus\nSee 'kubectl get --help' for usage.\n");
  CHECK(kubectl(k, "get pods --context=nope").err ==
        "Error in configuration: context was not found for specified context: nope\n");
  CHECK(kubectl(k, "get pods -n x --context=nope").err ==
        "error: context \"nope\" does not exist\n");
  CHECK(kubectl(k, "get frobs").err ==
        "error: the server doesn't have a resource type \"frobs\"\n");
  CHECK(kubectl(k, "cordon").err ==
        "error: USAGE: cordon NODE [flags]\nSee 'kubectl cordon -h' for help and examples\n");
  CHECK(kubectl(k, "scale deployment x --replicas=abc").exit_code == 1);
  CHECK(kubectl(k, "config use-context two").err ==
        "error: no context exists with the name: \"two\"\n");
  CHECK(kubectl(k, "config use-context dr-cluster").out == "Switched to context \"dr-cluster\".\n");
  CHECK(k.current == 1);
}

TEST_CASE("an API server that does not answer refuses everything") {
  Clusters k = platform();
  k.items[0].api_available = false;
  CHECK(kubectl(k, "get pods").err == "Unable to connect to the server: dial tcp: i/o timeout\n");
}

TEST_CASE("exec is refused where it cannot run") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  const auto err = [&](const char* line) { return kubectl(k, line).err; };
  CHECK(err("exec nothing -n gomeet -- ls") ==
        "Error from server (NotFound): pods \"nothing\" not found\n");
  CHECK(err("exec postgres-primary-0 -n gomeet ls").find("is not supported anymore") !=
        std::string::npos);
  CHECK(err("exec postgres-primary-0 -c web -n gomeet -- ls") ==
        "Error from server (BadRequest): container web is not valid for pod postgres-primary-0\n");
  const Outcome bash = kubectl(k, "exec redis-master-0 -n gomeet -- bash -c x");
  CHECK(bash.exit_code == 126);
  CHECK(bash.err.find("exec: \"bash\": executable file not found in $PATH") != std::string::npos);
  CHECK(kubectl(k, "exec deploy/auth-service -n gomeet -- curl x").exec->assumed);
  Pod& p = pod(c, "redis-master-1");
  p.phase = PodPhase::failed;
  CHECK(err("exec redis-master-1 -n gomeet -- ls") ==
        "error: cannot exec into a container in a completed pod; current phase is Failed\n");
  p.phase = PodPhase::running;
  p.reason = "CrashLoopBackOff";
  CHECK(err("exec redis-master-1 -n gomeet -- ls") ==
        "error: unable to upgrade connection: container not found (\"redis\")\n");
}

TEST_CASE("images hold what their Dockerfiles say; others are assumed to hold everything") {
  CHECK(image_has("postgres:15-alpine", "bash") == ImageHas::yes);
  CHECK(image_has("postgres:15-alpine", "kubectl") == ImageHas::no);
  CHECK(image_has("docker.io/library/redis:7.2-alpine", "/bin/bash") == ImageHas::no);
  CHECK(image_has("redis:7.2-alpine", "redis-cli") == ImageHas::yes);
  CHECK(image_has("redis:7.2", "bash") == ImageHas::yes);
  CHECK(image_has("nicolaka/netshoot", "jq") == ImageHas::yes);
  CHECK(image_has("curlimages/curl", "jq") == ImageHas::no);
  CHECK(image_has("gcr.io/distroless/static", "sh") == ImageHas::no);
  CHECK(image_has("gomeet/api:1", "bash") == ImageHas::assumed);
  CHECK(image_has("redis:7.2-alpine", "/scripts/redis-backup.sh") == ImageHas::assumed);
}

TEST_CASE("a patch makes a revision, keeps other containers, and refuses what is invalid") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  const auto patch = [&](const std::string& what, const std::string& text) {
    return kubectl(k, "patch " + what + " -n gomeet -p '" + text + "'");
  };
  CHECK(
      patch(
          "deployment auth-service",
          R"({"spec":{"template":{"spec":{"containers":[{"name":"auth","env":[{"name":"H","value":"r"}]}]}}}})")
          .out == "deployment.apps/auth-service patched\n");
  const int w = find_workload(c, Workload::Kind::deployment, "gomeet", "auth-service");
  const Workload& auth = c.workloads[static_cast<std::size_t>(w)];
  CHECK(auth.current().number == 2);
  CHECK(auth.pod_template().containers[0].image == "gomeet/auth:1.0");
  CHECK(auth.pod_template().containers[0].env[0].value == "r");
  CHECK(patch("deployment auth-service", R"({"spec":{"replicas":"x"}})").exit_code == 1);
  CHECK(patch("deployment auth-service", R"({"spec")").exit_code == 1);
  CHECK(patch("deployment auth-service",
              R"({"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}})")
            .err == "error: map: map[image:x] does not contain declared merge key: name\n");
  CHECK(patch("deployment auth-service", R"({"spec":{"selector":{"matchLabels":{"app":"z"}}}})")
            .exit_code == 1);
  CHECK(patch("statefulset redis-master", R"({"spec":{"serviceName":"other"}})")
            .err.find("Forbidden: updates to statefulset spec") != std::string::npos);
  CHECK(patch("deployment postgres-replica", "{}").err ==
        "Error from server (NotFound): deployments.apps \"postgres-replica\" not found\n");
}

TEST_CASE("scale, label, taint and delete tell what they refuse") {
  Clusters k = platform();
  CHECK(kubectl(k, "scale deploy auth-service --current-replicas=9 --replicas=1 -n gomeet").err ==
        "error: Expected replicas to be 9, was 2\n");
  CHECK(kubectl(k, "label pod redis-master-0 role=x -n gomeet").err ==
        "error: 'role' already has a value (master), and --overwrite is false\n");
  CHECK(kubectl(k, "label pod redis-master-0 role- -n gomeet").out ==
        "pod/redis-master-0 unlabeled\n");
  CHECK(kubectl(k, "taint nodes node-0 a=b:NoExecute").out == "node/node-0 tainted\n");
  CHECK(kubectl(k, "taint nodes node-0 a:NoExecute-").out == "node/node-0 untainted\n");
  CHECK(kubectl(k, "delete pod -n gomeet").err ==
        "error: resource(s) were provided, but no name was specified\n");
  CHECK(kubectl(k, "delete pods -l app=none -n gomeet").out == "No resources found\n");
  const Outcome force = kubectl(k, "delete pod redis-master-0 --force --grace-period=0 -n gomeet");
  CHECK(force.out == "pod \"redis-master-0\" force deleted\n");
  CHECK(pod(k.items[0], "redis-master-0").grace_s == 0);
}

TEST_CASE("a budget holds a drain back until a pod is ready again") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  load(c,
       "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: sfu, namespace: "
       "gomeet}\nspec: {minAvailable: 100%, selector: {matchLabels: {app: livekit-sfu}}}\n");
  const int w = find_workload(c, Workload::Kind::deployment, "gomeet", "livekit-sfu");
  const int first = pods_of(c, w).front();
  const std::string node =
      c.nodes[static_cast<std::size_t>(c.pods[static_cast<std::size_t>(first)].node)].meta.name;
  Outcome drain = kubectl(k, "drain " + node + " --timeout=60s");
  REQUIRE(drain.wait);
  CHECK(drain.err.find("(will retry after 5s): Cannot evict pod as it would violate the pod's "
                       "disruption budget. The disruption budget sfu needs 4 healthy pods and has "
                       "4 currently") != std::string::npos);
  CHECK(check(c, *drain.wait).state == Progress::State::retry);
  CHECK(retry_evictions(c, *drain.wait).state == Progress::State::retry);
  c.budgets[0].min_available = IntOrPercent{3, false};
  const Progress retried = retry_evictions(c, *drain.wait);
  CHECK(retried.state == Progress::State::waiting);
  CHECK(retried.changed.size() == 1);
  settle(c);
  CHECK(check(c, *drain.wait).state == Progress::State::done);
}

TEST_CASE("budgets count as the API does") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  PodDisruptionBudget b;
  b.meta.ns = "gomeet";
  b.meta.name = "b";
  b.selector = selector_of({{"app", "livekit-sfu"}});
  b.max_unavailable = IntOrPercent{30, true};  // of 4, rounded up: 2
  CHECK(status_of(c, b).disruptions_allowed == 2);
  b.max_unavailable = IntOrPercent{0, false};
  CHECK(status_of(c, b).disruptions_allowed == 0);
  b.max_unavailable.reset();
  b.min_available = IntOrPercent{60, true};  // rounded up: 3
  CHECK(status_of(c, b).desired_healthy == 3);
}

TEST_CASE("wait and rollout status time out as kubectl does") {
  Clusters k = platform();
  Cluster& c = k.items[0];
  pod(c, "redis-master-0").ready = false;
  Outcome out = kubectl(k, "wait --for=condition=Ready pod/redis-master-0 --timeout=5s -n gomeet");
  REQUIRE(out.wait);
  CHECK(give_up(c, *out.wait).err ==
        "error: timed out waiting for the condition on pods/redis-master-0\n");
  pod(c, "redis-master-0").ready = true;
  CHECK(check(c, *out.wait).out == "pod/redis-master-0 condition met\n");
}

TEST_CASE("what get shows can be read back") {
  Clusters k = platform();
  for (const char* kind : {"deployments", "statefulsets", "services", "configmaps"}) {
    const std::string yaml = kubectl(k, std::string("get ") + kind + " -n gomeet -o yaml").out;
    const Outcome again = kubectl(k, "apply -f -", yaml);
    CHECK(again.exit_code == 0);
    CHECK(again.out.find("configured") == std::string::npos);
    CHECK(again.out.find("unchanged") != std::string::npos);
  }
}

TEST_CASE("a template that names one item of a List gets the same as one that sees them all") {
  Clusters k = platform();
  const std::string get = "get nodes -o jsonpath=";
  const std::string all = kubectl(k, get + "'{range .items[*]}{.metadata.name} {end}'").out;
  CHECK(kubectl(k, get + "'{.items[1].metadata.name} {.items[4].metadata.name}'").out ==
        all.substr(all.find("node-1"), 6) + " " + all.substr(all.find("node-4"), 6));
  CHECK(kubectl(k, get + "'{.items[1].metadata.name}{.kind}'").out == "node-1List");
  CHECK(kubectl(k, get + "'{.items[-1].metadata.name}'").out == "node-5");
  CHECK(kubectl(k, get + "'{.items[17].metadata.name}'")
            .err.find("array index out of bounds: index 17, length 6") != std::string::npos);
}
