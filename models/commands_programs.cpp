#include <algorithm>

#include "models/commands_running.hpp"

/// The programs that runbooks call, each with what it means to the platform.
namespace drdrill::models {
namespace {

bool has_word(const std::vector<std::string>& argv, std::string_view word) {
  return std::find(argv.begin() + 1, argv.end(), word) != argv.end();
}

bool has_short_flag(const std::vector<std::string>& argv, char flag) {
  return std::any_of(argv.begin() + 1, argv.end(), [&](const std::string& arg) {
    return arg.size() > 1 && arg[0] == '-' && arg[1] != '-' &&
           arg.find(flag, 1) != std::string::npos && arg.find(' ') == std::string::npos;
  });
}

constexpr Duration isready_gives_up = std::chrono::seconds(3);  // -t, by default
constexpr std::size_t most_kubectl_calls = 64;                  // that are remembered
constexpr std::string_view claim_prefix = "data-";
constexpr std::string_view kubelet_silent = "error dialing backend";

}  // namespace

std::string option_value(const std::vector<std::string>& argv, std::string_view brief,
                         std::string_view full) {
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string_view arg = argv[i];
    if ((arg == brief || arg == full) && i + 1 < argv.size()) return argv[i + 1];
    if (arg.starts_with(full) && arg.size() > full.size() && arg[full.size()] == '=')
      return std::string(arg.substr(full.size() + 1));
    if (arg.size() > brief.size() && arg.starts_with(brief) && !arg.starts_with("--"))
      return std::string(arg.substr(brief.size()));
  }
  return {};
}

// ---- kubectl --------------------------------------------------------------------------------

void Commands::kubectl(Running& running) {
  kube::Environment environment;
  environment.now = context_.now();
  environment.files = &running.frames.back().run.files();
  environment.observed = &kubernetes_;
  // What a person types is typed into a terminal, unless something is piped or redirected to it.
  environment.terminal =
      running.actor != "automation" && !running.actor.empty() && running.input.empty();
  kube::Outcome outcome = run_kubectl(running, environment);
  touch(running, outcome.changed);
  if (!outcome.understood)
    return finish(running,
                  {0, "", running.line() + ": not known here; taken for a manual step\n", false});
  if (outcome.exec && outcome.exit_code == 0) {
    const PodRef pod{static_cast<int>(outcome.cluster), outcome.exec->pod};
    if (!outcome.exec->input) running.input.clear();  // without -i nothing is passed on
    if (kubernetes_.kubelet_answers(pod)) return in_pod(running, pod, outcome.exec->argv);
    outcome.exit_code = 1;
    outcome.err = "Error from server: error dialing backend: i/o timeout\n";
  }
  if (outcome.logs && outcome.exit_code == 0) logs(outcome);
  // What matches nothing is no error to kubectl: it says so, and exits 0.
  constexpr std::string_view nothing = "No resources found";
  for (const std::string* text : {&outcome.err, &outcome.out})
    if (outcome.exit_code == 0 && text->starts_with(nothing))
      running.hides(running.line() + ": " + *text);
  running.result = {outcome.exit_code, std::move(outcome.out), std::move(outcome.err), true};
  // The API server asks the kubelet, and gives up on one that does not answer.
  const bool dialled = running.result.err.find(kubelet_silent) != std::string::npos;
  const Duration after = dialled ? kubelet_dial_.time() : Duration::zero();
  if (!outcome.wait) return finish(running, std::move(running.result), after);
  running.wait = std::move(outcome.wait);
  if (running.wait->timeout) at(*running.wait->timeout, Kind::timeout, running);
  auto& cluster = kubernetes_.clusters().items[running.wait->cluster];
  progress(running, kube::check(cluster, *running.wait));
}

/// Parses a command line once: replications give the same ones again and again.
kube::Outcome Commands::run_kubectl(const Running& running, const kube::Environment& environment) {
  const std::span<const std::string> argv = std::span(running.argv).subspan(1);
  if (!running.input.empty())
    return kube::run(kubernetes_.clusters(), argv, running.input, environment);
  auto known =
      std::find_if(kubectl_calls_.begin(), kubectl_calls_.end(), [&](const KubectlCall& call) {
        return std::equal(call.argv.begin(), call.argv.end(), argv.begin(), argv.end());
      });
  if (known == kubectl_calls_.end()) {
    if (kubectl_calls_.size() == most_kubectl_calls) kubectl_calls_.clear();
    kubectl_calls_.push_back({{argv.begin(), argv.end()}, kube::parse(argv)});
    known = std::prev(kubectl_calls_.end());
  }
  if (known->parsed.command)
    return kube::run(kubernetes_.clusters(), *known->parsed.command, environment);
  kube::Outcome refused;
  refused.exit_code = 1;
  refused.err = known->parsed.error;
  return refused;
}

/// Logs have no text here; whether they can be read, and of whom, is what is known.
void Commands::logs(kube::Outcome& outcome) const {
  for (int slot : outcome.logs->pods) {
    const PodRef pod{static_cast<int>(outcome.cluster), slot};
    if (kubernetes_.kubelet_answers(pod)) {
      const std::string log = databases_.of(pod).log_of(pod);
      outcome.out += log.empty() ? "(log of " + std::string(kubernetes_.name_of(pod)) + ")\n" : log;
      continue;
    }
    outcome.err += "Error from server: error dialing backend: i/o timeout\n";
    outcome.exit_code = 1;
  }
}

void Commands::progress(Running& running, const kube::Progress& now) {
  running.result.out += now.out;
  running.result.err += now.err;
  touch(running, now.changed);
  switch (now.state) {
    case kube::Progress::State::waiting:
      return;
    case kube::Progress::State::retry:
      at(now.retry_after, Kind::retry, running);
      return;
    case kube::Progress::State::done:
    case kube::Progress::State::failed:
      running.wait.reset();
      context_.engine.cancel(running.timer);
      running.result.exit_status = now.exit_code;
      finish(running, std::move(running.result));
      return;
  }
}

/// What a command changed, and which components that concerns.
void Commands::touch(Running& running, const std::vector<kube::Change>& changes) {
  if (changes.empty()) return;
  running.changed = true;
  for (const kube::Change& change : changes) {
    const kube::ObjectRef& object = change.object;
    for (std::size_t c = 0; c < kubernetes_.clusters().items.size(); ++c) {
      const kube::Cluster& cluster = kubernetes_.cluster(static_cast<int>(c));
      if (cluster.context != object.cluster) continue;
      const PodRef pod = kubernetes_.find_pod(static_cast<int>(c), object.ns, object.name);
      if (object.kind == "Pod" && pod != no_pod && kubernetes_.model_of(pod))
        running.touched.add(kubernetes_.component_of(pod));
      if (object.kind == "NetworkPolicy") {
        const bool removed = change.what == kube::Change::What::deleted;
        context_.note(removed ? NoteKind::policy_removed : NoteKind::policy_applied,
                      ComponentId::platform, context_.notes.subject(object.name));
        for (const kube::NetworkPolicy& policy : cluster.network_policies)
          if (policy.meta.name == object.name && policy.meta.ns == object.ns)
            for (std::size_t p = 0; p < cluster.pods.size(); ++p)
              if (cluster.pods[p].meta.exists && cluster.pods[p].meta.ns == object.ns &&
                  !cluster.pods[p].spec->host_network &&
                  policy.spec->pods.matches(*cluster.pods[p].meta.labels) &&
                  kubernetes_.model_of({static_cast<int>(c), static_cast<int>(p)}))
                running.touched.add(
                    kubernetes_.component_of({static_cast<int>(c), static_cast<int>(p)}));
      }
    }
    for (const WorkloadModel& workload : context_.spec.workloads)
      if (workload.workload == object.name && workload.kind != WorkloadModel::Kind::plain)
        running.touched.add(component_of(workload.kind));
    if (object.kind == "Service" && databases_.is_write_service(object.name))
      running.touched.add(ComponentId::postgres);
    if (object.kind == "PersistentVolumeClaim" && change.what == kube::Change::What::deleted)
      for (std::size_t c = 0; c < kubernetes_.clusters().items.size(); ++c)
        if (kubernetes_.cluster(static_cast<int>(c)).context == object.cluster)
          claim_deleted(static_cast<int>(c), object);
  }
  for (std::size_t c = 0; c < kubernetes_.clusters().items.size(); ++c)
    kubernetes_.objects_changed(static_cast<int>(c));
}

void Commands::claim_deleted(int cluster, const kube::ObjectRef& claim) {
  const std::string root = Volumes::claim_root(cluster, claim.ns, claim.name);
  volumes_.remove_below(root);
  for (std::size_t c = 0; c < sites_.size(); ++c) sites_[static_cast<int>(c)].redis.data_lost(root);
  if (!claim.name.starts_with(claim_prefix)) return;
  const std::string_view pod = std::string_view(claim.name).substr(claim_prefix.size());
  databases_.data_lost(cluster, pod);
  if (cluster == 0) monitoring_.data_lost(pod);
}

// ---- inside pods ----------------------------------------------------------------------------

void Commands::in_pod(Running& running, PodRef pod, const std::vector<std::string>& argv) {
  if (argv.empty()) return finish(running, {});
  const std::string program = argv.front().substr(argv.front().rfind('/') + 1);
  if ((program == "bash" || program == "sh") && argv.size() > 2 && argv[1] == "-c") {
    const shell::Parsed inner = shell::parse(argv[2]);
    if (!inner.list)
      return finish(running, {2, "", program + ": " + inner.error->message + "\n", true});
    push_shell(running, pod, inner.list);
    return go_on(running);
  }
  if (run_script(running, pod, argv)) return;
  if (program == "psql") {
    const std::string host = option_value(argv, "-h", "--host");
    return psql(running, host.empty() ? pod : server_at(pod.cluster, host), argv);
  }
  if (program == "pg_isready") {
    const std::string host = option_value(argv, "-h", "--host");
    const PodRef server = host.empty() ? pod : server_at(pod.cluster, host);
    if (server == no_pod || !kubernetes_.reaches(pod, server))
      return finish(running, {2, host + ":5432 - no response\n", "", true});
    if (kubernetes_.stands_still(server))  // it gives up after three seconds
      return finish(running, {2, host + ":5432 - no response\n", "", true}, isready_gives_up);
    Postgres::Answer answer = databases_.of(server).pg_isready(server);
    return finish(running, {answer.exit_status, answer.out, answer.err, true});
  }
  if (program == "rm" && remove_files(running, argv, pod)) return;
  if (run_backup_program(running, pod, argv)) return;
  if (program == "redis-cli") return redis_cli(running, argv, pod);
  if (program == "curl") return curl(running, argv, pod);
  finish(running, {0, "", program + ": not known here; taken for a manual step\n", false});
}

void Commands::psql(Running& running, PodRef pod, const std::vector<std::string>& argv) {
  if (pod != no_pod && kubernetes_.stands_still(pod)) return at(look_again, Kind::execute, running);
  const Postgres::Printing printing{
      .aligned = !has_short_flag(argv, 'A') && !has_word(argv, "--no-align"),
      .rows_only = has_short_flag(argv, 't') || has_word(argv, "--tuples-only")};
  shell::Result result;
  Duration takes = Duration::zero();
  ParameterId paced_by = ParameterId::none;
  for (std::size_t i = 1; i + 1 < argv.size(); ++i) {
    const std::string& option = argv[i];
    const bool command = option == "--command" || (option.size() > 1 && option[0] == '-' &&
                                                   option[1] != '-' && option.back() == 'c');
    if (!command) continue;
    const Postgres::Answer answer =
        databases_.of(pod).psql(pod, argv[i + 1], option_value(argv, "-d", "--dbname"), printing);
    result.out += answer.out;
    result.err += answer.err;
    result.exit_status = answer.exit_status;
    result.understood = result.understood && answer.understood;
    takes += answer.takes;
    if (answer.takes > Duration::zero()) paced_by = answer.paced_by;
    if (answer.changed) {
      running.changed = true;
      running.touched.add(ComponentId::postgres);
    }
    if (answer.exit_status != 0) break;
  }
  databases_.update();
  finish(running, std::move(result), takes, paced_by);
}

/// Of the files in containers only those of Redis are known.
bool Commands::remove_files(Running& running, const std::vector<std::string>& argv, PodRef pod) {
  const WorkloadModel* model = kubernetes_.model_of(pod);
  if (!model || component_of(model->kind) != ComponentId::redis) return false;
  for (std::size_t i = 1; i < argv.size(); ++i)
    if (!argv[i].starts_with("-")) redis_near(pod).file_removed(pod, argv[i]);
  running.changed = true;
  running.touched.add(ComponentId::redis);
  finish(running, {});
  return true;
}

}  // namespace drdrill::models
