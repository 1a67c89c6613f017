#include <string>

#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// Autoscalers of pods and nodes, images, volumes of lost nodes, and objects that come later.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

const std::string settings_of_parameters = "/platform/parameters/";

const Setting no_autoscaler{
    "/platform/clusters/0/objects/HorizontalPodAutoscaler:livekit-sfu",
    R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "none"}})", ""};

/// The platform of a scenario, at its start.
struct Stage {
  explicit Stage(const std::vector<Setting>& settings = {},
                 const std::string& scenario = "node-failure")
      : loaded(test::load(scenario, settings)), world(loaded.platform, loaded.scenario.start) {
    world.reset(20261123, 0);
  }

  /// What a command prints.
  std::string says(const std::string& command) {
    const ActionState state = test::run(world, command);
    return std::string(state.output);
  }
  std::string replicas() {
    return says("kubectl get deployment livekit-sfu -n gomeet -o jsonpath={.spec.replicas}");
  }
  /// Seconds from now until a note of this kind; -1: not within `limit`.
  double until(NoteKind kind, Duration limit) {
    SampleBuffer buffer;
    const Offset began = world.now();
    world.drain(buffer);
    while (world.now() < began + limit) {
      world.wait_until(world.now() + 1s);
      buffer.clear();
      world.drain(buffer);
      for (const Note& note : buffer.notes)
        if (note.kind == kind) return to_seconds(note.at - began);
    }
    return -1;
  }
  int count(NoteKind kind) {
    SampleBuffer buffer;
    world.drain(buffer);
    int found = 0;
    for (const Note& note : buffer.notes) found += note.kind == kind ? 1 : 0;
    return found;
  }

  LoadedScenario loaded;
  SimulatedWorld world;
};

/// A Deployment for the DR cluster, whose three nodes have 16 CPUs each.
std::string deployment(const std::string& name, int replicas, const std::string& image = "x/y:1") {
  return "kubectl apply --context=dr-cluster -n gomeet-dr -f - <<EOF\n"
         "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " +
         name + "}\nspec:\n  replicas: " + std::to_string(replicas) +
         "\n  selector: {matchLabels: {app: " + name +
         "}}\n  template:\n    metadata: {labels: {app: " + name +
         "}}\n    spec:\n      containers:\n      - {name: a, image: '" + image +
         "', resources: {requests: {cpu: 12}}}\nEOF\n";
}

std::string phases(const std::string& app) {
  return "kubectl get pods --context=dr-cluster -n gomeet-dr -l app=" + app +
         " -o jsonpath={.items[*].status.phase}";
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

}  // namespace

TEST_CASE("the platform starts with as many SFU nodes as its autoscaler holds at its load") {
  // 500 participants take 112 CPUs: at a target of 70 % of 14 each, 12 nodes.
  Stage stage;
  CHECK(stage.replicas() == "12");
  CHECK(stage.says("kubectl get hpa -n gomeet").find("cpu: 66%/70%") != std::string::npos);
  const auto with = [](const char* cpus) {
    return Stage({{settings_of_parameters + "livekit.cpu_per_participant", cpus, ""}}).replicas();
  };
  CHECK(with("0.3") == "16");  // of which twelve find a node
  CHECK(with("0.05") == "8");  // its least
  // From below it stops at eleven: within a tenth of its target nothing changes.
  CHECK(Stage({{"/platform/clusters/0/objects/Deployment:livekit-sfu/spec/replicas", "9", ""}})
            .replicas() == "11");
  CHECK(Stage({{"/platform/clusters/0/objects/Deployment:livekit-sfu/spec/replicas", "9", ""},
               no_autoscaler})
            .replicas() == "9");
}

TEST_CASE("an autoscaler undoes what an operator scales below its bounds, and no more than that") {
  Stage stage({{settings_of_parameters + "livekit.cpu_per_participant", "0.05", ""}});
  stage.says("kubectl scale deployment livekit-sfu --replicas=3 -n gomeet");
  const double back = stage.until(NoteKind::scaled_up, 10min);
  CHECK(back >= 0);
  CHECK(back <= 16);
  CHECK(stage.replicas() == "8");
  test::pass_until(stage.world, stage.world.now() + 30min);
  CHECK(stage.replicas() == "8");
}

TEST_CASE("an autoscaler whose target fills a node to its last place never brings another one") {
  // 50 participants, all that a node takes, are 70 % of its request: ten nodes for 500, all full.
  Stage stage({{settings_of_parameters + "livekit.cpu_per_participant", "0.196", ""}});
  CHECK(stage.replicas() == "10");
  stage.says("kubectl scale deployment livekit-sfu --replicas=8 -n gomeet");
  test::pass_until(stage.world, 1h);
  CHECK(stage.replicas() == "8");
  CHECK(stage.world.user_impact().curve.back().without_media >= 90);
}

TEST_CASE("pods that take more than the target bring further ones, after the window") {
  Stage stage;
  stage.says("kubectl scale deployment livekit-sfu --replicas=8 -n gomeet");
  const double up = stage.until(NoteKind::scaled_up, 20min);
  CHECK(up > 60);
  CHECK(up < 200);
  Stage patient(
      {{"/platform/clusters/0/objects/HorizontalPodAutoscaler:livekit-sfu/spec/behavior/scaleUp/"
        "stabilizationWindowSeconds",
        "600", ""}});
  patient.says("kubectl scale deployment livekit-sfu --replicas=8 -n gomeet");
  CHECK(patient.until(NoteKind::scaled_up, 30min) > 600);
}

TEST_CASE("pods without room bring nodes, as many as they need and the pool may have") {
  Stage stage;
  stage.says(deployment("load", 5));
  const double first = stage.until(NoteKind::node_added, 10min);
  CHECK(first >= 90);
  CHECK(first <= 241);
  test::pass_until(stage.world, stage.world.now() + 5min);
  CHECK(occurrences(stage.says(phases("load")), "Running") == 5);
  const auto nodes = [](Stage& of) {
    return occurrences(of.says("kubectl get nodes --context=dr-cluster -o name"), "node/");
  };
  CHECK(nodes(stage) == 5);

  Stage bounded({{"/platform/clusters/1/node_pools/0/autoscale/max", "4", ""},
                 {settings_of_parameters + "kubernetes.node_provision", "10s", ""}});
  bounded.says(deployment("load", 5));
  const double soon = bounded.until(NoteKind::node_added, 10min);
  CHECK(soon >= 0);
  CHECK(soon < 12);
  test::pass_until(bounded.world, 20min);
  CHECK(nodes(bounded) == 4);
  CHECK(occurrences(bounded.says(phases("load")), "Pending") == 1);
}

TEST_CASE("what appeared in a run is forgotten by the next") {
  Stage stage;
  const auto play = [&] {
    stage.world.reset(7, 3);
    stage.says(deployment("load", 5));
    stage.says(
        "kubectl apply --context=dr-cluster -n gomeet-dr -f - <<EOF\napiVersion: v1\n"
        "kind: Service\nmetadata: {name: load}\nspec: {selector: {app: load}, ports: "
        "[{port: 1}]}\nEOF\n");
    test::pass_until(stage.world, 15min);
    return stage.world.fingerprint();
  };
  const std::uint64_t first = play();
  CHECK(play() == first);
  stage.world.reset(7, 3);
  CHECK(occurrences(stage.says("kubectl get nodes --context=dr-cluster -o name"), "node/") == 3);
}

TEST_CASE("a node pulls an image that it has not run, one after the other") {
  const auto ready_after = [](const char* size) {
    Stage stage({{settings_of_parameters + "kubernetes.image_size", size, ""},
                 {settings_of_parameters + "kubernetes.image_pull_rate", "100MB/s", ""}});
    stage.says(deployment("one", 1));
    return stage.until(NoteKind::pod_ready, 1h);
  };
  const double small = ready_after("1");
  CHECK(small < 20);
  CHECK(ready_after("6GB") > small + 55);

  // Nodes that ran the image at the start have it.
  Stage warm({{settings_of_parameters + "kubernetes.image_size", "600GB", ""}});
  warm.says("kubectl delete pod redis-replica-0 -n gomeet");
  CHECK(warm.until(NoteKind::pod_ready, 5min) >= 0);
  CHECK(warm.count(NoteKind::image_pulled) == 0);
}

TEST_CASE("a tag that the registry lacks stops a rollout, and undoing it mends that") {
  const std::string set =
      "kubectl set image deployment/auth-service auth=gomeet/auth-service:9 -n gomeet";
  const auto statuses = [](Stage& stage) {
    return stage.says("kubectl get pods -n gomeet -l app=auth-service");
  };
  Stage stage;
  stage.says(set);
  test::pass_until(stage.world, 5min);
  CHECK(occurrences(statuses(stage), "ImagePullBackOff") == 1);  // maxUnavailable of four is one
  CHECK(occurrences(statuses(stage), "1/1     Running") == 3);
  stage.says("kubectl rollout undo deployment/auth-service -n gomeet");
  test::pass_until(stage.world, 10min);
  CHECK(occurrences(statuses(stage), "1/1     Running") == 4);

  Stage listed({{"/platform/registry", R"(["gomeet/auth-service:9"])", ""}});
  listed.says(set);
  test::pass_until(listed.world, 20min);
  CHECK(occurrences(statuses(listed), "ImagePull") == 0);
  CHECK(occurrences(statuses(listed), "1/1     Running") == 4);
}

namespace {

/// Seconds from the forced deletion of a pod on a lost node until its replacement is ready.
double ready_after_force(const std::vector<Setting>& more, const std::string& before = "true") {
  std::vector<Setting> settings{{"/platform/clusters/0/node_pools/4/count", "8", ""}};
  settings.insert(settings.end(), more.begin(), more.end());
  Stage stage(settings);
  const std::string node =
      stage.says("kubectl get pod redis-master-0 -n gomeet -o jsonpath={.spec.nodeName}");
  stage.world.inject({"lost", Primitive::crash, {Level::node, node}});
  test::pass_until(stage.world, 100s);
  stage.says("NODE=" + node + "; " + before);
  stage.says("kubectl delete pod redis-master-0 -n gomeet --force --grace-period=0");
  const Offset began = stage.world.now();
  while (stage.world.now() < began + 20min) {
    test::pass_until(stage.world, stage.world.now() + 5s);
    if (stage.says("kubectl get pod redis-master-0 -n gomeet").find("1/1     Running") !=
        std::string::npos)
      return to_seconds(stage.world.now() - began);
  }
  return -1;
}

}  // namespace

TEST_CASE(
    "the volume of a lost node is taken from it after six minutes, or when it is said to be off") {
  const double slow = ready_after_force({});
  CHECK(slow > 360);
  CHECK(slow < 420);
  const double fast =
      ready_after_force({{settings_of_parameters + "kubernetes.force_detach", "60s", ""}});
  CHECK(fast > 60);
  CHECK(fast < 120);
  const double told = ready_after_force(
      {}, "kubectl taint nodes $NODE node.kubernetes.io/out-of-service=nodeshutdown:NoExecute");
  CHECK(told > 0);
  CHECK(told < 60);
}

TEST_CASE("manifests on the operator's machine make workloads, with the models declared for them") {
  const std::string manifest =
      R"(["apiVersion: apps/v1", "kind: Deployment", "metadata: {name: auth-service}", "spec:",
          "  replicas: 2", "  selector: {matchLabels: {app: auth}}", "  template:",
          "    metadata: {labels: {app: auth}}",
          "    spec: {containers: [{name: auth, image: 'gomeet/auth-service:1.0'}]}"])";
  const Setting files{"/platform/files", "{\"deployment/k8s/auth.yaml\": " + manifest + "}", ""};
  const Setting models{
      "/platform/clusters/1/models",
      R"([{"name": "auth-service", "model": {"kind": "api-service", "role": "auth"}}])", ""};
  const std::string apply = "kubectl apply -f deployment/k8s/ -n gomeet-dr --context=dr-cluster";
  const auto of_api = [&](const std::vector<Setting>& settings) {
    Stage stage(settings);
    CHECK(stage.says(apply) == "deployment.apps/auth-service created\n");
    SampleBuffer buffer;
    test::pass_until(stage.world, 2min);
    stage.world.drain(buffer);
    int found = 0;
    for (const Note& note : buffer.notes)
      found += note.kind == NoteKind::pod_scheduled && note.component == ComponentId::api ? 1 : 0;
    return found;
  };
  CHECK(of_api({files, models}) == 2);
  CHECK(of_api({files}) == 0);
  Stage stage({files});
  CHECK(stage.says("grep -c replicas deployment/k8s/auth.yaml") == "1\n");
  stage.says("sed 's/replicas: 2/replicas: 5/' deployment/k8s/auth.yaml > five.yaml");
  stage.says("kubectl apply -f five.yaml -n gomeet-dr --context=dr-cluster");
  CHECK(stage.says("kubectl get deployment auth-service -n gomeet-dr --context=dr-cluster -o "
                   "jsonpath={.spec.replicas}") == "5");
  CHECK(Stage().says(apply) == "error: the path \"deployment/k8s/\" does not exist\n");
}
