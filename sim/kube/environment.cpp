#include "sim/kube/environment.hpp"

namespace drdrill::kube {
namespace {

constexpr std::string_view map_prefix = "configmap/";

const ConfigMap* find_map(const Cluster& cluster, std::string_view ns, std::string_view name) {
  const int found = find_config_map(cluster, ns, name);
  return found == no_index ? nullptr : &cluster.config_maps[static_cast<std::size_t>(found)];
}

}  // namespace

std::string config_value(const Cluster& cluster, std::string_view ns, std::string_view reference) {
  if (!reference.starts_with(map_prefix)) return {};
  const std::string_view rest = reference.substr(map_prefix.size());
  const std::string_view name = rest.substr(0, rest.find('/'));
  const ConfigMap* map = find_map(cluster, ns, name);
  if (!map || name.size() == rest.size()) return {};
  for (const auto& [key, text] : *map->data)
    if (key == rest.substr(name.size() + 1)) return text;
  return {};
}

void each_variable(const Cluster& cluster, const Pod& pod,
                   const std::function<void(std::string_view, std::string_view)>& each) {
  for (const Container& container : pod.spec->containers) {
    for (const EnvVar& variable : container.env) {
      if (variable.from.empty())
        each(variable.name, variable.value);
      else
        each(variable.name, config_value(cluster, pod.meta.ns, variable.from));
    }
    for (const std::string& whole : container.env_from) {
      if (!whole.starts_with(map_prefix)) continue;
      const std::string_view name = std::string_view(whole).substr(map_prefix.size());
      if (const ConfigMap* map = find_map(cluster, pod.meta.ns, name))
        for (const auto& [key, text] : *map->data) each(key, text);
    }
  }
}

}  // namespace drdrill::kube
