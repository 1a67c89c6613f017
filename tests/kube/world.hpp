#pragma once

#include <string>
#include <vector>

#include "sim/kube/controllers.hpp"
#include "sim/kube/kubectl.hpp"

/// A small platform for tests, read from YAML, and the hand that plays the life-cycle model.
namespace kube_test {

using drdrill::kube::Cluster;
using drdrill::kube::Clusters;
using drdrill::kube::Outcome;

/// Reads the manifests into the cluster; fails the test when they have problems.
void load(Cluster& cluster, const std::string& yaml);

/// Runs controllers, scheduler and pods until nothing changes: created pods become ready where they
/// fit, terminating ones go. Pods that do not fit stay Pending with the scheduler's reason.
void settle(Cluster& cluster);

/// Two clusters: "primary" with namespace gomeet (postgres as StatefulSets of one and two, redis
/// masters and replicas, livekit-sfu, api services) on six nodes in two zones, and "dr-cluster"
/// with namespace gomeet-dr and nothing in it.
Clusters platform();

/// A command line with shell-like quoting ('…' and "…").
Outcome kubectl(Clusters& clusters, const std::string& line, const std::string& input = "");

/// The pod of this name, or a failed test.
drdrill::kube::Pod& pod(Cluster& cluster, const std::string& name,
                        const std::string& ns = "gomeet");

}  // namespace kube_test
