#include <algorithm>
#include <array>
#include <optional>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/kube/images.hpp"

/// What becomes of backups that pods make: where they are written, by which version of a program,
/// and whether anybody learns that it failed.
namespace drdrill::audit {
namespace {

/// Files that the command writes, by redirection or option; not those of which nothing is known.
std::vector<std::string> written_by(const Call& call) {
  std::vector<std::string> files = call.targets;
  if (const std::string file = output_of(call, call.argv); !file.empty()) files.push_back(file);
  std::erase_if(files, [](const std::string& file) {
    return !file.starts_with('/') || file.starts_with("/?") || file.starts_with("/dev/");
  });
  return files;
}

/// What is lost with the pod that the file lies in; empty: it outlives the pod, or nobody knows.
std::string passing_place(const Followed& in, const std::string& file) {
  const kube::VolumeMount* deepest = nullptr;
  for (const kube::VolumeMount& mount : in.container->mounts) {
    const std::string folder = mount.path.ends_with('/') ? mount.path : mount.path + "/";
    if (file.starts_with(folder) && (!deepest || mount.path.size() > deepest->path.size()))
      deepest = &mount;
  }
  if (!deepest) return "the container's own file system";
  const kube::Volume* volume = in.pod->volume(deepest->volume);
  return volume && volume->kind == kube::Volume::Kind::empty_dir ? "an emptyDir" : "";
}

struct Server {
  std::string name;
  int major = 0;
};

/// Versions of PostgreSQL that workloads run, with the names that lead to them.
class Servers {
 public:
  explicit Servers(const Look& look) {
    for (const Placed& placed : look.objects)
      if (const auto* workload = std::get_if<kube::Workload>(placed.object)) add(*workload);
    if (all_.empty() && look.input.platform)
      for (const ClusterSpec& cluster : look.input.platform->clusters)
        for (const kube::Workload& workload : cluster.initial.workloads) add(workload);
    for (const Placed& placed : look.objects)
      if (const auto* service = std::get_if<kube::Service>(placed.object))
        services_.push_back(service);
  }

  /// Of the host, or the one that there is when no host is known.
  std::optional<Server> of(std::string host) const {
    host = host.substr(0, host.find_first_of(".:?"));
    for (const auto& [workload, major] : all_)
      if (!host.empty() && (host == workload->meta.name || owner_of(host) == workload->meta.name))
        return Server{host, major};
    for (const kube::Service* service : services_)
      if (service->meta.name == host && !service->selector->empty())
        for (const auto& [workload, major] : all_)
          if (selects(*service, *workload)) return Server{host, major};
    const bool one = !all_.empty() && std::all_of(all_.begin(), all_.end(), [&](const auto& each) {
      return each.second == all_.front().second;
    });
    if (!one) return std::nullopt;
    return Server{all_.front().first->meta.name, all_.front().second};
  }

 private:
  void add(const kube::Workload& workload) {
    for (const kube::Container& container : workload.pod_template().containers)
      if (const auto major = kube::postgres_major(container.image);
          major && container.command.empty())
        all_.emplace_back(&workload, *major);
  }
  static bool selects(const kube::Service& service, const kube::Workload& workload) {
    const auto& labels = workload.pod_template().labels;
    return std::all_of(service.selector->begin(), service.selector->end(), [&](const auto& label) {
      const std::string* has = kube::find_label(labels, label.key);
      return has && *has == label.value;
    });
  }

  std::vector<std::pair<const kube::Workload*, int>> all_;
  std::vector<const kube::Service*> services_;
};

std::string host_of(const Look& look, const Call& call) {
  std::string host = call.option("-h", "--host");
  if (!host.empty()) return host;
  for (const kube::EnvVar& variable : of_call(look, call).container->env)
    if (variable.name == "PGHOST") return variable.value;
  for (const std::string& word : call.argv) {
    const std::size_t at = word.find("://");
    const std::size_t user = word.find('@', at == std::string::npos ? 0 : at);
    if (at != std::string::npos) return word.substr(user == std::string::npos ? at + 3 : user + 1);
  }
  return {};
}

}  // namespace

/// A backup that is gone with the pod that made it.
void check_backup_kept(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Followed& in = look.procedures[p];
    if (!in.container || in.purpose != Followed::Purpose::backup) continue;
    const auto& calls = look.of(p);
    const auto leaves = [&](std::size_t other) {
      const auto& there = look.of(other);
      return look.procedures[other].pod == in.pod &&
             std::any_of(there.begin(), there.end(),
                         [](const Call* c) { return carries_away(*c); });
    };
    bool away = false;
    for (std::size_t other = 0; other < look.procedures.size() && !away; ++other)
      away = leaves(other);
    if (away) continue;
    // A container beside it may carry away what it puts into their common folder.
    const bool beside = in.pod->containers.size() + in.pod->init_containers.size() > 1;
    bool said = false;
    for (const Call* call : calls) {
      if (said || !call->pod.empty()) break;
      // What packs or encrypts stands behind what dumps; what only notes something down does not.
      constexpr std::string_view packers =
          "gzip pigz zstd xz bzip2 lz4 openssl gpg age cat tee split";
      const bool dumps =
          writes_backup(*call) || (!call->targets.empty() && lists(packers, call->program()));
      if (!dumps) continue;
      for (const std::string& file : written_by(*call)) {
        const std::string where = passing_place(in, file);
        if (where.empty() || said || (beside && where == "an emptyDir")) continue;
        said = true;
        const auto component =
            component_of_text(std::string(in.about).append(" ").append(call->line()));
        look.report(call->place,
                    std::string("it writes ")
                        .append(file)
                        .append(" to ")
                        .append(where)
                        .append(", and nothing carries it away: with the pod the backup is gone"),
                    component ? std::string(name_of(*component)) + " RPO" : "");
      }
    }
  }
}

/// pg_dump refuses a server that is newer than itself.
void check_client_version(Look& look) {
  const Servers servers(look);
  for (const Call& call : look.calls) {
    const auto program = call.program();
    if (program != "pg_dump" && program != "pg_dumpall" && program != "pg_basebackup") continue;
    const Followed& in = of_call(look, call);
    if (!in.container || !call.pod.empty()) continue;
    const auto client = kube::postgres_major(in.container->image);
    const auto server = client ? servers.of(host_of(look, call)) : std::nullopt;
    if (!server || *client >= server->major) continue;
    std::string text(program);
    text.append(" of version ").append(std::to_string(*client));
    text.append(" (").append(in.container->image).append(") refuses the server ");
    text.append(server->name).append(", which is of version ");
    text.append(std::to_string(server->major));
    look.report(call.place, std::move(text), "postgres RPO");
  }
}

/// A server asks for a password, and a job has nobody to type one.
void check_password(Look& look) {
  const auto trusts = [](const kube::Container& container) {
    return std::any_of(container.env.begin(), container.env.end(), [](const kube::EnvVar& each) {
      return each.name == "POSTGRES_HOST_AUTH_METHOD" || each.name == "ALLOW_EMPTY_PASSWORD" ||
             each.name == "PGSSLCERT";
    });
  };
  for (const Placed& placed : look.objects)
    if (const auto* workload = std::get_if<kube::Workload>(placed.object))
      for (const kube::Container& container : workload->pod_template().containers)
        if (trusts(container)) return;
  std::set<const kube::Container*> said;
  for (const Call& call : look.calls) {
    const auto program = call.program();
    const Followed& in = of_call(look, call);
    if (!lists("pg_dump pg_dumpall pg_basebackup psql", program) || !in.container ||
        !call.pod.empty() || call.option("-h", "--host").empty() || trusts(*in.container))
      continue;
    bool given = contains(call.line(), "://") || contains(call.line(), "password=");
    for (const std::string_view name : {"PGPASSWORD", "PGPASSFILE", "PGSERVICEFILE", "PGSERVICE"}) {
      given = given || has_variable(look, *in.container, name).value_or(true);
      for (const Assigned& a : look.assigned)
        given = given || (a.procedure == call.procedure && a.name == name);
    }
    // ~/.pgpass, wherever it is mounted from or written by a step.
    for (const kube::VolumeMount& mount : in.container->mounts)
      given = given || contains(mount.path, "pgpass") || contains(mount.sub_path, "pgpass") ||
              contains(mount.path, "root") || contains(mount.path, "home");
    for (const Call* other : look.of(call.procedure))
      given = given || contains(other->line(), "pgpass") ||
              std::any_of(other->targets.begin(), other->targets.end(),
                          [](const std::string& file) { return contains(file, "pgpass"); });
    if (!given && said.insert(in.container).second)
      look.report(call.place,
                  std::string(program) +
                      " is asked for a password, and the job has no PGPASSWORD and no "
                      ".pgpass: \"no password supplied\", unless the server trusts "
                      "everybody",
                  "postgres RPO");
  }
}

/// The exit status of a pipeline is that of its last command.
void check_pipes(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Followed& in = look.procedures[p];
    if (!in.is_script() || in.purpose != Followed::Purpose::backup) continue;
    const Call* first = nullptr;
    bool minds = false;
    for (const Call* call : look.of(p)) {
      if (call->program() == "set") minds = minds || call->has("pipefail");
      if (writes_backup(*call) && call->piped && !call->substituted && !first) first = call;
    }
    for (const Use& use : look.uses)
      minds = minds || (use.procedure == p && use.name == "PIPESTATUS");
    if (first && !minds)
      look.report(first->place,
                  "the pipeline ends well whatever becomes of " + std::string(first->program()) +
                      ": when it is refused or cut off, an empty or short file is kept as the "
                      "backup");
  }
}

}  // namespace drdrill::audit
