#include "sim/study/explore_targets.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "models/simulated_world.hpp"

namespace drdrill::study {
namespace {

class Classes {
 public:
  Classes(const Scenario& scenario, const PlatformSpec& platform)
      : platform_(platform), world_(platform, scenario.start) {
    world_.reset(1, 0);
    for (const Step& step : scenario.runbook.steps) text_ += step.run + "\n" + step.verify + "\n";
    for (const FaultSpec& fault : scenario.faults) text_ += fault.effect.target.name + "\n";
    for (const auto& [path, content] : platform.files) text_ += content + "\n";
  }

  std::vector<TargetClass> all() {
    for (const ClusterSpec& cluster : platform_.clusters)
      for (const kube::Workload& workload : cluster.initial.workloads) add_pods(cluster, workload);
    for (const ClusterSpec& cluster : platform_.clusters) add_nodes(cluster);
    for (const ZoneSpec& zone : platform_.zones) add(Level::zone, zone.name);
    for (const std::string& region : platform_.regions) add(Level::region, region);
    add_people();
    std::set<std::string> volumes;
    for (const ClusterSpec& cluster : platform_.clusters)
      for (const kube::PersistentVolumeClaim& claim : cluster.initial.claims)
        if (volumes.insert(claim.meta.name).second) add(Level::volume, claim.meta.name);
    for (const BucketSpec& bucket : platform_.buckets) add(Level::volume, bucket.name);
    if (!platform_.entry.hostname.empty()) add(Level::name, platform_.entry.hostname);
    if (!platform_.dns.provider.empty()) add(Level::provider, platform_.dns.provider);
    return std::move(out_);
  }

 private:
  void add(Level level, const std::string& name, int count = 1,
           std::optional<ComponentId> component = {}) {
    out_.push_back({{level, name, 1}, count, component, false});
  }

  /// Does somebody speak of just this one? A longer name that begins with it does not count.
  bool is_named(const std::string& name) const {
    for (std::size_t at = text_.find(name); at != std::string::npos;
         at = text_.find(name, at + 1)) {
      const std::size_t end = at + name.size();
      if (end == text_.size() || text_[end] < '0' || text_[end] > '9') return true;
    }
    return false;
  }

  std::optional<ComponentId> component_of_workload(const ClusterSpec& cluster,
                                                   const std::string& name) const {
    for (const WorkloadModel& model : platform_.workloads)
      if (model.workload == name && &platform_.clusters[model.cluster] == &cluster &&
          model.kind != WorkloadModel::Kind::plain)
        return component_of(model.kind);
    return std::nullopt;
  }

  /// A target's name means the same in all clusters, so it is a class once.
  void add_pods(const ClusterSpec& cluster, const kube::Workload& workload) {
    const std::string& name = workload.meta.name;
    if (!pods_seen_.insert(name).second) return;
    const auto component = component_of_workload(cluster, name);
    if (workload.kind == kube::Workload::Kind::daemon_set)
      return add(Level::pod, name, static_cast<int>(cluster.initial.nodes.size()), component);
    add(Level::pod, name, workload.replicas, component);
    if (workload.kind != kube::Workload::Kind::stateful_set) return;
    // The first one is what the workload's name means when it is one.
    for (int i = 1; i < workload.replicas; ++i)
      out_.push_back({{Level::pod, name + "-" + std::to_string(i), 1}, 1, component, true});
  }

  /// Which pods lie on which node of the cluster, as `kubectl` tells.
  std::map<std::string, std::string> placement(const ClusterSpec& cluster) {
    const std::string command =
        "kubectl get pods -A --context=" + cluster.initial.context +
        " -o jsonpath='{range .items[*]}{.metadata.name}{\" \"}{.spec.nodeName}{\"\\n\"}{end}'";
    const ActionId action = world_.begin({.command = command, .actor = "automation"});
    const Offset patience = world_.now() + std::chrono::minutes(10);
    while (!world_.state(action).ended && world_.now() < patience) world_.wait_until(patience);
    std::map<std::string, std::set<std::string>> workloads;
    std::string_view rest = world_.state(action).output;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      const auto space = line.find(' ');
      if (space == std::string_view::npos) continue;
      workloads[std::string(line.substr(space + 1))].insert(
          class_of_pod(cluster, std::string(line.substr(0, space))));
    }
    std::map<std::string, std::string> out;
    for (const auto& [node, names] : workloads)
      for (const std::string& name : names) out[node] += name + " ";
    return out;
  }

  /// Its Deployment or DaemonSet; else its own name.
  static std::string class_of_pod(const ClusterSpec& cluster, const std::string& pod) {
    const kube::Workload* owner = nullptr;
    for (const kube::Workload& workload : cluster.initial.workloads)
      if (pod.starts_with(workload.meta.name + "-") &&
          (!owner || workload.meta.name.size() > owner->meta.name.size()))
        owner = &workload;
    return owner && owner->kind != kube::Workload::Kind::stateful_set ? owner->meta.name : pod;
  }

  void add_nodes(const ClusterSpec& cluster) {
    const std::map<std::string, std::string> pods = placement(cluster);
    std::set<std::tuple<std::string, std::string, std::string>> seen;
    for (const kube::Node& node : cluster.initial.nodes) {
      const auto found = pods.find(node.meta.name);
      std::string on = found == pods.end() ? "" : found->second;
      if (is_named(node.meta.name)) on += node.meta.name;
      if (seen.insert({node.pool, node.zone, on}).second) add(Level::node, node.meta.name);
    }
  }

  /// Simulated people are known by their role.
  void add_people() {
    std::set<std::string> roles;
    for (const PersonSpec& person : platform_.people)
      if (roles.insert(person.role).second) add(Level::person, person.role);
  }

  const PlatformSpec& platform_;
  SimulatedWorld world_;
  std::string text_;  ///< everything that may name a node
  std::set<std::string> pods_seen_;
  std::vector<TargetClass> out_;
};

}  // namespace

std::vector<TargetClass> target_classes(const Scenario& scenario, const PlatformSpec& platform) {
  return Classes(scenario, platform).all();
}

}  // namespace drdrill::study
