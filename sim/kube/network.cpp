#include <algorithm>

#include "sim/kube/cluster.hpp"

namespace drdrill::kube {
namespace {

bool ns_matches(const Cluster& cluster, const Selector& selector, std::string_view ns) {
  const int found = find_namespace(cluster, ns);
  return found != no_index &&
         selector.matches(*cluster.namespaces[static_cast<std::size_t>(found)].meta.labels);
}

/// `other` is null outside the cluster. An address range is taken to hold what is outside, and pods
/// only when it is every address: pod addresses belong to the simulation, not to the manifest.
bool peer_matches(const Cluster& cluster, const NetworkPeer& peer, std::string_view policy_ns,
                  const Pod* other) {
  if (!peer.cidr.empty()) return !other || peer.cidr == "0.0.0.0/0" || peer.cidr == "::/0";
  if (!other) return false;
  const bool in_ns = peer.namespaces ? ns_matches(cluster, *peer.namespaces, other->meta.ns)
                                     : other->meta.ns == policy_ns;
  return in_ns && (!peer.pods || peer.pods->matches(*other->meta.labels));
}

bool any_rule(const Cluster& cluster, const std::vector<NetworkRule>& rules, std::string_view ns,
              const Pod* other) {
  return std::any_of(rules.begin(), rules.end(), [&](const NetworkRule& rule) {
    return rule.peers.empty() ||
           std::any_of(rule.peers.begin(), rule.peers.end(), [&](const NetworkPeer& peer) {
             return peer_matches(cluster, peer, ns, other);
           });
  });
}

/// Policies add up: a pod that any of them selects for a direction may do what one of them allows.
bool side_allows(const Cluster& cluster, const Pod* pod, const Pod* other, bool egress) {
  if (!pod || pod->spec->host_network) return true;
  bool restricted = false;
  for (const NetworkPolicy& policy : cluster.network_policies) {
    if (!policy.meta.exists || policy.meta.ns != pod->meta.ns) continue;
    const NetworkPolicy::Spec& spec = *policy.spec;
    if (!(egress ? spec.egress : spec.ingress) || !spec.pods.matches(*pod->meta.labels)) continue;
    restricted = true;
    const auto& rules = egress ? spec.egress_rules : spec.ingress_rules;
    if (any_rule(cluster, rules, policy.meta.ns, other)) return true;
  }
  return !restricted;
}

}  // namespace

bool traffic_allowed(const Cluster& cluster, int from_pod, int to_pod) {
  if (cluster.network_policies.empty()) return true;
  const auto at = [&](int pod) {
    return pod == no_index ? nullptr : &cluster.pods[static_cast<std::size_t>(pod)];
  };
  const Pod* from = at(from_pod);
  const Pod* to = at(to_pod);
  return side_allows(cluster, from, to, true) && side_allows(cluster, to, from, false);
}

}  // namespace drdrill::kube
