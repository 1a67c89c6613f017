#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/kube/images.hpp"

/// Manifests by themselves: what a loss of a pod or a node does to what they describe.
namespace drdrill::audit {
namespace {

struct Store {
  std::string_view leaf;      ///< the last part of the image's name
  std::string_view of;        ///< what the whole name must contain; may be empty
  std::string_view folder;    ///< where it keeps its data
  std::string_view server;    ///< its program
  std::string_view variable;  ///< that moves the folder; may be empty
};
/// Where images keep their data (each image's documentation).
constexpr std::array<Store, 18> stores{{
    {"postgresql", "bitnami", "/bitnami/postgresql", "postgres", "POSTGRESQL_VOLUME_DIR"},
    {"postgres", "", "/var/lib/postgresql", "postgres", "PGDATA"},
    {"postgis", "", "/var/lib/postgresql", "postgres", "PGDATA"},
    {"timescaledb", "", "/var/lib/postgresql", "postgres", "PGDATA"},
    {"mysql", "bitnami", "/bitnami/mysql", "mysqld", ""},
    {"mysql", "", "/var/lib/mysql", "mysqld", ""},
    {"mariadb", "bitnami", "/bitnami/mariadb", "mysqld", ""},
    {"mariadb", "", "/var/lib/mysql", "mysqld", ""},
    {"mongodb", "bitnami", "/bitnami/mongodb", "mongod", ""},
    {"mongo", "", "/data/db", "mongod", ""},
    {"redis", "bitnami", "/bitnami/redis", "redis-server", ""},
    {"redis", "", "/data", "redis-server", ""},
    {"valkey", "", "/data", "valkey-server", ""},
    {"minio", "", "/data", "minio", ""},
    {"elasticsearch", "", "/usr/share/elasticsearch/data", "elasticsearch", ""},
    {"rabbitmq", "", "/var/lib/rabbitmq", "rabbitmq-server", "RABBITMQ_MNESIA_BASE"},
    {"influxdb", "", "/var/lib/influxdb", "influxd", ""},
    {"cassandra", "", "/var/lib/cassandra", "cassandra", ""},
}};

/// A client's container has the image, too, and another command.
bool runs_server(const kube::Container& container, const Store& store) {
  if (container.command.empty()) return true;
  return std::any_of(container.command.begin(), container.command.end(), [&](const auto& word) {
    return contains(word, "entrypoint") || contains(word, store.server);
  });
}

const Store* store_of(const kube::Container& container) {
  const std::string repository = kube::image_repository(container.image);
  const std::string leaf = repository.substr(repository.rfind('/') + 1);
  for (const Store& store : stores)
    if (leaf == store.leaf && contains(repository, store.of))
      return runs_server(container, store) ? &store : nullptr;
  return nullptr;
}

/// Where the server keeps its data: where it is told to, or where its image does.
std::string folder_of(const kube::Container& container, const Store& store) {
  if (!store.variable.empty())
    for (const kube::EnvVar& variable : container.env)
      if (variable.name == store.variable && variable.from.empty()) return variable.value;
  // minio server /data
  if (store.leaf == "minio")
    for (const std::string& word : container.args)
      if (word.starts_with('/')) return word;
  return std::string(store.folder);
}

/// Redis keeps nothing unless it is told to.
bool keeps_data(const kube::Container& container, const Store& store) {
  if (store.server != "redis-server") return true;
  for (const auto* words : {&container.command, &container.args})
    for (const std::string& word : *words)
      if (contains(word, "appendonly") || word == "--save" || contains(word, ".conf")) return true;
  return !container.mounts.empty();
}

template <typename Kind>
void each(const Look& look, const auto& visit) {
  for (const Placed& placed : look.objects)
    if (const auto* found = std::get_if<Kind>(placed.object))
      visit(*found, placed.place(found->meta.at.line));
}

/// Is the folder on a volume that outlives the pod? Nothing: no volume is there at all.
std::string volatile_place(const kube::Workload& workload, const kube::Container& container,
                           std::string_view folder) {
  for (const kube::VolumeMount& mount : container.mounts) {
    const bool holds = mount.path.starts_with(folder) || folder.starts_with(mount.path);
    if (!holds) continue;
    const kube::Volume* volume = workload.pod_template().volume(mount.volume);
    // A configuration file below the folder is no place for data.
    if (volume && (volume->kind == kube::Volume::Kind::config_map ||
                   volume->kind == kube::Volume::Kind::secret))
      continue;
    if (volume && volume->kind == kube::Volume::Kind::empty_dir) return "an emptyDir";
    if (volume && volume->kind == kube::Volume::Kind::host_path)
      return "a folder of whichever node it runs on (hostPath)";
    return {};
  }
  return "the container's own file system";
}

/// Pods that an autoscaler keeps of it; 0: it has none.
int least_of(const Look& look, const kube::Workload& workload) {
  int least = 0;
  each<kube::HorizontalPodAutoscaler>(
      look, [&](const kube::HorizontalPodAutoscaler& hpa, const SourcePlace&) {
        if (hpa.target_name == workload.meta.name && hpa.meta.ns == workload.meta.ns &&
            lower(hpa.target_kind) == lower(kube::kind_name(workload.kind)))
          least = std::max(least, hpa.min_replicas);
      });
  return least;
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
      if (!store || !keeps_data(container, *store)) continue;
      const std::string folder = folder_of(container, *store);
      const std::string where = volatile_place(workload, container, folder);
      if (!where.empty()) {
        look.report(place, workload.meta.name + " keeps " + folder + " in " + where +
                               (contains(where, "hostPath")
                                    ? ": on another node it starts with nothing, and with the node "
                                      "all of it is gone"
                                    : ": with the pod, or its node, all of it is gone"));
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
      pods += std::max(workload.replicas, least_of(look, workload));
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
    if (workload.kind == kube::Workload::Kind::daemon_set || workload.replicas != 1 ||
        least_of(look, workload) > 1)
      return;
    bool served = false;
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
    if (!served) return;
    const bool stateful = workload.kind == kube::Workload::Kind::stateful_set;
    look.report(place, workload.meta.name +
                           (stateful ? " has one pod: with its node lost it is not replaced until "
                                       "the node is back or somebody takes it away (a StatefulSet "
                                       "never runs one pod twice)"
                                     : " has one pod: with its node lost, clients wait some six "
                                       "minutes (40 s until it is noticed, 300 s until the pod is "
                                       "evicted)"));
  });
}

}  // namespace drdrill::audit
