#pragma once

#include <optional>
#include <string_view>

#include "sim/drill/platform.hpp"

/// What a platform costs a month, from the unit costs that its file states and the prices of
/// storage among its parameters. A sum with an unpriced part is no sum: it is absent, never too
/// small.
///
/// Counted are nodes, those that there are or those that the pods need, whichever is more; and what
/// the backups keep. The disks of nodes are in the price of the nodes.
namespace drdrill {

/// Of one node of a pool; absent when the file states none.
std::optional<double> usd_per_node(const PlatformSpec& platform, std::string_view pool);

/// So many pods of the workload fit on such a node by what they request; one where they keep away
/// from each other.
int pods_that_fit(const kube::Node& node, const kube::Workload& workload);

/// Nodes of the pool that the cluster's workloads need, of those that may run nowhere else.
int nodes_needed(const ClusterSpec& cluster, const NodePoolSpec& pool);

/// Bytes that the backup's schedule and its time of keeping add up to.
double bytes_kept(const PlatformSpec& platform, const BackupSpec& backup);

struct MonthlyCost {
  std::optional<double> nodes;  ///< absent when a pool has no unit cost
  double backups = 0;

  std::optional<double> total() const;
};
/// At the start of a drill.
MonthlyCost monthly_cost(const PlatformSpec& platform);

}  // namespace drdrill
