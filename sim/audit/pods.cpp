#include "sim/audit/pods.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "sim/audit/graph.hpp"
#include "sim/kube/references.hpp"

namespace drdrill::audit {
namespace {

std::string leaf_of(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

bool is_shell_name(std::string_view program) {
  return lists("sh bash ash dash zsh", leaf_of(program));
}

/// The words of a container's command line, with their places.
struct Words {
  explicit Words(const kube::Container& container) {
    add(container.command, container.command_at);
    add(container.args, container.args_at);
  }
  void add(const std::vector<std::string>& words, const std::vector<kube::TextPlace>& places) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      text.push_back(words[i]);
      at.push_back(i < places.size() ? places[i] : kube::TextPlace());
    }
  }
  std::string joined() const {
    std::string out;
    for (const std::string& word : text) out += word + " ";
    return out;
  }
  std::vector<std::string> text;
  std::vector<kube::TextPlace> at;
};

struct ShellText {
  std::string text;
  kube::TextPlace at;
};

/// The text as the container's shell gets it: the kubelet puts values in for the variables that
/// the container has, which here stay names.
std::string as_started(const kube::Container& container, std::string_view text) {
  return kube::with_references(text, [&](std::string_view name) -> std::optional<std::string> {
    for (const kube::EnvVar& variable : container.env)
      if (variable.name == name) return "${" + variable.name + "}";
    return std::nullopt;
  });
}

std::string quoted(std::string_view word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// What a shell is given to run: the text behind -c, or the whole command line as words.
std::optional<ShellText> shell_of(const Words& words) {
  if (words.text.empty()) return std::nullopt;
  if (!is_shell_name(words.text.front())) {
    // "/scripts/backup.sh" alone is a file, and read as one.
    if (words.text.front().ends_with(".sh")) return std::nullopt;
    ShellText out{"", words.at.front()};
    out.at.lines = false;
    for (const std::string& word : words.text) out.text += quoted(word) + " ";
    return out;
  }
  std::string options;  // bash -euo pipefail -c … sets what `set` would
  for (std::size_t i = 1; i + 1 < words.text.size(); ++i) {
    const std::string& word = words.text[i];
    const bool letters = word.size() > 1 && word[0] == '-' && word[1] != '-';
    const bool takes = letters && word.ends_with('c');
    const std::string rest = takes ? word.substr(0, word.size() - 1) : word;
    if (rest.size() > 1 && (letters || words.text[i - 1].ends_with('o'))) options += " " + rest;
    if (takes)
      return ShellText{(options.empty() ? "" : "set" + options + "; ") + words.text[i + 1],
                       words.at[i + 1]};
    if (!letters && !words.text[i - 1].ends_with('o')) return std::nullopt;
  }
  return std::nullopt;
}

/// The file name of a script that a command line names.
std::string script_of(const std::string& command) {
  const std::size_t at = command.find(".sh");
  if (at == std::string::npos) return {};
  const std::size_t begin = command.find_last_of(" \n\t'\"", at);
  return leaf_of(std::string_view(command).substr(begin + 1, at + 3 - begin - 1));
}

bool makes_backups(const std::string& text) {
  constexpr std::array<std::string_view, 8> programs{"pg_dump",   "pg_basebackup", "mysqldump",
                                                     "mongodump", "--rdb",         "restic backup",
                                                     "rclone",    "pg_receivewal"};
  return std::any_of(programs.begin(), programs.end(),
                     [&](std::string_view program) { return contains(text, program); });
}

/// Does it end in a server, for which it fetches what that begins with?
bool becomes_server(const std::string& text) {
  constexpr std::array<std::string_view, 5> starts{"docker-entrypoint", "exec postgres",
                                                   "exec gosu postgres", "exec su-exec postgres",
                                                   "pg_ctl start"};
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return contains(text, start); });
}

class Reader {
 public:
  Reader(Look& look, std::deque<Procedure>& procedures) : look_(look), procedures_(procedures) {}

  void read(const Placed& placed) {
    if (const auto* job = std::get_if<kube::CronJob>(placed.object)) {
      cron_job(*job, placed);
    } else if (const auto* once = std::get_if<kube::Job>(placed.object)) {
      all(once->meta, *once->spec.pod_template, placed);
    } else if (const auto* workload = std::get_if<kube::Workload>(placed.object)) {
      look_.kinds[workload->meta.name].insert(lower(kube::kind_name(workload->kind)));
      const kube::PodTemplate& pod = workload->pod_template();
      for (const kube::Container& container : pod.init_containers)
        run(workload->meta, pod, container, placed);
      for (const kube::Container& container : pod.containers)
        if (makes_backups(Words(container).joined())) run(workload->meta, pod, container, placed);
    }
  }

 private:
  void all(const kube::Meta& meta, const kube::PodTemplate& pod, const Placed& placed) {
    for (const auto* containers : {&pod.init_containers, &pod.containers})
      for (const kube::Container& container : *containers) run(meta, pod, container, placed);
  }

  void cron_job(const kube::CronJob& job, const Placed& placed) {
    const kube::PodTemplate& pod = *job.job.pod_template;
    for (const kube::Container& container : pod.init_containers)
      run(job.meta, pod, container, placed);
    for (const kube::Container& container : pod.containers) {
      Look::Scheduled each{script_of(Words(container).joined()),
                           job.schedule,
                           job.time_zone,
                           container.image,
                           placed.place(job.meta.at.line),
                           &job,
                           &container,
                           run(job.meta, pod, container, placed)};
      look_.scheduled.push_back(std::move(each));
    }
  }

  /// The procedures that the container runs.
  std::set<std::size_t> run(const kube::Meta& meta, const kube::PodTemplate& pod,
                            const kube::Container& container, const Placed& placed) {
    std::set<std::size_t> out;
    const Words words(container);
    const std::string command = words.joined();
    const std::string script = script_of(command);
    for (std::size_t p = 0; p < look_.procedures.size() && !script.empty(); ++p) {
      Followed& known = look_.procedures[p];
      if (known.of_manifest || known.procedure->script != script) continue;
      known.pod = &pod;
      known.container = &container;
      out.insert(p);
    }
    if (auto shell = shell_of(words)) {
      shell->text = as_started(container, shell->text);
      out.insert(add(meta.name, meta.name, *shell, pod, container, placed));
    }
    for (const kube::VolumeMount& mount : container.mounts) {
      const kube::Volume* volume = pod.volume(mount.volume);
      if (volume && volume->kind == kube::Volume::Kind::config_map)
        scripts(meta, volume->source, mount, command, pod, container, out);
    }
    return out;
  }

  /// Those of a ConfigMap's files that the command line names where they are mounted.
  void scripts(const kube::Meta& meta, const std::string& map_name, const kube::VolumeMount& mount,
               const std::string& command, const kube::PodTemplate& pod,
               const kube::Container& container, std::set<std::size_t>& out) {
    for (const Placed& placed : look_.objects) {
      const auto* map = std::get_if<kube::ConfigMap>(placed.object);
      if (!map || map->meta.name != map_name || map->meta.ns != meta.ns) continue;
      for (std::size_t i = 0; i < map->data->size(); ++i) {
        const auto& [key, text] = (*map->data)[i];
        const std::string path = mount.sub_path == key
                                     ? mount.path
                                     : mount.path + (mount.path.ends_with('/') ? "" : "/") + key;
        const bool shell = key.ends_with(".sh") || text.starts_with("#!/");
        if (!shell || !contains(command, path)) continue;
        const auto& places = *map->data_at;
        out.insert(add(meta.name, key, {text, i < places.size() ? places[i] : kube::TextPlace()},
                       pod, container, placed));
      }
    }
  }

  std::size_t add(const std::string& owner, const std::string& script, const ShellText& shell,
                  const kube::PodTemplate& pod, const kube::Container& container,
                  const Placed& placed) {
    Procedure& procedure = procedures_.emplace_back();
    procedure.script = script;
    procedure.runbook.name = owner;
    procedure.runbook.title = owner;
    procedure.runbook.source = placed.file;
    const int line = shell.at.line > 0 ? shell.at.line : container.at.line;
    procedure.runbook.place = placed.place(line);
    Step step;
    step.id = step.title = script;
    step.run = shell.text;
    step.place = procedure.runbook.place;
    procedure.runbook.steps.push_back(std::move(step));
    Followed followed;
    followed.procedure = &procedure;
    followed.file = placed.file;
    followed.pod = &pod;
    followed.container = &container;
    followed.of_manifest = true;
    followed.one_line = !shell.at.lines;
    followed.about = lower(owner + " " + script);
    followed.makes_backups = makes_backups(shell.text) && !becomes_server(shell.text);
    look_.procedures.push_back(std::move(followed));
    return look_.procedures.size() - 1;
  }

  Look& look_;
  std::deque<Procedure>& procedures_;
};

/// Of the platform: everything where it is looked at itself, else only jobs and what they mount,
/// for what documents say of them.
void add_platform_objects(Look& look, std::deque<kube::Object>& owned) {
  const PlatformSpec& platform = *look.input.platform;
  std::set<std::string> given;
  bool jobs_given = false;
  for (const Placed& placed : look.objects) {
    const kube::Meta& meta = kube::meta_of(*placed.object);
    given.insert(kube::kind_of(*placed.object) + " " + meta.ns + "/" + meta.name);
    jobs_given = jobs_given || std::holds_alternative<kube::CronJob>(*placed.object);
  }
  if (jobs_given && !look.input.platform_itself) return;
  for (const ClusterSpec& cluster : platform.clusters) {
    const auto add = [&](const auto& objects) {
      for (const auto& object : objects) {
        owned.emplace_back(object);
        const kube::Meta& meta = kube::meta_of(owned.back());
        const std::string id =
            kube::kind_of(owned.back()) + " " + (meta.ns.empty() ? "" : meta.ns + "/") + meta.name;
        if (given.count(id) != 0 || stands_in(meta.name)) {
          owned.pop_back();
          continue;
        }
        const auto place = cluster.places.find(id);
        look.objects.push_back(
            {&owned.back(), place == cluster.places.end() ? platform.file : place->second.file, 1});
      }
    };
    add(cluster.initial.cron_jobs);
    add(cluster.initial.config_maps);
    if (!look.input.platform_itself) continue;
    add(cluster.initial.workloads);
    add(cluster.initial.services);
    add(cluster.initial.budgets);
    add(cluster.initial.autoscalers);
    add(cluster.initial.claims);
    add(cluster.initial.network_policies);
    add(cluster.initial.jobs);
  }
}

}  // namespace

void read_pods(Look& look, std::deque<Procedure>& procedures, std::deque<kube::Object>& objects) {
  for (const Manifests& file : look.input.manifests)
    for (const kube::Object& object : file.objects)
      look.objects.push_back({&object, file.file, file.first_line});
  if (look.input.platform) {
    add_platform_objects(look, objects);
    for (const ClusterSpec& cluster : look.input.platform->clusters)
      for (const kube::Workload& w : cluster.initial.workloads)
        look.kinds[w.meta.name].insert(lower(kube::kind_name(w.kind)));
  }
  Reader reader(look, procedures);
  const std::size_t count = look.objects.size();
  for (std::size_t i = 0; i < count; ++i) reader.read(Placed(look.objects[i]));
}

}  // namespace drdrill::audit
