#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/kube/images.hpp"

/// Manifests by themselves: what a loss of a pod or a node does to what they describe.
namespace drdrill::audit {
namespace {

struct Store {
  std::string_view repository;  ///< how the image's name ends
  std::string_view folder;      ///< where it keeps its data
};
/// Where the official images keep their data (each image's documentation).
constexpr std::array<Store, 9> stores{{{"postgres", "/var/lib/postgresql"},
                                       {"postgis", "/var/lib/postgresql"},
                                       {"mysql", "/var/lib/mysql"},
                                       {"mariadb", "/var/lib/mysql"},
                                       {"mongo", "/data/db"},
                                       {"elasticsearch", "/usr/share/elasticsearch/data"},
                                       {"rabbitmq", "/var/lib/rabbitmq"},
                                       {"influxdb", "/var/lib/influxdb"},
                                       {"cassandra", "/var/lib/cassandra"}}};

const Store* store_of(const kube::Container& container) {
  const std::string repository = kube::image_repository(container.image);
  const std::string leaf = repository.substr(repository.rfind('/') + 1);
  for (const Store& store : stores)
    if (leaf == store.repository) return &store;
  return nullptr;
}

template <typename Kind>
void each(const Look& look, const auto& visit) {
  for (const Manifests& file : look.input.manifests)
    for (const kube::Object& object : file.objects)
      if (const auto* found = std::get_if<Kind>(&object))
        visit(*found,
              SourcePlace{file.file, file.first_line + std::max(found->meta.at.line, 1) - 1});
}

/// Is the folder on a volume that outlives the pod? Nothing: no volume is there at all.
std::string volatile_place(const kube::Workload& workload, const kube::Container& container,
                           std::string_view folder) {
  for (const kube::VolumeMount& mount : container.mounts) {
    const bool holds = mount.path.starts_with(folder) || folder.starts_with(mount.path);
    if (!holds) continue;
    const kube::Volume* volume = workload.pod_template().volume(mount.volume);
    if (!volume || volume->kind != kube::Volume::Kind::empty_dir) {
      // A configuration file below the folder is no place for data.
      if (volume && (volume->kind == kube::Volume::Kind::config_map ||
                     volume->kind == kube::Volume::Kind::secret))
        continue;
      return {};
    }
    return "an emptyDir";
  }
  return "the container's own file system";
}

bool copies(const Look& look) {
  const auto says = [&](const std::string& text) { return contains(lower(text), "backup"); };
  if (!look.scheduled.empty() &&
      std::any_of(look.scheduled.begin(), look.scheduled.end(), [&](const auto& s) {
        return says(s.job->meta.name) || contains(s.job->meta.name, "dump") ||
               contains(s.job->meta.name, "snapshot");
      }))
    return true;
  for (const Followed& followed : look.procedures)
    if (followed.purpose == Followed::Purpose::backup || says(followed.about)) return true;
  for (const Manifests& file : look.input.manifests)
    for (const Value& document : file.documents)
      if (const Value* kind = document.find("kind");
          kind && (contains(kind->text, "Backup") || contains(kind->text, "Snapshot") ||
                   contains(kind->text, "Schedule")))
        return true;
  return false;
}

}  // namespace

void check_stores(Look& look) {
  each<kube::Workload>(look, [&](const kube::Workload& workload, const SourcePlace& place) {
    for (const kube::Container& container : workload.pod_template().containers) {
      const Store* store = store_of(container);
      if (!store) continue;
      const std::string where = volatile_place(workload, container, store->folder);
      if (!where.empty()) {
        look.report(place, workload.meta.name + " keeps " + std::string(store->folder) + " in " +
                               where + ": with the pod, or its node, all of it is gone");
        continue;
      }
      if (where.empty() && !copies(look))
        look.report_as("store-without-backup", place,
                       "nothing in what was given makes a copy of what " + workload.meta.name +
                           " keeps: no scheduled backup, no snapshot, no procedure");
    }
  });
}

void check_manifest_budgets(Look& look) {
  each<kube::PodDisruptionBudget>(look, [&](const kube::PodDisruptionBudget& budget,
                                            const SourcePlace& place) {
    int pods = 0;
    std::string of;
    each<kube::Workload>(look, [&](const kube::Workload& workload, const SourcePlace&) {
      if (workload.meta.ns != budget.meta.ns || workload.kind == kube::Workload::Kind::daemon_set ||
          !budget.selector->matches(workload.pod_template().labels))
        return;
      pods += workload.replicas;
      of = workload.meta.name;
    });
    const int needed = budget.min_available     ? budget.min_available->of(pods, true)
                       : budget.max_unavailable ? pods - budget.max_unavailable->of(pods, true)
                                                : 0;
    if (pods > 0 && needed >= pods)
      look.report(place, "PodDisruptionBudget " + budget.meta.name + " wants " +
                             std::to_string(needed) + " of the " + std::to_string(pods) +
                             (pods == 1 ? " pod of " : " pods of ") + of +
                             " up: kubectl drain of a node that carries one never ends");
  });
}

/// What a Service leads to, with one pod.
void check_lone_pods(Look& look) {
  each<kube::Workload>(look, [&](const kube::Workload& workload, const SourcePlace& place) {
    if (workload.kind == kube::Workload::Kind::daemon_set || workload.replicas != 1) return;
    bool served = false, scaled = false;
    each<kube::Service>(look, [&](const kube::Service& service, const SourcePlace&) {
      const auto& labels = workload.pod_template().labels;
      served =
          served ||
          (!service.selector->empty() && service.meta.ns == workload.meta.ns &&
           std::all_of(service.selector->begin(), service.selector->end(), [&](const auto& label) {
             const std::string* has = kube::find_label(labels, label.key);
             return has && *has == label.value;
           }));
    });
    each<kube::HorizontalPodAutoscaler>(
        look, [&](const kube::HorizontalPodAutoscaler& hpa, const SourcePlace&) {
          scaled = scaled || (hpa.target_name == workload.meta.name && hpa.min_replicas > 1);
        });
    if (served && !scaled)
      look.report(place, workload.meta.name +
                             " has one pod: with its node lost, clients wait some six minutes (40 "
                             "s until it is noticed, 300 s until the pod is evicted)");
  });
}

}  // namespace drdrill::audit
