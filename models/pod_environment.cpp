#include "models/pod_environment.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace drdrill::models {
namespace {

constexpr std::array<std::string_view, 11> host_variables{
    "PGHOST",           "PG_HOST",         "DB_HOST",         "DB_HOSTNAME",       "DATABASE_HOST",
    "POSTGRES_HOST",    "POSTGRES_SERVER", "POSTGRESQL_HOST", "POSTGRES_HOSTNAME", "PGBOUNCER_HOST",
    "DATABASE_HOSTNAME"};

/// The first host of "SCHEME://user:password@HOST:5432,HOST2:5432/name?option=value".
std::string host_of_uri(std::string_view uri) {
  const auto scheme = uri.find("://");
  if (scheme == std::string_view::npos ||
      uri.substr(0, scheme).find("postgres") == std::string_view::npos)
    return {};
  std::string_view rest = uri.substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?"));
  if (const auto user = rest.rfind('@'); user != std::string_view::npos)
    rest.remove_prefix(user + 1);
  return std::string(rest.substr(0, rest.find_first_of(":,")));
}

}  // namespace

std::string database_host(const kube::Cluster& cluster, const kube::Pod& pod) {
  std::string host;
  kube::each_variable(cluster, pod, [&](std::string_view name, std::string_view value) {
    if (!host.empty() || value.empty()) return;
    host = host_of_uri(value);
    if (std::find(host_variables.begin(), host_variables.end(), name) != host_variables.end())
      host = std::string(value.substr(0, value.find_first_of(":,")));
  });
  return host;
}

std::optional<int> number_from(const kube::Cluster& cluster, const kube::Pod& pod,
                               std::string_view name, std::string_view other_name) {
  std::optional<int> found;
  kube::each_variable(cluster, pod, [&](std::string_view variable, std::string_view value) {
    if (variable != name && variable != other_name) return;
    int number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    if (parsed.ec == std::errc{} && parsed.ptr == value.data() + value.size() && number > 0)
      found = number;
  });
  return found;
}

}  // namespace drdrill::models
