#pragma once

#include "sim/kube/cluster.hpp"

namespace drdrill::kube {

/// traffic_allowed() of the pods that the workload has or would have.
bool traffic_allowed(const Cluster& cluster, const Workload& from, int to_pod);

}  // namespace drdrill::kube
