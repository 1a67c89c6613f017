#include "sim/live/lab_kept.hpp"

/// kubectl in a lab: objects are sim/kube's, `exec` runs the real program in the pod's network.
namespace drdrill::live {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds look_again{20};

}  // namespace

/// What a program of a runbook may connect to where it shares the machine's network: the pods, and
/// in a pod that pod as the local host. Nothing: it has a network where there is nothing else.
std::optional<std::vector<Carried>> Lab::reachable(const Kept* self) const {
  if (network_.separate()) return std::nullopt;
  std::vector<Carried> pods;
  for (const auto& kept : kept_) {
    const Endpoint pod{kept->state.place.address, kept->program->port()};
    pods.push_back({pod, pod});
    if (kept.get() == self) pods.push_back({{"127.0.0.1", pod.port}, pod});
  }
  if (provider_) pods.push_back({{provider_->host, provider_port}, *provider_});
  return pods;
}

Lab::Said Lab::exec(const kube::ExecCall& call, const std::string& input, milliseconds limit,
                    const std::function<bool()>& given_up) {
  Program program;
  Said said;
  {
    const std::lock_guard lock(mutex_);
    const Kept* kept = find(call.object.name);
    if (!kept) {
      said.exit_status = 1;
      said.err = "error: pod " + call.object.name + " does not run in this lab\n";
      return said;
    }
    if (kept->state.lost) {
      // The API server's patience with a kubelet that does not answer.
      said.exit_status = 1;
      said.err = "Error from server: error dialing backend: dial tcp " + kept->state.place.address +
                 ":10250: i/o timeout\n";
      return said;
    }
    if (const std::string& why = why_no_containers(); !why.empty()) {
      said.exit_status = 126;
      said.err = "drdrill: " + why + "\n";
      return said;
    }
    if (!kept->process) {
      said.exit_status = 1;
      said.err =
          "error: unable to upgrade connection: container not found (\"" + call.container + "\")\n";
      return said;
    }
    said.about = kept->state.name;
    const PodPlace& place = kept->state.place;
    program = {.argv = call.argv,
               .environment = kept->program->environment(place),
               .folder = place.mounts.empty() ? "/" : place.mounts.front().to,
               .inside = kept->process,
               .only_reaches = reachable(kept),
               .user = kept->program->user()};
  }
  const Ran ran = run(program, limit, call.input ? input : std::string_view(), given_up);
  said.exit_status = ran.exit_status;
  said.out = ran.out;
  said.err = ran.err;
  said.changed = true;
  return said;
}

Lab::Said Lab::kubectl(const std::vector<std::string>& argv, const std::string& input,
                       milliseconds limit, const std::function<bool()>& given_up) {
  const auto deadline = Clock::now() + limit;
  kube::Outcome outcome;
  {
    const std::lock_guard lock(mutex_);
    kube::Environment environment;
    environment.files = &platform_.files;
    outcome = kube::run(clusters_, argv, input, environment);
    if (!outcome.changed.empty()) {
      reconcile();
      routes_changed();
    }
  }
  if (outcome.exec) return exec(*outcome.exec, input, limit, given_up);
  if (outcome.logs) {
    const std::lock_guard lock(mutex_);
    for (const int slot : outcome.logs->pods)
      outcome.out += log_of(clusters_.items[outcome.cluster].pods[static_cast<std::size_t>(slot)]);
  }
  Said said{outcome.exit_code, outcome.out, outcome.err, !outcome.changed.empty(), {}};
  while (outcome.wait) {
    {
      const std::lock_guard lock(mutex_);
      const kube::Cluster& cluster = clusters_.items[outcome.wait->cluster];
      const kube::Progress progress = kube::check(cluster, *outcome.wait);
      said.out += progress.out;
      said.err += progress.err;
      if (progress.state == kube::Progress::State::done ||
          progress.state == kube::Progress::State::failed) {
        said.exit_status = progress.exit_code;
        break;
      }
    }
    if (Clock::now() >= deadline || given_up()) {
      said.exit_status = 124;
      break;
    }
    std::this_thread::sleep_for(look_again);
  }
  return said;
}

}  // namespace drdrill::live
