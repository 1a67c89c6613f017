#include <algorithm>

#include "sim/kube/controllers.hpp"

/// What a pod's containers need besides a node.
namespace drdrill::kube {
namespace {

std::string missing(std::string_view kind, std::string_view name) {
  std::string out(kind);
  out += " \"";
  out += name;
  return out + "\" not found";
}

const Secret* find_secret(const Cluster& cluster, std::string_view ns, std::string_view name) {
  for (const Secret& secret : cluster.secrets)
    if (secret.meta.exists && secret.meta.ns == ns && secret.meta.name == name) return &secret;
  return nullptr;
}

/// Of "secret/NAME/KEY" or "configmap/NAME/KEY"; the key may be absent.
std::optional<std::string> reference_refusal(const Cluster& cluster, std::string_view ns,
                                             std::string_view reference) {
  const auto slash = reference.find('/');
  const std::string_view kind = reference.substr(0, slash);
  if (slash == std::string_view::npos || (kind != "secret" && kind != "configmap")) return {};
  const std::string_view rest = reference.substr(slash + 1);
  const std::string_view name = rest.substr(0, rest.find('/'));
  if (kind == "configmap")
    return find_config_map(cluster, ns, name) == no_index
               ? std::optional(missing("configmap", name))
               : std::nullopt;
  const Secret* secret = find_secret(cluster, ns, name);
  if (!secret) return missing("secret", name);
  if (name.size() == rest.size()) return std::nullopt;
  const std::string_view key = rest.substr(name.size() + 1);
  if (std::find(secret->keys->begin(), secret->keys->end(), key) != secret->keys->end())
    return std::nullopt;
  return "couldn't find key " + std::string(key) + " in Secret " + std::string(ns) + "/" +
         std::string(name);
}

std::optional<std::string> volume_refusal(const Cluster& cluster, std::string_view ns,
                                          const Volume& volume) {
  switch (volume.kind) {
    case Volume::Kind::config_map:
      if (find_config_map(cluster, ns, volume.source) != no_index) return std::nullopt;
      return missing("configmap", volume.source);
    case Volume::Kind::secret:
      if (find_secret(cluster, ns, volume.source)) return std::nullopt;
      return missing("secret", volume.source);
    case Volume::Kind::claim:
      if (find_claim(cluster, ns, volume.source) != no_index) return std::nullopt;
      return missing("persistentvolumeclaim", volume.source);
    case Volume::Kind::empty_dir:
    case Volume::Kind::host_path:
    case Volume::Kind::other:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> start_refusal(const Cluster& cluster, std::string_view ns,
                                         const PodTemplate& pod) {
  for (const Volume& volume : pod.volumes)
    if (auto refusal = volume_refusal(cluster, ns, volume)) return refusal;
  for (const Container& container : pod.containers) {
    for (const EnvVar& variable : container.env)
      if (auto refusal = reference_refusal(cluster, ns, variable.from)) return refusal;
    for (const std::string& from : container.env_from)
      if (auto refusal = reference_refusal(cluster, ns, from)) return refusal;
  }
  return std::nullopt;
}

}  // namespace drdrill::kube
