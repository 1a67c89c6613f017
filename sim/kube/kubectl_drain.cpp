#include <algorithm>

#include "sim/kube/controllers.hpp"
#include "sim/kube/kubectl_parts.hpp"

namespace drdrill::kube::parts {
namespace {

std::vector<Targets::Item> nodes_of(Session& s, std::string_view verb) {
  const std::string name(verb);
  if (s.command.args.empty() && !s.option("selector")) {
    s.fail("error: USAGE: " + name + " NODE [flags]\nSee 'kubectl " + name +
           " -h' for help and examples");
    return {};
  }
  std::vector<Targets::Item> out;
  const ServedKind kind = served_kind(s.cluster, "nodes");
  if (const std::string* text = s.option("selector")) {
    const auto selector = parse_selector(*text);
    for (const ObjectId& id : list(s.cluster, "Node"))
      if (selector && selector->matches(*meta_of(s.cluster, id).labels)) out.push_back({id, kind});
    return out;
  }
  for (const std::string& word : s.command.args) {
    const Targets::Item item = resolve_one(s, word, "node");
    if (item.id.index == no_index) return {};
    out.push_back(item);
  }
  return out;
}

void cordon_one(Session& s, const Targets::Item& item, bool on) {
  Node& node = s.cluster.nodes[static_cast<std::size_t>(item.id.index)];
  const std::string done = on ? "cordoned" : "uncordoned";
  if (node.unschedulable == on) return s.say("node/" + node.meta.name + " already " + done);
  node.unschedulable = on;
  s.changed(item.id, Change::What::configured);
  s.say("node/" + node.meta.name + " " + done);
}

bool is_daemon(const Cluster& c, const Pod& p) {
  return p.owner == Pod::Owner::workload &&
         c.workloads[static_cast<std::size_t>(p.owner_index)].kind == Workload::Kind::daemon_set;
}

bool has_local_storage(const Pod& p) {
  return std::any_of(p.spec->volumes.begin(), p.spec->volumes.end(),
                     [](const Volume& v) { return v.kind == Volume::Kind::empty_dir; });
}

std::string label_of(const Pod& p) {
  return p.meta.ns + "/" + p.meta.name;
}

void append(std::string& list, const Pod& p) {
  list += (list.empty() ? "" : ", ") + label_of(p);
}

/// What a drain does with the pods of a node.
struct Plan {
  std::vector<int> pods;
  std::string ignored;  ///< warnings: DaemonSet pods passed over
  std::vector<std::string> errors;
};

Plan plan_of(const Session& s, int node) {
  Plan out;
  std::string daemons;
  std::string local;
  std::string unmanaged;
  std::vector<int> order;
  for (std::size_t i = 0; i < s.cluster.pods.size(); ++i)
    if (s.cluster.pods[i].meta.exists && s.cluster.pods[i].node == node)
      order.push_back(static_cast<int>(i));
  const auto pod = [&](int i) -> const Pod& { return s.cluster.pods[static_cast<std::size_t>(i)]; };
  std::sort(order.begin(), order.end(),
            [&](int a, int b) { return label_of(pod(a)) < label_of(pod(b)); });
  const std::string* text = s.option("pod-selector");
  const Selector only = text ? parse_selector(*text).value_or(Selector{}) : Selector{};
  for (int i : order) {
    const Pod& p = pod(i);
    if (!only.matches(*p.meta.labels)) continue;
    const bool finished = p.phase == PodPhase::succeeded || p.phase == PodPhase::failed;
    if (is_daemon(s.cluster, p) && !finished) {
      append(s.flag("ignore-daemonsets") ? out.ignored : daemons, p);
      continue;
    }
    if (p.owner == Pod::Owner::none && !finished && !s.flag("force")) append(unmanaged, p);
    if (has_local_storage(p) && !finished && !s.flag("delete-emptydir-data")) append(local, p);
    out.pods.push_back(i);
  }
  const auto add = [&](const std::string& list, const char* message) {
    if (!list.empty()) out.errors.push_back(message + list);
  };
  add(daemons, "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ");
  add(local, "cannot delete Pods with local storage (use --delete-emptydir-data to override): ");
  add(unmanaged, "cannot delete Pods that declare no controller (use --force to override): ");
  return out;
}

void refuse(Session& s, const Node& node, const std::vector<std::string>& errors) {
  std::string all;
  for (const std::string& e : errors) all += (all.empty() ? "" : ", ") + e;
  if (errors.size() > 1) all = "[" + all + "]";
  s.fail("error: unable to drain node " + quoted(node.meta.name) + " due to error: " + all +
         ", continuing command...");
  s.warn("There are pending nodes to be drained:\n " + node.meta.name);
  for (const std::string& e : errors) s.warn(e);
}

/// Evicts unless a budget forbids it; the refusal is printed as kubectl does.
bool evict(Cluster& cluster, int pod, std::optional<int> grace_s, std::string& err) {
  const Pod& p = cluster.pods[static_cast<std::size_t>(pod)];
  if (const auto refusal = eviction_refusal(cluster, pod)) {
    err += "error when evicting pods/" + quoted(p.meta.name) + " -n " + quoted(p.meta.ns) +
           " (will retry after 5s): " + *refusal + "\n";
    return false;
  }
  terminate_pod(cluster, pod, grace_s.value_or(-1));
  return true;
}

void begin(Session& s, const Targets::Item& item, const Plan& plan) {
  Wait wait;
  wait.kind = Wait::Kind::drain;
  wait.node = meta_of(s.cluster, item.id).name;
  if (const std::string* grace = s.option("grace-period"))
    if (const int seconds = parse_int(*grace).value_or(-1); seconds >= 0) wait.grace_s = seconds;
  if (const std::string* timeout = s.option("timeout"))
    if (const auto d = parse_duration(*timeout); d && d->count() > 0) wait.timeout = d;
  const bool by_deletion = s.flag("disable-eviction");
  for (int pod : plan.pods) {
    const Pod& p = s.cluster.pods[static_cast<std::size_t>(pod)];
    Wait::Target target;
    target.uid = p.uid;
    target.ns = p.meta.ns;
    target.name = p.meta.name;
    s.say((by_deletion ? "deleting pod " : "evicting pod ") + label_of(p));
    if (by_deletion)
      terminate_pod(s.cluster, pod, wait.grace_s.value_or(-1));
    else
      target.evicted = evict(s.cluster, pod, wait.grace_s, s.outcome.err);
    if (target.evicted)
      s.changed({"Pod", pod}, by_deletion ? Change::What::terminating : Change::What::evicted);
    wait.targets.push_back(std::move(target));
  }
  if (!s.outcome.wait) {
    s.outcome.wait = std::move(wait);
    return;
  }
  // Several nodes are drained in one wait; the last of them is named.
  auto& targets = s.outcome.wait->targets;
  targets.insert(targets.end(), wait.targets.begin(), wait.targets.end());
  s.outcome.wait->node += "," + wait.node;
}

}  // namespace

void cordon(Session& s, bool on) {
  for (const Targets::Item& item : nodes_of(s, on ? "cordon" : "uncordon")) cordon_one(s, item, on);
}

void drain(Session& s) {
  const auto nodes = nodes_of(s, "drain");
  for (const Targets::Item& item : nodes) cordon_one(s, item, true);
  for (const Targets::Item& item : nodes) {
    const Plan plan = plan_of(s, item.id.index);
    if (!plan.errors.empty()) {
      refuse(s, s.cluster.nodes[static_cast<std::size_t>(item.id.index)], plan.errors);
      continue;
    }
    if (!plan.ignored.empty()) s.warn("Warning: ignoring DaemonSet-managed Pods: " + plan.ignored);
    begin(s, item, plan);
  }
}

}  // namespace drdrill::kube::parts

namespace drdrill::kube {

Progress retry_evictions(Cluster& cluster, Wait& wait) {
  Progress retried;
  for (Wait::Target& target : wait.targets) {
    if (target.evicted || target.done) continue;
    const int pod = find_pod(cluster, target.uid);
    if (pod == no_index) continue;
    retried.out += "evicting pod " + target.ns + "/" + target.name + "\n";
    target.evicted = parts::evict(cluster, pod, wait.grace_s, retried.err);
    if (!target.evicted) continue;
    retried.changed.push_back(
        {{cluster.context, "Pod", target.ns, target.name}, Change::What::evicted});
  }
  Progress now = check(cluster, wait);
  now.out = retried.out + now.out;
  now.err = retried.err + now.err;
  now.changed = std::move(retried.changed);
  return now;
}

}  // namespace drdrill::kube
