#include "scenarios/import/secrets.hpp"

#include <set>
#include <utility>

#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

/// By namespace and name: the keys that containers read of it.
using Read = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

void read_by(const std::string& ns, const kube::PodTemplate& pod, Read& read) {
  for (const kube::Volume& volume : pod.volumes)
    if (volume.kind == kube::Volume::Kind::secret) read[{ns, volume.source}];
  for (const auto* containers : {&pod.init_containers, &pod.containers})
    for (const kube::Container& container : *containers) {
      for (const std::string& from : container.env_from)
        if (from.starts_with("secret/")) read[{ns, from.substr(7)}];
      for (const kube::EnvVar& variable : container.env) {
        if (!variable.from.starts_with("secret/")) continue;
        const std::size_t slash = variable.from.find('/', 7);
        auto& keys = read[{ns, variable.from.substr(7, slash - 7)}];
        if (slash != std::string::npos) keys.insert(variable.from.substr(slash + 1));
      }
    }
}

void add(Inventory& inventory, const std::string& ns, const std::string& name,
         const std::set<std::string>& keys) {
  Value data = object();
  for (const std::string& key : keys) set(data, key, text("not-kept"));
  Value manifest = object({{"apiVersion", text("v1")},
                           {"kind", text("Secret")},
                           {"metadata", object({{"name", text(name)}, {"namespace", text(ns)}})}});
  if (!keys.empty()) set(manifest, "stringData", std::move(data));
  Problems ignored;
  std::vector<kube::Object> objects;
  kube::read_manifest(manifest, "", ignored, objects, inventory.home);
  if (objects.size() == 1)
    inventory.add({"", std::move(manifest), std::move(objects.front()), {}, false});
}

}  // namespace

void add_secrets(Inventory& inventory) {
  Read read;
  for (const Item& item : inventory.items) {
    if (const kube::Workload* workload = item.workload())
      read_by(item.meta().ns, workload->pod_template(), read);
    if (const auto* job = std::get_if<kube::CronJob>(&item.object))
      read_by(item.meta().ns, *job->job.pod_template, read);
  }
  std::string names;
  for (const auto& [secret, keys] : read) {
    if (secret.second.empty() || inventory.find("Secret", secret.first, secret.second)) continue;
    add(inventory, secret.first, secret.second, keys);
    names += (names.empty() ? "" : ", ") + secret.second;
  }
  if (!names.empty())
    inventory.remark(ImportRemark::Kind::assumed, {},
                     "Secrets that no manifest has are there: " + names, "/clusters/0/objects");
}

}  // namespace drdrill::importing
