#include "sim/kube/cluster.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/base/ensure.hpp"

namespace drdrill::kube {
namespace {

template <class T>
int find_in(const std::vector<T>& objects, std::string_view ns, std::string_view name) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const Meta& meta = objects[i].meta;
    if (meta.exists && meta.name == name && meta.ns == ns) return static_cast<int>(i);
  }
  return no_index;
}

bool carries_all(const Labels& labels, const Labels& wanted) {
  // Values differ more often than keys, mostly in length already.
  const auto carried = [&](const Label& l) {
    return std::any_of(labels.begin(), labels.end(),
                       [&](const Label& own) { return own.value == l.value && own.key == l.key; });
  };
  return std::all_of(wanted.begin(), wanted.end(), carried);
}

bool is_selected(Selected& selected, std::size_t slot, const Shared<Labels>& labels) {
  auto& [known, chosen] = selected.pods[slot];
  if (!known.is(labels)) {
    known = labels;
    chosen = carries_all(*labels, *selected.by);
  }
  return chosen;
}

}  // namespace

Cluster make_cluster(std::string name, std::string context, Version version) {
  Cluster out;
  out.name = std::move(name);
  out.context = std::move(context);
  out.version = version;
  for (const char* ns : {"default", "kube-node-lease", "kube-public", "kube-system"})
    add_namespace(out, ns);
  return out;
}

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc{} || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc{} || minor.ptr != end) return std::nullopt;
  if (version.major != 1 || version.minor < 1 || version.minor > 99) return std::nullopt;
  return version;
}

int find_namespace(const Cluster& cluster, std::string_view name) {
  return find_in(cluster.namespaces, "", name);
}

int find_node(const Cluster& cluster, std::string_view name) {
  return find_in(cluster.nodes, "", name);
}

int find_pod(const Cluster& cluster, std::string_view ns, std::string_view name) {
  return find_in(cluster.pods, ns, name);
}

int find_pod(const Cluster& cluster, std::uint32_t uid) {
  for (std::size_t i = 0; i < cluster.pods.size(); ++i)
    if (cluster.pods[i].uid == uid && cluster.pods[i].meta.exists) return static_cast<int>(i);
  return no_index;
}

int find_workload(const Cluster& cluster, Workload::Kind kind, std::string_view ns,
                  std::string_view name) {
  for (std::size_t i = 0; i < cluster.workloads.size(); ++i) {
    const Workload& w = cluster.workloads[i];
    if (w.kind == kind && w.meta.exists && w.meta.name == name && w.meta.ns == ns)
      return static_cast<int>(i);
  }
  return no_index;
}

int find_service(const Cluster& cluster, std::string_view ns, std::string_view name) {
  return find_in(cluster.services, ns, name);
}

int find_claim(const Cluster& cluster, std::string_view ns, std::string_view name) {
  return find_in(cluster.claims, ns, name);
}

int find_cron_job(const Cluster& cluster, std::string_view ns, std::string_view name) {
  return find_in(cluster.cron_jobs, ns, name);
}

int find_job(const Cluster& cluster, std::string_view ns, std::string_view name) {
  return find_in(cluster.jobs, ns, name);
}

int find_config_map(const Cluster& cluster, std::string_view ns, std::string_view name) {
  return find_in(cluster.config_maps, ns, name);
}

int add_namespace(Cluster& cluster, std::string_view name) {
  const int found = find_namespace(cluster, name);
  if (found != no_index) return found;
  Namespace ns;
  ns.meta.name = name;
  ns.meta.labels.edit([&](Labels& l) { set_label(l, "kubernetes.io/metadata.name", name); });
  cluster.namespaces.push_back(std::move(ns));
  return static_cast<int>(cluster.namespaces.size()) - 1;
}

int add_node(Cluster& cluster, Node node) {
  const int index = static_cast<int>(cluster.nodes.size());
  node.meta.labels.edit([&](Labels& labels) {
    const std::array<std::pair<const char*, const std::string*>, 4> well_known{
        {{"kubernetes.io/hostname", &node.meta.name},
         {"topology.kubernetes.io/zone", &node.zone},
         {"topology.kubernetes.io/region", &node.region},
         {"doks.digitalocean.com/node-pool", &node.pool}}};
    for (const auto& [key, value] : well_known)
      if (!value->empty() && !find_label(labels, key)) set_label(labels, key, *value);
  });
  if (node.ip.empty())
    node.ip = "10.0." + std::to_string(index / 250) + "." + std::to_string(index % 250 + 2);
  cluster.nodes.push_back(std::move(node));
  return index;
}

void pods_of(const Cluster& cluster, int workload, std::vector<int>& out) {
  out.clear();
  for (std::size_t i = 0; i < cluster.pods.size(); ++i) {
    const Pod& p = cluster.pods[i];
    if (p.meta.exists && p.owner == Pod::Owner::workload && p.owner_index == workload)
      out.push_back(static_cast<int>(i));
  }
}

std::vector<int> pods_of(const Cluster& cluster, int workload) {
  std::vector<int> out;
  pods_of(cluster, workload, out);
  return out;
}

bool is_serving(const Pod& pod) {
  return pod.meta.exists && pod.phase == PodPhase::running && pod.ready && !pod.terminating;
}

bool selects(const Cluster& cluster, int service, int pod) {
  const Service& s = cluster.services[static_cast<std::size_t>(service)];
  const Pod& p = cluster.pods[static_cast<std::size_t>(pod)];
  if (!s.meta.exists || !p.meta.exists || s.selector->empty()) return false;
  return p.meta.ns == s.meta.ns && carries_all(*p.meta.labels, *s.selector);
}

void endpoints(const Cluster& cluster, int service, Selected& selected, std::vector<int>& out) {
  out.clear();
  const Service& s = cluster.services[static_cast<std::size_t>(service)];
  if (!s.meta.exists || s.selector->empty()) return;
  if (!selected.by.is(s.selector)) selected.pods.clear();
  selected.by = s.selector;
  selected.pods.resize(cluster.pods.size());
  for (std::size_t i = 0; i < cluster.pods.size(); ++i) {
    const Pod& p = cluster.pods[i];
    const bool reachable = s.publish_not_ready ? p.meta.exists && !p.ip.empty() : is_serving(p);
    if (reachable && is_selected(selected, i, p.meta.labels) && p.meta.ns == s.meta.ns)
      out.push_back(static_cast<int>(i));
  }
}

std::vector<int> endpoints(const Cluster& cluster, int service) {
  std::vector<int> out;
  Selected selected;
  endpoints(cluster, service, selected, out);
  return out;
}

void bind_pod(Cluster& cluster, int pod, int node) {
  Pod& p = cluster.pods[static_cast<std::size_t>(pod)];
  ENSURE(p.meta.exists && p.node == no_index, p.meta.name + " has a node");
  p.node = node;
}

std::string pod_ip(const Cluster& cluster, int pod) {
  const Pod& p = cluster.pods[static_cast<std::size_t>(pod)];
  if (p.spec->host_network && p.node != no_index)
    return cluster.nodes[static_cast<std::size_t>(p.node)].ip;
  constexpr std::uint32_t hosts = 250;
  const std::uint32_t n = p.uid % (hosts * 256);
  return "10.244." + std::to_string(n / hosts) + "." + std::to_string(n % hosts + 2);
}

void start_pod(Cluster& cluster, int pod) {
  std::string ip = pod_ip(cluster, pod);
  Pod& p = cluster.pods[static_cast<std::size_t>(pod)];
  p.phase = PodPhase::running;
  p.ready = false;
  p.reason.clear();
  p.ip = std::move(ip);
}

void terminate_pod(Cluster& cluster, int pod, int grace_s) {
  Pod& p = cluster.pods[static_cast<std::size_t>(pod)];
  const int grace = grace_s >= 0 ? grace_s : p.spec->termination_grace_s;
  p.grace_s = p.terminating ? std::min(p.grace_s, grace) : grace;
  p.terminating = true;
}

void remove_pod(Cluster& cluster, int pod) {
  Pod& p = cluster.pods[static_cast<std::size_t>(pod)];
  p.meta.exists = false;
  p.ready = false;
  p.node = no_index;
  p.ip.clear();
}

std::string_view phase_name(PodPhase phase) {
  switch (phase) {
    case PodPhase::pending:
      return "Pending";
    case PodPhase::running:
      return "Running";
    case PodPhase::succeeded:
      return "Succeeded";
    case PodPhase::failed:
      return "Failed";
    case PodPhase::unknown:
      return "Unknown";
  }
  return "Unknown";
}

std::string_view kind_name(Workload::Kind kind) {
  switch (kind) {
    case Workload::Kind::deployment:
      return "Deployment";
    case Workload::Kind::stateful_set:
      return "StatefulSet";
    case Workload::Kind::daemon_set:
      return "DaemonSet";
  }
  return "Deployment";
}

std::string status_text(const Pod& pod) {
  if (pod.terminating) return "Terminating";
  if (!pod.reason.empty()) return pod.reason;
  if (pod.phase == PodPhase::succeeded) return "Completed";
  if (pod.phase == PodPhase::failed) return "Error";
  return std::string(phase_name(pod.phase));
}

WorkloadStatus status_of(const Cluster& cluster, int workload) {
  const Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  WorkloadStatus out;
  out.desired = w.replicas;
  for (const Pod& p : cluster.pods) {
    if (!p.meta.exists || p.owner != Pod::Owner::workload || p.owner_index != workload) continue;
    if (p.terminating) {
      ++out.terminating;
      continue;
    }
    if (p.phase == PodPhase::succeeded || p.phase == PodPhase::failed) continue;
    const bool updated = p.revision == w.current().number;
    const bool ready = is_serving(p);
    out.total += 1;
    out.updated += updated ? 1 : 0;
    out.ready += ready ? 1 : 0;
    out.updated_ready += updated && ready ? 1 : 0;
  }
  return out;
}

}  // namespace drdrill::kube
