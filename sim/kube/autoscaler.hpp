#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sim/kube/cluster.hpp"

/// What a HorizontalPodAutoscaler decides, without its clock: the arithmetic of the controller
/// manager (kubernetes/kubernetes, pkg/controller/podautoscaler: replica_calculator.go and
/// horizontal.go).
namespace drdrill::kube {

/// What a metric says of one pod of the target; pods that are terminating or have failed are left
/// out. Thousandths of CPUs, or bytes.
struct PodLoad {
  enum class State {
    measured,
    unready,  ///< not ready yet, or not long enough for its measurement to count
    missing,  ///< nobody knows: its node does not answer, or its component has no such figure
  };
  State state = State::measured;
  std::int64_t used = 0;
  std::int64_t requested = 0;
};

/// What one metric wants.
struct ScalingProposal {
  int replicas = 0;
  std::int64_t seen = 0;  ///< in the unit of the metric's target
};

/// Nothing when no pod is measured, or shares are wanted of pods that request nothing. A pod that
/// is not ready counts as using nothing when the others want more; of a missing one the opposite of
/// what the others want is assumed. Within a tenth of the target nothing changes.
std::optional<ScalingProposal> propose(std::span<const PodLoad> pods,
                                       const HorizontalPodAutoscaler::Metric& metric, int current);

/// What an autoscaler remembers. Looks in a row that proposed the same are one stretch.
struct ScalingMemory {
  struct Stretch {
    Offset until{};
    int replicas = 0;
  };
  struct Change {
    Offset at{};
    int by = 0;  ///< more than 0: up
  };
  std::vector<Stretch> proposals;
  std::vector<Change> changes;
};

/// How many replicas the target is to have, now that it has `current` and the metrics propose
/// `proposed` (nothing: they are not known). Looks come every `period`; those since the last call
/// are held to have proposed what that one did. Bounds are kept whatever the metrics say; a target
/// that was scaled to 0 is left alone.
int decide(const HorizontalPodAutoscaler& hpa, ScalingMemory& memory, int current,
           std::optional<int> proposed, Offset now, Duration period);

/// The workload that it scales, or no_index.
int target_of(const Cluster& cluster, const HorizontalPodAutoscaler& hpa);

}  // namespace drdrill::kube
