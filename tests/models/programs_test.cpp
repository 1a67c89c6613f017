#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

struct Shell {
  Shell() : loaded(test::load("sfu-node-failure")), world(loaded.platform, loaded.scenario.start) {}
  ActionState run(std::string_view command) { return test::run(world, command); }

  LoadedScenario loaded;
  SimulatedWorld world;
};

}  // namespace

TEST_CASE("the names of Services are known inside of pods only") {
  Shell shell;
  CHECK(shell.run("curl -s http://livekit-sfu:7880/").exit_status == 6);
  const std::string inside = "kubectl exec deploy/prometheus-curl -n gomeet -- ";
  shell.run(R"(kubectl apply -n gomeet -f - <<EOF
apiVersion: apps/v1
kind: Deployment
metadata: {name: prometheus-curl}
spec:
  replicas: 1
  selector: {matchLabels: {app: curl}}
  template:
    metadata: {labels: {app: curl}}
    spec: {containers: [{name: curl, image: curlimages/curl}]}
EOF)");
  test::pass_until(shell.world, 1min);
  CHECK(shell.run(inside + "curl -sf http://livekit-sfu:7880/").exit_status == 0);
  CHECK(shell.run(inside + "curl -sf http://livekit-sfu:7880/metrics").exit_status == 22);
  const ActionState rooms = shell.run(inside + "curl -s http://livekit-sfu:7880/rooms");
  CHECK(rooms.exit_status == 0);
  CHECK(rooms.output == "404 page not found\n");
  // Another port of a Service leads nowhere; the attempt ends when the kernel gives up.
  const Offset before = shell.world.now();
  CHECK(shell.run(inside + "curl -s http://livekit-sfu:6789/metrics").exit_status == 28);
  CHECK(shell.world.now() - before > 2min);
}

TEST_CASE("the front door tells its health, and how long that took") {
  Shell shell;
  CHECK(shell.run("curl -f https://api.gomeet.com/api/v1/health").exit_status == 0);
  const ActionState timed =
      shell.run("curl -w \"%{time_total}\\n\" -o /dev/null -s https://api.gomeet.com/health");
  CHECK(timed.output == "0.020000\n");
  shell.run("kubectl scale statefulset redis-master --replicas=0 -n gomeet");
  test::pass_until(shell.world, 1min);
  const ActionState down = shell.run("curl -f https://api.gomeet.com/health");
  CHECK(down.exit_status == 22);
}

TEST_CASE("exec and logs on a node that is gone fail, and only after the API server's patience") {
  Shell shell;
  shell.world.inject({"down", Primitive::crash, {Level::node, "pool-postgres-1"}});
  const Offset before = shell.world.now();
  CHECK(shell.run("kubectl exec postgres-primary-0 -n gomeet -- pg_isready").exit_status == 1);
  CHECK(shell.world.now() - before >= 30s);
  CHECK(shell.run("kubectl logs postgres-primary-0 -n gomeet").exit_status == 1);
  CHECK(shell.run("kubectl logs postgres-replica-0 -n gomeet").exit_status == 0);
}

TEST_CASE("a forced delete takes the object of a pod whose node is gone; without force it stays") {
  for (const bool forced : {false, true}) {
    Shell shell;
    shell.world.inject({"down", Primitive::crash, {Level::node, "pool-postgres-1"}});
    shell.run("kubectl scale statefulset postgres-primary --replicas=0 -n gomeet");
    const ActionState state =
        shell.run(std::string("kubectl delete pod postgres-primary-0 -n gomeet") +
                  (forced ? " --force --grace-period=0" : " --timeout=5m"));
    CHECK(state.exit_status == (forced ? 0 : 1));
    CHECK(shell.run("kubectl get pod postgres-primary-0 -n gomeet").exit_status ==
          (forced ? 1 : 0));
  }
}

TEST_CASE("whoever follows a runbook agrees to what it asks, and knows no more") {
  Shell shell;
  CHECK(shell.run("read -p 'Continue? (yes/no) ' a; [ $a = yes ]").exit_status == 0);
  CHECK(shell.run("read -r -p 'Are you sure [y/N]? ' -n 1; [[ $REPLY =~ ^[Yy]$ ]]").exit_status ==
        0);
  const ActionState open = shell.run("read -p 'Which backup? ' file");
  CHECK(open.exit_status == 1);
  CHECK_FALSE(open.understood);
}

TEST_CASE("a trap that one step sets runs when a later one exits") {
  Shell shell;
  shell.run("node=$(kubectl get nodes -o name | head -1 | cut -d/ -f2)");
  shell.run("trap 'kubectl uncordon $node' EXIT");
  shell.run("kubectl cordon $node");
  CHECK(shell.run("kubectl get node $node").output.find("SchedulingDisabled") != std::string::npos);
  CHECK(shell.run("exit").exit_status == 0);
  CHECK(shell.run("kubectl get node $node").output.find("SchedulingDisabled") == std::string::npos);
}

TEST_CASE("a loop reads what kubectl says at that moment") {
  Shell shell;
  const ActionState pods = shell.run(
      "declare -A on; while read -r name _ _ _ _ _ node _; do ((++on[$node])); done < <(kubectl "
      "get pods -n gomeet -o wide --no-headers -l app=livekit-sfu); echo ${#on[@]}");
  CHECK(pods.output == "12\n");
}
