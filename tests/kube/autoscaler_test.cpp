#include "sim/kube/autoscaler.hpp"

#include <catch2/catch.hpp>

#include "tests/kube/world.hpp"

using namespace drdrill;
using namespace drdrill::kube;
using namespace std::chrono_literals;

namespace {

using State = PodLoad::State;
const HorizontalPodAutoscaler::Metric cpu_70{"cpu", true, 70};

/// `count` pods that each request 12 CPUs and use `percent` of them.
std::vector<PodLoad> pods(int count, int percent, State state = State::measured) {
  return std::vector<PodLoad>(static_cast<std::size_t>(count),
                              PodLoad{state, std::int64_t{120} * percent, 12000});
}

std::vector<PodLoad> operator+(std::vector<PodLoad> a, const std::vector<PodLoad>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

int wanted(const std::vector<PodLoad>& loads, int current) {
  const auto proposal = propose(loads, cpu_70, current);
  REQUIRE(proposal);
  return proposal->replicas;
}

/// As GoMeet's for the SFU: 8 to 20 pods, up after 60 s by 100 % in 15 s, down after 300 s by 10 %
/// in 60 s.
HorizontalPodAutoscaler sfu() {
  HorizontalPodAutoscaler hpa;
  hpa.min_replicas = 8;
  hpa.max_replicas = 20;
  hpa.scale_up = ScalingRules{60, false, false, {{true, 100, 15}}};
  hpa.scale_down = ScalingRules{300, false, false, {{true, 10, 60}}};
  return hpa;
}

/// Looks every 15 s at what does not change but in number; how many replicas after each.
std::vector<int> looks(const HorizontalPodAutoscaler& hpa, ScalingMemory& memory, int current,
                       int proposed, Duration from, int count) {
  std::vector<int> out;
  for (int i = 0; i < count; ++i) {
    const Offset now = from + i * 15s;
    const int next = decide(hpa, memory, current, proposed, now, 15s);
    if (next != current) memory.changes.push_back({now, next - current});
    out.push_back(current = next);
  }
  return out;
}

}  // namespace

TEST_CASE("replicas follow the share of the target, rounded up, and not within a tenth of it") {
  CHECK(wanted(pods(12, 58), 12) == 10);  // 12 × 58 / 70 = 9.94
  CHECK(wanted(pods(11, 64), 11) == 11);
  CHECK(wanted(pods(10, 77), 10) == 10);
  CHECK(wanted(pods(10, 78), 10) == 12);
  CHECK_FALSE(propose(pods(3, 0, State::missing), cpu_70, 3));
  CHECK_FALSE(propose({}, cpu_70, 3));
}

TEST_CASE("pods that are not ready hold back growth; pods nobody measured hold back both ways") {
  // Eight at 100 % alone want 12; with four new ones that use nothing yet, twelve are enough.
  CHECK(wanted(pods(8, 100), 8) == 12);
  CHECK(wanted(pods(8, 100) + pods(4, 0, State::unready), 12) == 12);
  CHECK(wanted(pods(8, 50), 10) == 6);
  CHECK(wanted(pods(8, 50) + pods(2, 0, State::unready), 10) == 6);
  CHECK(wanted(pods(8, 50) + pods(2, 0, State::missing), 10) == 9);
  CHECK(wanted(pods(8, 100) + pods(2, 0, State::missing), 10) == 12);
}

TEST_CASE("growth waits for its window, then doubles at most every period") {
  ScalingMemory memory;
  CHECK(decide(sfu(), memory, 8, 8, 0s, 15s) == 8);
  // 60 s after the last look that wanted 8, which is the one at 0 s.
  CHECK(looks(sfu(), memory, 8, 30, 15s, 6) == std::vector<int>{8, 8, 8, 16, 20, 20});
  ScalingMemory slow_memory;
  HorizontalPodAutoscaler slow = sfu();
  slow.scale_up = ScalingRules{0, false, false, {{false, 2, 60}}};
  CHECK(looks(slow, slow_memory, 8, 30, 0s, 5) == std::vector<int>{10, 10, 10, 10, 12});
}

TEST_CASE("shrinking waits for the most of five minutes, then goes by a tenth a minute") {
  ScalingMemory memory;
  CHECK(decide(sfu(), memory, 20, 20, 0s, 15s) == 20);
  const std::vector<int> after = looks(sfu(), memory, 20, 5, 15s, 40);
  CHECK(after[18] == 20);
  CHECK(after[19] == 18);  // 300 s after the look at 0 s
  CHECK(after[22] == 18);
  CHECK(after[23] == 16);
  CHECK(after.back() >= 8);
}

TEST_CASE("bounds hold whatever the metrics say, and a target of 0 is left alone") {
  ScalingMemory memory;
  CHECK(decide(sfu(), memory, 3, std::nullopt, 0s, 15s) == 8);
  CHECK(decide(sfu(), memory, 30, 30, 0s, 15s) == 20);
  CHECK(decide(sfu(), memory, 12, std::nullopt, 0s, 15s) == 12);
  CHECK(decide(sfu(), memory, 0, 12, 0s, 15s) == 0);
}

TEST_CASE("an autoscaler shows what it saw, and that it knows nothing") {
  Clusters k = kube_test::platform();
  const Outcome made = kube_test::kubectl(
      k, "apply -f -",
      "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
      "metadata: {name: auth, namespace: gomeet}\n"
      "spec: {scaleTargetRef: {kind: Deployment, name: auth-service}, minReplicas: 2, "
      "maxReplicas: 9, metrics: [{type: Resource, resource: {name: cpu, target: {type: "
      "Utilization, averageUtilization: 60}}}]}\n");
  CHECK(made.out == "horizontalpodautoscaler.autoscaling/auth created\n");
  const auto table = [&] { return kube_test::kubectl(k, "get hpa -n gomeet").out; };
  CHECK(table().find("Deployment/auth-service   cpu: <unknown>/60%   2         9") !=
        std::string::npos);
  k.items[0].autoscalers[0].seen = {41};
  CHECK(table().find("cpu: 41%/60%") != std::string::npos);
}
