#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"

namespace drdrill::test {

/// A scenario of gomeet-50k with another number of participants: meetings of 500, and as many SFU
/// nodes, API pods and machines for them as participants need there. The second region stays as it
/// is, because its size comes from what is applied in the drill.
inline LoadedScenario scaled(const std::string& scenario, int participants) {
  constexpr int per_meeting = 500;
  constexpr int designed_for = 50'000;
  const auto share_of = [&](int count) {
    const auto wanted = std::int64_t{count} * participants;
    return static_cast<int>((wanted + designed_for - 1) / designed_for);
  };
  const auto pool = [&](const std::string& name, int count, int least) {
    return Setting{"/platform/clusters/primary/node_pools/" + name + "/count",
                   std::to_string(std::max(share_of(count), least)), ""};
  };
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  const std::vector<Setting> settings{
      {"/platform/load/meetings", std::to_string(participants / per_meeting), ""},
      pool("sfu", 130, 3),
      pool("api", 66, 24)};
  LoadedScenario loaded = load_scenario("scenarios/" + scenario + ".json", settings, known);
  kube::Cluster& cluster = loaded.platform.clusters.front().initial;
  for (kube::Workload& workload : cluster.workloads) {
    if (workload.kind != kube::Workload::Kind::deployment || workload.replicas < 8) continue;
    workload.replicas = std::max(share_of(workload.replicas), 3);
    workload.revisions.back().replicas = workload.replicas;
  }
  for (kube::HorizontalPodAutoscaler& autoscaler : cluster.autoscalers) {
    autoscaler.max_replicas = std::max(share_of(autoscaler.max_replicas), 3);
    autoscaler.min_replicas = std::min(autoscaler.min_replicas, autoscaler.max_replicas);
  }
  return loaded;
}

}  // namespace drdrill::test
