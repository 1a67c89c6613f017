#pragma once

#include <vector>

#include "sim/kube/controllers.hpp"

/// The controllers behind next_actions, one file each, and what they share. Not for other folders.
namespace drdrill::kube::parts {

inline const Pod& pod_at(const Cluster& cluster, int pod) {
  return cluster.pods[static_cast<std::size_t>(pod)];
}

inline bool is_finished(const Pod& p) {
  return p.phase == PodPhase::succeeded || p.phase == PodPhase::failed;
}

inline bool owned_by(const Pod& p, int workload) {
  return p.meta.exists && p.owner == Pod::Owner::workload && p.owner_index == workload;
}

void deployment_actions(Cluster& cluster, int workload, std::vector<PodAction>& out);
void stateful_set_actions(const Cluster& cluster, int workload, std::vector<PodAction>& out);
void daemon_set_actions(const Cluster& cluster, int workload, std::vector<PodAction>& out);

}  // namespace drdrill::kube::parts
