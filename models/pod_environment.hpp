#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/kube/cluster.hpp"

/// What the processes of a pod read from their environment. Values of Secrets are never kept.
namespace drdrill::models {

/// The value of "configmap/NAME/KEY"; empty: there is none.
std::string config_value(const kube::Cluster& cluster, std::string_view ns,
                         std::string_view reference);

/// Calls `each` with the name and the value of every variable that the pod's containers have.
void each_variable(const kube::Cluster& cluster, const kube::Pod& pod,
                   const std::function<void(std::string_view, std::string_view)>& each);

/// The host that the variables lead a client of PostgreSQL to: that of a connection URI
/// ("postgres://user@HOST:5432/name"), or of a variable that such clients and poolers commonly read
/// (PGHOST, DB_HOST, POSTGRES_HOST, …). Empty: none of them is set.
std::string database_host(const kube::Cluster& cluster, const kube::Pod& pod);

/// A whole number above 0 that one of these variables holds.
std::optional<int> number_from(const kube::Cluster& cluster, const kube::Pod& pod,
                               std::string_view name, std::string_view other_name);

}  // namespace drdrill::models
