#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/kube/environment.hpp"

/// What the processes of a pod take from their environment.
namespace drdrill::models {

/// The host that the variables lead a client of PostgreSQL to: that of a connection URI
/// ("postgres://user@HOST:5432/name"), or of a variable that such clients and poolers commonly read
/// (PGHOST, DB_HOST, POSTGRES_HOST, …). Empty: none of them is set.
std::string database_host(const kube::Cluster& cluster, const kube::Pod& pod);

/// A whole number above 0 that one of these variables holds.
std::optional<int> number_from(const kube::Cluster& cluster, const kube::Pod& pod,
                               std::string_view name, std::string_view other_name);

}  // namespace drdrill::models
