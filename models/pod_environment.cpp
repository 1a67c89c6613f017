#include "models/pod_environment.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace drdrill::models {
namespace {

constexpr std::string_view map_prefix = "configmap/";

constexpr std::array<std::string_view, 11> host_variables{
    "PGHOST",           "PG_HOST",         "DB_HOST",         "DB_HOSTNAME",       "DATABASE_HOST",
    "POSTGRES_HOST",    "POSTGRES_SERVER", "POSTGRESQL_HOST", "POSTGRES_HOSTNAME", "PGBOUNCER_HOST",
    "DATABASE_HOSTNAME"};

const kube::ConfigMap* find_map(const kube::Cluster& cluster, std::string_view ns,
                                std::string_view name) {
  const int found = kube::find_config_map(cluster, ns, name);
  return found == kube::no_index ? nullptr : &cluster.config_maps[static_cast<std::size_t>(found)];
}

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

std::string config_value(const kube::Cluster& cluster, std::string_view ns,
                         std::string_view reference) {
  if (!reference.starts_with(map_prefix)) return {};
  const std::string_view rest = reference.substr(map_prefix.size());
  const std::string_view name = rest.substr(0, rest.find('/'));
  const kube::ConfigMap* map = find_map(cluster, ns, name);
  if (!map || name.size() == rest.size()) return {};
  for (const auto& [key, text] : *map->data)
    if (key == rest.substr(name.size() + 1)) return text;
  return {};
}

void each_variable(const kube::Cluster& cluster, const kube::Pod& pod,
                   const std::function<void(std::string_view, std::string_view)>& each) {
  for (const kube::Container& container : pod.spec->containers) {
    for (const kube::EnvVar& variable : container.env) {
      if (variable.from.empty())
        each(variable.name, variable.value);
      else
        each(variable.name, config_value(cluster, pod.meta.ns, variable.from));
    }
    for (const std::string& whole : container.env_from) {
      if (!whole.starts_with(map_prefix)) continue;
      const std::string_view name = std::string_view(whole).substr(map_prefix.size());
      if (const kube::ConfigMap* map = find_map(cluster, pod.meta.ns, name))
        for (const auto& [key, text] : *map->data) each(key, text);
    }
  }
}

std::string database_host(const kube::Cluster& cluster, const kube::Pod& pod) {
  std::string host;
  each_variable(cluster, pod, [&](std::string_view name, std::string_view value) {
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
  each_variable(cluster, pod, [&](std::string_view variable, std::string_view value) {
    if (variable != name && variable != other_name) return;
    int number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    if (parsed.ec == std::errc{} && parsed.ptr == value.data() + value.size() && number > 0)
      found = number;
  });
  return found;
}

}  // namespace drdrill::models
