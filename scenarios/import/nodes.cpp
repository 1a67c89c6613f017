#include "scenarios/import/nodes.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "scenarios/import/values.hpp"
#include "sim/kube/quantity.hpp"

namespace drdrill::importing {
namespace {

using Remark = ImportRemark::Kind;

constexpr std::int64_t gib = std::int64_t{1} << 30;
constexpr int most_nodes = 10'000;

std::string label_at(const Value& node, std::initializer_list<std::string_view> keys) {
  const Value* labels = at_path(node, {"metadata", "labels"});
  if (!labels) return {};
  for (std::string_view key : keys)
    if (std::string found = text_at(*labels, key); !found.empty()) return found;
  return {};
}

/// Labels that a node selector may ask for; those of one node only are not a pool's.
Value pool_labels(const Value& node) {
  Value out = object();
  const Value* labels = at_path(node, {"metadata", "labels"});
  if (!labels) return out;
  for (const Value::Member& label : labels->members)
    if (!label.key.starts_with("kubernetes.io/hostname") && !label.key.starts_with("topology.") &&
        !label.key.starts_with("failure-domain."))
      set(out, label.key, text(scalar_text(label.value)));
  return out;
}

/// Node objects of one pool.
struct Pool {
  const Value* first = nullptr;
  int count = 0;
  std::vector<std::string> zones;
};

class FromNodes {
 public:
  explicit FromNodes(const Inventory& inventory) : inventory_(inventory) {}

  Place run() {
    Place out;
    std::map<std::string, std::vector<std::string>> zones;
    std::map<std::string, Pool> pools;
    for (const Value& node : inventory_.nodes) {
      const std::string region = label_at(node, {"topology.kubernetes.io/region"});
      const std::string zone = label_at(node, {"topology.kubernetes.io/zone"});
      if (out.region.empty()) out.region = region;
      if (!zone.empty() && std::find(zones[""].begin(), zones[""].end(), zone) == zones[""].end())
        zones[""].push_back(zone);
      Pool& pool = pools[pool_of(node)];
      if (!pool.first) pool.first = &node;
      ++pool.count;
      if (!zone.empty() &&
          std::find(pool.zones.begin(), pool.zones.end(), zone) == pool.zones.end())
        pool.zones.push_back(zone);
      if (const Value* version = at_path(node, {"status", "nodeInfo", "kubeletVersion"}))
        out.release = release_of(scalar_text(*version));
    }
    if (out.region.empty()) out.region = "region";
    std::sort(zones[""].begin(), zones[""].end());
    out.regions = array_value({object({{"name", text(out.region)}, {"zones", texts(zones[""])}})});
    out.pools = array_value();
    for (auto& [name, pool] : pools) out.pools.items.push_back(written(name, pool));
    return out;
  }

 private:
  static std::string release_of(const std::string& version) {  // "v1.31.4+k3s1"
    const auto parts = split(version, "v.+-");
    return parts.size() > 1 ? parts[0] + "." + parts[1] : std::string();
  }

  static std::string pool_of(const Value& node) {
    const std::string name =
        label_at(node, {"doks.digitalocean.com/node-pool", "eks.amazonaws.com/nodegroup",
                        "cloud.google.com/gke-nodepool", "kubernetes.azure.com/agentpool",
                        "agentpool", "node.kubernetes.io/instance-type"});
    return name.empty() ? "nodes" : name;
  }

  Value written(const std::string& name, Pool& pool) const {
    const Value* room = at_path(*pool.first, {"status", "allocatable"});
    if (!room) room = at_path(*pool.first, {"status", "capacity"});
    const auto at = [&](std::string_view key, const char* otherwise) {
      const std::string found = room ? text_at(*room, key) : std::string();
      return text(found.empty() ? otherwise : found);
    };
    std::sort(pool.zones.begin(), pool.zones.end());
    Value out = object({{"name", text(name)}, {"count", whole_value(pool.count)}});
    if (!pool.zones.empty()) set(out, "zones", texts(pool.zones));
    set(out, "cpu", at("cpu", "4"));
    set(out, "memory", at("memory", "16Gi"));
    set(out, "labels", pool_labels(*pool.first));
    Value taints = array_value();
    if (const Value* all = at_path(*pool.first, {"spec", "taints"}))
      for (const Value& taint : all->items)
        if (!has(text_at(taint, "key"), "node.kubernetes.io/"))
          taints.items.push_back(object({{"key", text(text_at(taint, "key"))},
                                         {"value", text(text_at(taint, "value"))},
                                         {"effect", text(text_at(taint, "effect"))}}));
    if (!taints.items.empty()) set(out, "taints", std::move(taints));
    return out;
  }

  const Inventory& inventory_;
};

/// Pods that want the same nodes.
struct Demand {
  std::int64_t cpu_milli = 0;
  std::int64_t memory = 0;
  std::int64_t largest_cpu = 0;
  std::int64_t largest_memory = 0;
  int pods = 0;
  int apart = 0;  ///< pods that may not share a node
};

class Assumed {
 public:
  explicit Assumed(Inventory& inventory) : inventory_(inventory) {}

  Place run() {
    for (const Item& item : inventory_.items)
      if (const auto* scaler = std::get_if<kube::HorizontalPodAutoscaler>(&item.object)) {
        int& most = scaled_[{scaler->meta.ns, scaler->target_name}];
        most = std::max(most, scaler->max_replicas);
      }
    for (const Item& item : inventory_.items)
      if (const kube::Workload* workload = item.workload()) ask(*workload);
    for (const Item& item : inventory_.items)
      if (const auto* job = std::get_if<kube::CronJob>(&item.object))
        add(*job->job.pod_template, 1);
    if (demands_.empty()) demands_[{}];
    Place out;
    out.region = "region";
    out.regions = array_value(
        {object({{"name", text(out.region)}, {"zones", texts({"zone-a", "zone-b", "zone-c"})}})});
    out.pools = array_value();
    for (const auto& [labels, demand] : demands_) out.pools.items.push_back(pool(labels, demand));
    if (!inventory_.decided("/regions"))
      inventory_.remark(Remark::assumed, {}, "one region with three zones", "/regions");
    if (!inventory_.decided("/clusters/0/node_pools"))
      inventory_.remark(Remark::assumed, {}, words_, "/clusters/0/node_pools");
    return out;
  }

 private:
  void ask(const kube::Workload& workload) {
    const kube::PodTemplate& pod = workload.pod_template();
    const bool everywhere = workload.kind == kube::Workload::Kind::daemon_set;
    const int replicas = everywhere ? 0 : std::min(most_replicas(workload), most_nodes);
    Demand& demand = add(pod, replicas);
    if (everywhere) daemons_ += pod.requests().cpu_milli;
    for (const kube::AntiAffinity& term : pod.anti_affinity)
      if (term.required && term.topology_key == "kubernetes.io/hostname" &&
          term.selector.matches(pod.labels))
        demand.apart += replicas;
  }

  /// As many as its autoscaler may make.
  int most_replicas(const kube::Workload& workload) const {
    const auto found = scaled_.find({workload.meta.ns, workload.meta.name});
    return found == scaled_.end() ? workload.replicas : std::max(workload.replicas, found->second);
  }

  Demand& add(const kube::PodTemplate& pod, int count) {
    Demand& demand = demands_[wanted_labels(pod)];
    const kube::Resources each = pod.requests();
    demand.cpu_milli += each.cpu_milli * count;
    demand.memory += each.memory_bytes * count;
    demand.largest_cpu = std::max(demand.largest_cpu, each.cpu_milli);
    demand.largest_memory = std::max(demand.largest_memory, each.memory_bytes);
    demand.pods += count;
    return demand;
  }

  /// What a node must bear for the pod: its selector, and the first choice of its affinity.
  static std::map<std::string, std::string> wanted_labels(const kube::PodTemplate& pod) {
    std::map<std::string, std::string> out;
    for (const kube::Label& label : pod.node_selector)
      if (label.key != "kubernetes.io/os" && label.key != "kubernetes.io/arch")
        out[label.key] = label.value;
    if (!pod.node_affinity.empty())
      for (const kube::Requirement& wanted : pod.node_affinity.front().requirements) {
        if (wanted.key.starts_with("topology.") || wanted.key.starts_with("kubernetes.io/"))
          continue;
        if (wanted.op == kube::Requirement::Op::in && !wanted.values.empty())
          out[wanted.key] = wanted.values.front();
        if (wanted.op == kube::Requirement::Op::exists) out.try_emplace(wanted.key);
      }
    return out;
  }

  /// Nodes that hold the largest pod, so many that a quarter is spare, and three at least.
  Value pool(const std::map<std::string, std::string>& labels, const Demand& demand) {
    std::int64_t cpu = 4;
    while (cpu * 1000 < demand.largest_cpu + daemons_ + 500 && cpu < 256) cpu *= 2;
    std::int64_t memory = cpu * 4;
    while (memory * gib < demand.largest_memory + gib && memory < 4096) memory *= 2;
    const auto needed = [](std::int64_t sum, std::int64_t of_one) {
      return static_cast<int>(std::min<std::int64_t>(sum * 4 / 3 / of_one + 1, most_nodes));
    };
    const std::int64_t free_cpu = std::max<std::int64_t>(cpu * 1000 - daemons_, 500);
    int count =
        std::max({3, needed(demand.cpu_milli, free_cpu), needed(demand.memory, memory * gib),
                  demand.pods / 80 + 1, demand.apart + (demand.apart > 0 ? 1 : 0)});
    std::string name = "nodes";
    Value bears = object();
    for (const auto& [key, value] : labels) {
      set(bears, key, text(value));
      name = value.empty() ? "pool-" + std::to_string(++numbered_) : value;
    }
    while (!names_.insert(name).second) name += "-" + std::to_string(++numbered_);
    words_ += (words_.empty() ? "" : ", ") + std::to_string(count) + " nodes of " +
              std::to_string(cpu) + " CPUs and " + std::to_string(memory) + " GiB (" + name + ")";
    Value out = object({{"name", text(name)},
                        {"count", whole_value(count)},
                        {"cpu", text(std::to_string(cpu))},
                        {"memory", text(std::to_string(memory) + "Gi")}});
    if (!bears.members.empty()) set(out, "labels", std::move(bears));
    return out;
  }

  Inventory& inventory_;
  std::map<std::map<std::string, std::string>, Demand> demands_;
  std::int64_t daemons_ = 0;
  std::map<std::pair<std::string, std::string>, int> scaled_;  ///< namespace, name: most replicas
  std::set<std::string> names_;
  int numbered_ = 0;
  std::string words_;
};

}  // namespace

Place read_nodes(Inventory& inventory) {
  Place out = inventory.nodes.empty() ? Assumed(inventory).run() : FromNodes(inventory).run();
  if (out.release.empty() || !out.release.starts_with("1.")) {
    out.release = "1.32";
    if (!inventory.decided("/clusters/0/kubernetes"))
      inventory.remark(Remark::assumed, {}, "Kubernetes 1.32", "/clusters/0/kubernetes");
  }
  return out;
}

}  // namespace drdrill::importing
