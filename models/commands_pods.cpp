#include "models/commands_running.hpp"
#include "models/pod_environment.hpp"
#include "models/volumes.hpp"

/// Shells and programs inside containers: what their image holds, what their volumes bring.
namespace drdrill::models {
namespace {

std::string quoted(const std::string& word) {
  std::string out = "'";
  for (char c : word) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

}  // namespace

/// A shell in a container: it has the container's environment and sees its files.
void Commands::push_shell(Running& running, PodRef pod, std::shared_ptr<const shell::List> list) {
  running.frames.push_back({shell_for(running, std::move(list)), pod});
  shell::Run& run = running.frames.back().run;
  run.as_script();
  const kube::Pod& object = kubernetes_.pod(pod);
  if (!object.spec->containers.empty())
    for (const kube::EnvVar& variable : object.spec->containers.front().env)
      run.set(variable.name, variable.from.empty()
                                 ? variable.value
                                 : kube::config_value(kubernetes_.cluster(pod.cluster),
                                                      object.meta.ns, variable.from));
  volumes_.load(run, volumes_.disk_of(pod));
}

/// Who runs a runbook has what it takes; a container has what its image holds.
bool Commands::Running::lacks(std::string_view program) const {
  const PodRef pod = frames.empty() ? no_pod : frames.back().pod;
  return pod != no_pod && Backups::is_missing(commands.volumes_.disk_of(pod), program);
}

ActionId Commands::begin_in_pod(PodRef pod, const std::vector<std::string>& argv) {
  Running& running = next_running({});
  std::string line;
  for (const std::string& word : argv) line += (line.empty() ? "" : " ") + quoted(word);
  push_shell(running, pod, parsed(line));
  at(Duration::zero(), Kind::begin, running);
  return static_cast<ActionId>(running.index);
}

/// A script that a ConfigMap brings, called by its path or handed to a shell.
bool Commands::run_script(Running& running, PodRef pod, const std::vector<std::string>& argv) {
  const std::string program = argv.front().substr(argv.front().rfind('/') + 1);
  const bool handed = (program == "sh" || program == "bash") && argv.size() > 1;
  const std::string& path = handed ? argv[1] : argv.front();
  const auto script = volumes_.script(volumes_.disk_of(pod), path);
  if (!script) return false;
  if (!handed && !script->executable) {
    finish(running, {126, "", path + ": Permission denied\n", true});
    return true;
  }
  const shell::Parsed inner = shell::parse(script->text);
  if (!inner.list) {
    finish(running, {2, "", path + ": " + inner.error->message + "\n", true});
    return true;
  }
  push_shell(running, pod, inner.list);
  go_on(running);
  return true;
}

bool Commands::run_backup_program(Running& running, PodRef pod,
                                  const std::vector<std::string>& argv) {
  const Disk disk = volumes_.disk_of(pod);
  if (!running.frames.empty() && running.frames.back().pod == pod)
    volumes_.store(running.frames.back().run, disk, context_.now());
  auto answer = backups_.run({argv, disk, pod, context_.now()});
  if (!answer) return false;
  if (!running.frames.empty() && running.frames.back().pod == pod)
    volumes_.load(running.frames.back().run, disk);
  if (answer->changed_server) {
    running.changed = true;
    running.touched.add(ComponentId::postgres);
  }
  running.writes = std::move(answer->writes);
  finish(running, std::move(answer->result), answer->takes, answer->paced_by);
  return true;
}

}  // namespace drdrill::models
