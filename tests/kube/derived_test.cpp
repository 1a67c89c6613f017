#include <catch2/catch.hpp>

#include "tests/kube/world.hpp"

/// What kubectl shows of things that nobody writes: Endpoints, EndpointSlices, Events, metrics.
using namespace kube_test;
using namespace drdrill;
using namespace drdrill::kube;
using namespace std::chrono_literals;

namespace {

Outcome ask(Clusters& clusters, const std::vector<std::string>& argv,
            const Environment& environment = {}) {
  return run(clusters, argv, "", environment);
}

/// Somebody who has seen two things, and measured the first pod.
class Watcher final : public Observed {
 public:
  std::vector<Event> events(std::size_t) const override {
    return {{"Pod", "gomeet", "redis-master-0", "Killing", "Stopping container", false, 10s},
            {"Node", "", "node-1", "NodeNotReady", "Node node-1 status is now: NodeNotReady", true,
             20s}};
  }
  std::optional<PodUsage> usage(std::size_t, int pod) const override {
    if (pod == 0) return PodUsage{250, 512LL << 20};
    return std::nullopt;
  }
};

/// The platform, and a Service before its Redis servers.
Clusters with_service() {
  Clusters out = platform();
  load(out.items[0],
       "apiVersion: v1\nkind: Service\nmetadata: {name: redis, namespace: gomeet}\nspec:\n"
       "  selector: {app: redis, role: master}\n  ports: [{port: 6379}]\n");
  return out;
}

}  // namespace

TEST_CASE("Endpoints list who is ready, who is not, and the ports") {
  Clusters k = with_service();
  const std::string ip = pod(k.items[0], "redis-master-0").ip;
  const Outcome shown = kubectl(k, "get endpoints redis -n gomeet");
  CHECK(shown.exit_code == 0);
  CHECK(shown.out.find(ip + ":6379") != std::string::npos);
  const std::string first = "get ep redis -n gomeet -o jsonpath='{.subsets[0].addresses[*].ip}'";
  CHECK(kubectl(k, first).out.find(ip) != std::string::npos);
  pod(k.items[0], "redis-master-0").ready = false;
  CHECK(kubectl(k, first).out.find(ip) == std::string::npos);
  CHECK(kubectl(k, "get ep redis -n gomeet -o jsonpath='{.subsets[0].notReadyAddresses[*].ip}'")
            .out == ip);
  CHECK(kubectl(k, "get endpoints nothing -n gomeet").err ==
        "Error from server (NotFound): endpoints \"nothing\" not found\n");
}

TEST_CASE("an EndpointSlice has the label of its Service and conditions for each endpoint") {
  Clusters k = with_service();
  pod(k.items[0], "redis-master-0").ready = false;
  const std::string slice = "get endpointslices -n gomeet -l kubernetes.io/service-name=redis";
  CHECK(kubectl(k, slice).out.find("IPv4") != std::string::npos);
  const std::string ready =
      kubectl(k, slice + " -o jsonpath='{.items[0].endpoints[*].conditions.ready}'").out;
  CHECK(ready.find("false") != std::string::npos);
  CHECK(ready.find("true") != std::string::npos);
}

TEST_CASE("Events are told in order of time, by namespace and by object") {
  Clusters k = platform();
  const Watcher watcher;
  Environment environment;
  environment.now = 60s;
  environment.observed = &watcher;
  const Outcome all = ask(k, {"get", "events", "-A"}, environment);
  CHECK(all.out.find("Killing") < all.out.find("NodeNotReady"));
  const Outcome own = ask(k, {"get", "events", "-n", "gomeet"}, environment);
  CHECK(own.out ==
        "LAST SEEN   TYPE     REASON    OBJECT               MESSAGE\n"
        "50s         Normal   Killing   pod/redis-master-0   Stopping container\n");
  CHECK(ask(k, {"events", "-n", "gomeet", "--for", "pod/redis-master-0"}, environment).out ==
        own.out);
  CHECK(ask(k, {"events", "-n", "gomeet", "--for", "pod/other"}, environment).err ==
        "No resources found in gomeet namespace.\n");
  CHECK(kubectl(k, "get events -n gomeet").err == "No resources found in gomeet namespace.\n");
}

TEST_CASE("top shows what was measured, and says when nothing was") {
  Clusters k = platform();
  const Watcher watcher;
  Environment environment;
  environment.observed = &watcher;
  const std::string name = k.items[0].pods[0].meta.name;
  CHECK(ask(k, {"top", "pod", "-n", "gomeet", "--no-headers"}, environment).out.find(name) == 0);
  CHECK(ask(k, {"top", "pods", "-n", "gomeet"}, environment).out.find("250m") != std::string::npos);
  CHECK(ask(k, {"top", "pod", "redis-master-2", "-n", "gomeet"}, environment).err ==
        "error: metrics not available yet\n");
  CHECK(ask(k, {"top", "pod", "nobody", "-n", "gomeet"}, environment).err ==
        "Error from server (NotFound): pods \"nobody\" not found\n");
  CHECK(ask(k, {"top", "nodes"}, environment).out.find("512Mi") != std::string::npos);
  CHECK(kubectl(k, "top pods").err == "error: Metrics API not available\n");
}

TEST_CASE("what is a verb but not interpreted is not understood; what is none is refused") {
  Clusters k = platform();
  for (const char* line : {"cp a b", "run x --image=y", "expose deployment/x --port=80",
                           "autoscale deployment/x --max=3", "replace -f x.yaml"}) {
    INFO(line);
    CHECK_FALSE(kubectl(k, line).understood);
  }
  CHECK(kubectl(k, "failover").understood);
}

TEST_CASE("exec -it without a terminal says so and goes on") {
  Clusters k = platform();
  const std::string line = "exec -it postgres-primary-0 -n gomeet -- psql";
  const Outcome piped = kubectl(k, line);
  CHECK(piped.exec.has_value());
  CHECK(piped.err == "Unable to use a TTY - input is not a terminal or the right kind of file\n");
  Environment typed;
  typed.terminal = true;
  CHECK(ask(k, {"exec", "-it", "postgres-primary-0", "-n", "gomeet", "--", "psql"}, typed)
            .err.empty());
}
