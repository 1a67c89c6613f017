#pragma once

#include "sim/drill/platform.hpp"

/// Workloads whose pods are servers of both roles: one StatefulSet of a primary and its standbys,
/// or of a Redis Cluster's masters and replicas.
namespace drdrill::models {

/// How many of a workload's `replicas` lead at first, those with the lowest ordinals. A platform
/// file says so with `leaders`; without it all of them do.
inline int leaders_of(const WorkloadModel& workload, int replicas) {
  const bool leading = workload.kind == WorkloadModel::Kind::postgres_primary ||
                       workload.kind == WorkloadModel::Kind::redis_master;
  if (!leading || workload.capacity <= 0) return replicas;
  return workload.capacity < replicas ? workload.capacity : replicas;
}

}  // namespace drdrill::models
