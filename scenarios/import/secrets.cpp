#include "scenarios/import/secrets.hpp"

#include <set>
#include <utility>

#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

/// By namespace and name: the keys that containers read of it.
using Read = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

/// What pods do not start without, and repositories do not hold: Secrets, and the ConfigMaps that
/// kustomize or a script makes.
struct Wanted {
  std::string_view kind;
  std::string_view prefix;  ///< of what environment variables come from
  kube::Volume::Kind volume;
  std::string_view data;  ///< its member with plain values
};

void read_by(const Wanted& wanted, const std::string& ns, const kube::PodTemplate& pod,
             Read& read) {
  for (const kube::Volume& volume : pod.volumes)
    if (volume.kind == wanted.volume) read[{ns, volume.source}];
  const std::size_t begin = wanted.prefix.size();
  for (const auto* containers : {&pod.init_containers, &pod.containers})
    for (const kube::Container& container : *containers) {
      for (const std::string& from : container.env_from)
        if (from.starts_with(wanted.prefix)) read[{ns, from.substr(begin)}];
      for (const kube::EnvVar& variable : container.env) {
        if (!variable.from.starts_with(wanted.prefix)) continue;
        const std::size_t slash = variable.from.find('/', begin);
        auto& keys = read[{ns, variable.from.substr(begin, slash - begin)}];
        if (slash != std::string::npos) keys.insert(variable.from.substr(slash + 1));
      }
    }
}

void add_object(Inventory& inventory, Value manifest) {
  Problems ignored;
  std::vector<kube::Object> objects;
  kube::read_manifest(manifest, "", ignored, objects, inventory.home);
  if (objects.size() == 1)
    inventory.add({"", std::move(manifest), std::move(objects.front()), {}, false});
}

void add(Inventory& inventory, const Wanted& wanted, const std::string& ns, const std::string& name,
         const std::set<std::string>& keys) {
  Value data = object();
  for (const std::string& key : keys) set(data, key, text("not-kept"));
  Value manifest = object({{"apiVersion", text("v1")},
                           {"kind", text(wanted.kind)},
                           {"metadata", object({{"name", text(name)}, {"namespace", text(ns)}})}});
  if (!keys.empty()) set(manifest, wanted.data, std::move(data));
  add_object(inventory, std::move(manifest));
}

void add_missing(Inventory& inventory, const Wanted& wanted) {
  Read read;
  for (const Item& item : inventory.items) {
    if (const kube::Workload* workload = item.workload())
      read_by(wanted, item.meta().ns, workload->pod_template(), read);
    // A job's ConfigMap holds what it runs: without that, it does nothing.
    if (const auto* job = std::get_if<kube::CronJob>(&item.object);
        job && wanted.volume == kube::Volume::Kind::secret)
      read_by(wanted, item.meta().ns, *job->job.pod_template, read);
  }
  std::string names;
  for (const auto& [object, keys] : read) {
    if (object.second.empty() || inventory.find(wanted.kind, object.first, object.second)) continue;
    add(inventory, wanted, object.first, object.second, keys);
    names += (names.empty() ? "" : ", ") + object.second;
  }
  if (!names.empty())
    inventory.remark(ImportRemark::Kind::assumed, {},
                     std::string(wanted.kind) + "s that no manifest has are there: " + names,
                     "/clusters/0/objects");
}

/// Claims that workloads mount and no manifest makes: as Secrets are, they are there. How many pods
/// mount one says how it must be mountable; where it came from nobody knows.
void add_claims(Inventory& inventory) {
  std::map<std::pair<std::string, std::string>, int> mounted;
  for (const Item& item : inventory.items) {
    const kube::Workload* workload = item.workload();
    if (!workload) continue;
    const bool everywhere = workload->kind == kube::Workload::Kind::daemon_set;
    for (const kube::Volume& volume : workload->pod_template().volumes)
      if (volume.kind == kube::Volume::Kind::claim && !volume.source.empty())
        mounted[{item.meta().ns, volume.source}] += everywhere ? 2 : workload->replicas;
  }
  std::string names;
  for (const auto& [claim, pods] : mounted) {
    const auto& [ns, name] = claim;
    if (inventory.find("PersistentVolumeClaim", ns, name)) continue;
    Value spec = object({{"accessModes", texts({pods > 1 ? "ReadWriteMany" : "ReadWriteOnce"})},
                         {"resources", object({{"requests", object({{"storage", text("10Gi")}})}})},
                         {"volumeName", text("assumed-" + name)}});
    add_object(inventory,
               object({{"apiVersion", text("v1")},
                       {"kind", text("PersistentVolumeClaim")},
                       {"metadata", object({{"name", text(name)}, {"namespace", text(ns)}})},
                       {"spec", std::move(spec)}}));
    names += (names.empty() ? "" : ", ") + name;
  }
  if (!names.empty())
    inventory.remark(ImportRemark::Kind::assumed, {},
                     "PersistentVolumeClaims that no manifest has are there: " + names,
                     "/clusters/0/objects");
}

}  // namespace

void add_secrets(Inventory& inventory) {
  add_missing(inventory, {"Secret", "secret/", kube::Volume::Kind::secret, "stringData"});
  add_missing(inventory, {"ConfigMap", "configmap/", kube::Volume::Kind::config_map, "data"});
  add_claims(inventory);
}

}  // namespace drdrill::importing
