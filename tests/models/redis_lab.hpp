#pragma once

#include <string>
#include <vector>

#include "tests/models/drilling.hpp"

/// Six servers of Redis with clients, a minute after all was well.
namespace drdrill::test {

struct RedisLab {
  explicit RedisLab(const std::vector<Setting>& settings = {}, std::uint64_t seed = 1)
      : loaded(load("redis-master-failure", settings)),
        world(loaded.platform, loaded.scenario.start) {
    world.reset(seed, 0);
    pass_until(world, std::chrono::seconds(60));
  }
  void pass(Duration time) { pass_until(world, world.now() + time); }
  ActionState run(const std::string& command) { return test::run(world, command); }
  ActionState in(const std::string& pod, const std::string& command) {
    return run("kubectl exec " + pod + " -n gomeet -- " + command);
  }
  std::string cli(const std::string& pod, const std::string& words) {
    return std::string(in(pod, "redis-cli " + words).output);
  }
  std::string address(const std::string& pod) {
    return std::string(
               run("kubectl get pod " + pod + " -n gomeet -o jsonpath='{.status.podIP}'").output) +
           ":6379";
  }
  std::string id(const std::string& pod) { return cli(pod, "cluster myid").substr(0, 40); }
  bool ok() { return cli("redis-master-0", "cluster info").find("cluster_state:ok") == 0; }
  std::uint64_t lost() const { return lost_writes(world, ComponentId::redis); }
  std::uint64_t written() const {
    std::uint64_t all = 0;
    for (const LedgerStream& stream : world.ledger().streams)
      if (stream.component == ComponentId::redis)
        for (const LedgerRun& run : stream.runs) all += run.count;
    return all;
  }
  /// Master 1 reaches no other server, and no other server reaches it; clients do.
  void cut_off() {
    run(R"(kubectl apply -f - <<EOF
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cut, namespace: gomeet}
spec:
  podSelector: {matchLabels: {statefulset.kubernetes.io/pod-name: redis-master-1}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {matchLabels: {component: api}}}]}]
  egress: [{to: [{podSelector: {matchLabels: {component: api}}}]}]
EOF)");
  }
  /// All servers are empty and know nobody.
  void start_over() {
    for (const std::string words : {"flushall", "cluster reset hard"})
      for (const std::string set : {"redis-replica-", "redis-master-"})
        for (int i = 0; i < 3; ++i) cli(set + std::to_string(i), words);
  }

  LoadedScenario loaded;
  SimulatedWorld world;
};

inline bool says(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

}  // namespace drdrill::test
