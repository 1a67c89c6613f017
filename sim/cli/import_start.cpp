#include "sim/cli/import_start.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "models/simulated_world.hpp"
#include "sim/drill/probe.hpp"

namespace drdrill::cli {
namespace {

using Kind = WorkloadModel::Kind;

/// "k8s/web.yaml:3: Deployment web"
std::string placed(const ClusterSpec& cluster, std::string_view kind, const kube::Meta& meta) {
  std::string id(kind);
  id += " ";
  if (!meta.ns.empty()) id += meta.ns + "/";
  id += meta.name;
  const auto found = cluster.places.find(id);
  if (found == cluster.places.end()) return id;
  return found->second.file + ":" + std::to_string(found->second.line) + ": " + id;
}

/// Whose servers nobody is sent to, if they do not run.
std::vector<const kube::Workload*> workloads_of(const PlatformSpec& platform, ComponentId of) {
  std::vector<const kube::Workload*> out;
  const ClusterSpec& cluster = platform.clusters.front();
  for (const WorkloadModel& model : platform.workloads)
    if (model.cluster == 0 && model.kind != Kind::plain && component_of(model.kind) == of)
      for (const kube::Workload& workload : cluster.initial.workloads)
        if (workload.meta.name == model.workload && workload.meta.ns == model.ns)
          out.push_back(&workload);
  return out;
}

/// Answers questions about the platform as it stands, by the commands that people would type.
class Asked {
 public:
  explicit Asked(const PlatformSpec& platform) : world_(platform, WallTime()) {
    world_.reset(1, 0);
  }

  std::vector<ProbeKind> failing() {
    std::vector<Probe> probes;
    for (std::size_t i = 0; i < probe_table.size(); ++i)
      if (probe_table[i].steady_state) probes.push_back({static_cast<ProbeKind>(i)});
    world_.watch(probes);
    SampleBuffer buffer;
    world_.drain(buffer);
    std::vector<ProbeKind> out;
    for (const Sample& sample : buffer.samples)
      if (sample.answer == Answer::fails) out.push_back(sample.probe);
    return out;
  }

  /// What the command prints.
  std::string run(const std::string& command) {
    Action action;
    action.command = command;
    action.actor = "automation";
    const ActionId id = world_.begin(action);
    const Offset last = world_.now() + std::chrono::minutes(2);
    while (!world_.state(id).ended && world_.now() < last) world_.wait_until(last);
    return std::string(world_.state(id).output);
  }

 private:
  SimulatedWorld world_;
};

/// "web-5d9-abc Pending" of each pod that is not ready, of the workload's.
std::string first_not_ready(const std::string& table, const std::string& ns,
                            const std::string& name, int& count) {
  std::string first;
  std::size_t begin = 0;
  while (begin < table.size()) {
    const std::size_t end = std::min(table.find('\n', begin), table.size());
    std::vector<std::string> words;
    std::string word;
    for (std::size_t i = begin; i <= end; ++i) {
      const char c = i < end ? table[i] : ' ';
      if (c != ' ')
        word += c;
      else if (!word.empty())
        words.push_back(std::exchange(word, {}));
    }
    begin = end + 1;
    if (words.size() < 4 || words[0] != ns || !words[1].starts_with(name + "-")) continue;
    const std::size_t slash = words[2].find('/');
    if (slash != std::string::npos && words[2].substr(0, slash) == words[2].substr(slash + 1))
      continue;
    ++count;
    if (first.empty()) first = words[1] + " is " + words[3];
  }
  return first;
}

/// Policies that say who may ask these pods.
std::string policies_about(const ClusterSpec& cluster,
                           const std::vector<const kube::Workload*>& workloads) {
  std::string out;
  for (const kube::NetworkPolicy& policy : cluster.initial.network_policies) {
    const bool selects =
        std::any_of(workloads.begin(), workloads.end(), [&](const kube::Workload* workload) {
          return workload->meta.ns == policy.meta.ns &&
                 policy.spec->pods.matches(workload->pod_template().labels);
        });
    if (selects && !policy.meta.name.starts_with("assumed-"))
      out += "\n    " + placed(cluster, "NetworkPolicy", policy.meta) + " says who may ask it";
  }
  return out;
}

/// Is it policies that keep it?
bool holds_without_policies(const PlatformSpec& platform, ProbeKind probe) {
  PlatformSpec open = platform;
  for (ClusterSpec& cluster : open.clusters) cluster.initial.network_policies.clear();
  const auto failing = Asked(open).failing();
  return std::find(failing.begin(), failing.end(), probe) == failing.end();
}

}  // namespace

std::vector<std::string> why_not_steady(const PlatformSpec& platform) {
  std::vector<std::string> out;
  if (platform.clusters.empty()) return out;
  Asked asked(platform);
  const ClusterSpec& cluster = platform.clusters.front();
  std::optional<std::string> pods;
  for (const ProbeKind probe : asked.failing()) {
    const ProbeRow& row = row_of(probe);
    std::string line = std::string(row.id) + " fails";
    std::string why;
    if (!pods) pods = asked.run("kubectl get pods -A");
    for (const kube::Workload* workload : workloads_of(platform, row.component)) {
      int count = 0;
      const std::string first =
          first_not_ready(*pods, workload->meta.ns, workload->meta.name, count);
      if (count == 0) continue;
      why += "\n    " + placed(cluster, kube::kind_name(workload->kind), workload->meta) + ": " +
             std::to_string(count) + (count == 1 ? " pod is" : " pods are") + " not ready (" +
             first + ")";
    }
    const auto workloads = workloads_of(platform, row.component);
    if (why.empty() && holds_without_policies(platform, probe))
      why = policies_about(cluster, workloads);
    for (const kube::Workload* workload : workloads)
      if (why.empty())
        why = "\n    " + placed(cluster, kube::kind_name(workload->kind), workload->meta) +
              ": its pods are ready, and what they are asked fails";
    out.push_back(line + why);
  }
  return out;
}

}  // namespace drdrill::cli
