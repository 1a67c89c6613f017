#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/kube/cluster.hpp"

/// What the processes of a pod find in their environment. Values of Secrets are never kept.
namespace drdrill::kube {

/// The value of "configmap/NAME/KEY"; empty: there is none.
std::string config_value(const Cluster& cluster, std::string_view ns, std::string_view reference);

/// Calls `each` with the name and the value of every variable that the pod's containers have.
void each_variable(const Cluster& cluster, const Pod& pod,
                   const std::function<void(std::string_view, std::string_view)>& each);

}  // namespace drdrill::kube
