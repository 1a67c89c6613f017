#include "sim/kube/network.hpp"

#include <algorithm>

namespace drdrill::kube {
namespace {

bool ns_matches(const Cluster& cluster, const Selector& selector, std::string_view ns) {
  const int found = find_namespace(cluster, ns);
  return found != no_index &&
         selector.matches(*cluster.namespaces[static_cast<std::size_t>(found)].meta.labels);
}

/// One end of a connection, as policies see it; without labels it is outside the cluster.
struct End {
  std::string_view ns;
  const Labels* labels = nullptr;
  bool host_network = false;
};

/// An address range is taken to hold what is outside, and pods only when it is every address: pod
/// addresses belong to the simulation, not to the manifest.
bool peer_matches(const Cluster& cluster, const NetworkPeer& peer, std::string_view policy_ns,
                  const End& other) {
  if (!peer.cidr.empty()) return !other.labels || peer.cidr == "0.0.0.0/0" || peer.cidr == "::/0";
  if (!other.labels) return false;
  const bool in_ns =
      peer.namespaces ? ns_matches(cluster, *peer.namespaces, other.ns) : other.ns == policy_ns;
  return in_ns && (!peer.pods || peer.pods->matches(*other.labels));
}

bool any_rule(const Cluster& cluster, const std::vector<NetworkRule>& rules, std::string_view ns,
              const End& other) {
  return std::any_of(rules.begin(), rules.end(), [&](const NetworkRule& rule) {
    return rule.peers.empty() ||
           std::any_of(rule.peers.begin(), rule.peers.end(), [&](const NetworkPeer& peer) {
             return peer_matches(cluster, peer, ns, other);
           });
  });
}

/// Policies add up: a pod that any of them selects for a direction may do what one of them allows.
bool side_allows(const Cluster& cluster, const End& pod, const End& other, bool egress) {
  if (!pod.labels || pod.host_network) return true;
  bool restricted = false;
  for (const NetworkPolicy& policy : cluster.network_policies) {
    if (!policy.meta.exists || policy.meta.ns != pod.ns) continue;
    const NetworkPolicy::Spec& spec = *policy.spec;
    if (!(egress ? spec.egress : spec.ingress) || !spec.pods.matches(*pod.labels)) continue;
    restricted = true;
    const auto& rules = egress ? spec.egress_rules : spec.ingress_rules;
    if (any_rule(cluster, rules, policy.meta.ns, other)) return true;
  }
  return !restricted;
}

End end_of(const Cluster& cluster, int pod) {
  if (pod == no_index) return {};
  const Pod& at = cluster.pods[static_cast<std::size_t>(pod)];
  return {at.meta.ns, &*at.meta.labels, at.spec->host_network};
}

bool allowed(const Cluster& cluster, const End& from, const End& to) {
  return side_allows(cluster, from, to, true) && side_allows(cluster, to, from, false);
}

}  // namespace

bool traffic_allowed(const Cluster& cluster, int from_pod, int to_pod) {
  return cluster.network_policies.empty() ||
         allowed(cluster, end_of(cluster, from_pod), end_of(cluster, to_pod));
}

bool traffic_allowed(const Cluster& cluster, const Workload& from, int to_pod) {
  const PodTemplate& pods = from.pod_template();
  return cluster.network_policies.empty() ||
         allowed(cluster, {from.meta.ns, &pods.labels, pods.host_network}, end_of(cluster, to_pod));
}

}  // namespace drdrill::kube
