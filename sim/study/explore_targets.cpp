#include "sim/study/explore_targets.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "models/simulated_world.hpp"
#include "sim/study/ask.hpp"

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
    for (const ClusterSpec& cluster : platform_.clusters) {
      look_at_placement(cluster);
      for (const kube::Node& node : cluster.initial.nodes) zones_[node.meta.name] = node.zone;
    }
    for (const ClusterSpec& cluster : platform_.clusters)
      for (const kube::Workload& workload : cluster.initial.workloads) add_pods(cluster, workload);
    for (const ClusterSpec& cluster : platform_.clusters) add_nodes(cluster);
    for (const ZoneSpec& zone : platform_.zones) {
      add(Level::zone, zone.name);
      out_.back().place.zone = zone.name;
    }
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
    out_.push_back({{level, name, 1}, count, component, false, {}});
  }

  /// Where a pod with a name of its own is.
  TargetPlace place_of_pod(const std::string& workload, int number) const {
    TargetPlace place{"", "", workload, std::to_string(number)};
    const auto node = node_of_pod_.find(workload + "-" + std::to_string(number));
    if (node == node_of_pod_.end()) return place;
    place.node = node->second;
    if (const auto zone = zones_.find(place.node); zone != zones_.end()) place.zone = zone->second;
    return place;
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
    out_.back().place.workload = name;
    if (workload.kind != kube::Workload::Kind::stateful_set) return;
    // The first one is what the workload's name means when it is one.
    out_.back().place = place_of_pod(name, 0);
    for (int i = 1; i < workload.replicas; ++i)
      out_.push_back({{Level::pod, name + "-" + std::to_string(i), 1},
                      1,
                      component,
                      true,
                      place_of_pod(name, i)});
  }

  /// Which pods lie on which node of the cluster, as `kubectl` tells.
  void look_at_placement(const ClusterSpec& cluster) {
    const std::string command =
        "kubectl get pods -A --context=" + cluster.initial.context +
        " -o jsonpath='{range .items[*]}{.metadata.name}{\" \"}{.spec.nodeName}{\"\\n\"}{end}'";
    const std::string lines = answer(world_, command);
    std::string_view rest = lines;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      const auto space = line.find(' ');
      if (space == std::string_view::npos) continue;
      const std::string pod(line.substr(0, space)), node(line.substr(space + 1));
      node_of_pod_.try_emplace(pod, node);
      classes_on_node_[node].insert(class_of_pod(cluster, pod));
    }
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
    std::set<std::tuple<std::string, std::string, std::string>> seen;
    for (const kube::Node& node : cluster.initial.nodes) {
      std::string on;
      for (const std::string& name : classes_on_node_[node.meta.name]) on += name + " ";
      if (is_named(node.meta.name)) on += node.meta.name;
      if (!seen.insert({node.pool, node.zone, on}).second) continue;
      add(Level::node, node.meta.name);
      TargetPlace& place = out_.back().place;
      place.zone = node.zone;
      place.node = node.meta.name;
      // Of a node with one pod of a StatefulSet, whose it is.
      for (const auto& [pod, where] : node_of_pod_) {
        const auto dash = pod.rfind('-');
        const bool numbered = pod.find_first_not_of("0123456789", dash + 1) == std::string::npos;
        if (where == node.meta.name && dash != std::string::npos && numbered) {
          place.workload = pod.substr(0, dash);
          place.number = pod.substr(dash + 1);
        }
      }
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
  std::map<std::string, std::string> node_of_pod_;
  std::map<std::string, std::set<std::string>> classes_on_node_;
  std::map<std::string, std::string> zones_;  ///< by node
  std::vector<TargetClass> out_;
};

}  // namespace

std::vector<TargetClass> target_classes(const Scenario& scenario, const PlatformSpec& platform) {
  return Classes(scenario, platform).all();
}

}  // namespace drdrill::study
