#pragma once

#include <string>
#include <vector>

#include "sim/base/reader.hpp"
#include "sim/drill/platform.hpp"

/// The clusters of a platform file: node pools and Kubernetes objects. Internal to the loaders.
namespace drdrill {

/// Reads the array "clusters" into `platform`, whose regions and zones are read already. Names of
/// node pools are appended to `pools`.
void read_clusters(Reader& root, PlatformSpec& platform, std::vector<std::string>& pools);

/// Is `name` a pod that the workload's controller would make: the workload itself, or one of a
/// StatefulSet's pods by ordinal?
bool names_pod_of(const kube::Workload& workload, std::string_view name);

/// All names that a pod target may have on the cluster.
std::vector<std::string> pod_names(const kube::Cluster& cluster);

}  // namespace drdrill
