#include <algorithm>
#include <array>
#include <map>

#include "sim/kube/controllers.hpp"

namespace drdrill::kube {
namespace {

const Pod& pod_at(const Cluster& cluster, int pod) {
  return cluster.pods[static_cast<std::size_t>(pod)];
}

const Node& node_at(const Cluster& cluster, int node) {
  return cluster.nodes[static_cast<std::size_t>(node)];
}

/// Holds its place on the node: terminating pods do until they are gone.
bool occupies(const Pod& p, int node) {
  return p.meta.exists && p.node == node && p.phase != PodPhase::succeeded &&
         p.phase != PodPhase::failed;
}

const std::string* domain(const Cluster& cluster, int node, std::string_view topology_key) {
  return find_label(*node_at(cluster, node).meta.labels, topology_key);
}

const Taint* untolerated(const PodTemplate& t, const Node& node, bool daemon) {
  for (const Taint& taint : *node.taints) {
    if (taint.effect == TaintEffect::prefer_no_schedule) continue;
    if (daemon && taint.key.starts_with("node.kubernetes.io/")) continue;
    const bool tolerated =
        std::any_of(t.tolerations.begin(), t.tolerations.end(),
                    [&](const Toleration& tol) { return tolerates(tol, taint); });
    if (!tolerated) return &taint;
  }
  return nullptr;
}

bool selected(const PodTemplate& t, const Node& node) {
  const Labels& labels = *node.meta.labels;
  for (const Label& wanted : t.node_selector) {
    const std::string* value = find_label(labels, wanted.key);
    if (!value || *value != wanted.value) return false;
  }
  return t.node_affinity.empty() ||
         std::any_of(t.node_affinity.begin(), t.node_affinity.end(),
                     [&](const Selector& s) { return s.matches(labels); });
}

int host_port(const PodTemplate& t, const ContainerPort& p) {
  return t.host_network && p.host_port == 0 ? p.container_port : p.host_port;
}

bool has_host_ports(const PodTemplate& t) {
  for (const Container& c : t.containers)
    for (const ContainerPort& p : c.ports)
      if (host_port(t, p) != 0) return true;
  return false;
}

bool ports_clash(const PodTemplate& a, const PodTemplate& b) {
  for (const Container& ca : a.containers)
    for (const ContainerPort& pa : ca.ports)
      for (const Container& cb : b.containers)
        for (const ContainerPort& pb : cb.ports) {
          const int port = host_port(a, pa);
          if (port != 0 && port == host_port(b, pb) && pa.protocol == pb.protocol) return true;
        }
  return false;
}

bool volumes_reach(const Cluster& cluster, const Pod& pod, const Node& node) {
  for (const Volume& v : pod.spec->volumes) {
    if (v.kind != Volume::Kind::claim) continue;
    const int index = find_claim(cluster, pod.meta.ns, v.source);
    if (index == no_index) continue;
    const PersistentVolumeClaim& claim = cluster.claims[static_cast<std::size_t>(index)];
    const bool away = (!claim.zone.empty() && claim.zone != node.zone) ||
                      (!claim.node.empty() && claim.node != node.meta.name);
    if (away) return false;
  }
  return true;
}

/// What one pass over the pods says about each node, for one pod to be placed.
struct Room {
  Resources used;
  int pods = 0;
  int siblings = 0;       ///< pods of the same workload, not terminating
  int zone_siblings = 0;  ///< in the node's zone
  int disliked = 0;       ///< weight of preferred anti-affinity that the node would break
  bool ports_taken = false;
  bool repelled = false;
  bool skewed = false;
};

class View {
 public:
  View(const Cluster& cluster, int pod)
      : cluster_(cluster), pod_(pod_at(cluster, pod)), rooms_(cluster.nodes.size()) {
    const bool ports = has_host_ports(*pod_.spec);
    for (const Pod& other : cluster.pods)
      if (&other != &pod_ && other.node != no_index && occupies(other, other.node))
        count(other, ports);
    count_zones();
    for (const TopologySpread& spread : pod_.spec->spread)
      if (spread.required) mark_skewed(spread);
  }

  const Room& room(int node) const { return rooms_[static_cast<std::size_t>(node)]; }

 private:
  Room& at(int node) { return rooms_[static_cast<std::size_t>(node)]; }

  void count(const Pod& other, bool ports) {
    Room& r = at(other.node);
    const Resources wanted = other.spec->requests();
    r.used.cpu_milli += wanted.cpu_milli;
    r.used.memory_bytes += wanted.memory_bytes;
    r.pods += 1;
    const bool sibling = pod_.owner == Pod::Owner::workload && other.owner == pod_.owner &&
                         other.owner_index == pod_.owner_index;
    r.siblings += sibling && !other.terminating ? 1 : 0;
    r.ports_taken = r.ports_taken || (ports && ports_clash(*pod_.spec, *other.spec));
    if (other.meta.ns != pod_.meta.ns) return;
    for (const AntiAffinity& term : pod_.spec->anti_affinity)
      if (term.selector.matches(*other.meta.labels)) repel(term, other);
    for (const AntiAffinity& term : other.spec->anti_affinity)
      if (term.required && term.selector.matches(*pod_.meta.labels)) repel(term, other);
  }

  void repel(const AntiAffinity& term, const Pod& other) {
    // Host names are unique: the common case needs no look at the other nodes.
    if (term.topology_key == "kubernetes.io/hostname") return mark(at(other.node), term);
    const std::string* away = domain(cluster_, other.node, term.topology_key);
    if (!away) return;
    for (std::size_t n = 0; n < rooms_.size(); ++n) {
      const std::string* here = domain(cluster_, static_cast<int>(n), term.topology_key);
      if (here && *here == *away) mark(rooms_[n], term);
    }
  }

  static void mark(Room& room, const AntiAffinity& term) {
    if (term.required)
      room.repelled = true;
    else
      room.disliked += term.weight;
  }

  void count_zones() {
    std::vector<std::pair<std::string_view, int>> zones;  // there are few
    const auto entry = [&](std::string_view zone) -> int& {
      for (auto& [name, siblings] : zones)
        if (name == zone) return siblings;
      return zones.emplace_back(zone, 0).second;
    };
    for (std::size_t n = 0; n < rooms_.size(); ++n)
      if (rooms_[n].siblings != 0) entry(cluster_.nodes[n].zone) += rooms_[n].siblings;
    for (std::size_t n = 0; n < rooms_.size(); ++n)
      rooms_[n].zone_siblings = zones.empty() ? 0 : entry(cluster_.nodes[n].zone);
  }

  /// Marks the nodes whose topology domain would be ahead of the emptiest by more than allowed.
  void mark_skewed(const TopologySpread& spread) {
    std::vector<std::pair<std::string_view, int>> counts;
    const auto entry = [&](const std::string* d) {
      return d ? std::find_if(counts.begin(), counts.end(), [&](auto& c) { return c.first == *d; })
               : counts.end();
    };
    for (std::size_t n = 0; n < rooms_.size(); ++n) {
      if (!cluster_.nodes[n].meta.exists || !selected(*pod_.spec, cluster_.nodes[n])) continue;
      const std::string* d = domain(cluster_, static_cast<int>(n), spread.topology_key);
      if (d && entry(d) == counts.end()) counts.emplace_back(*d, 0);
    }
    for (const Pod& p : cluster_.pods) {
      if (&p == &pod_ || p.node == no_index || p.terminating || !occupies(p, p.node)) continue;
      if (p.meta.ns != pod_.meta.ns || !spread.selector.matches(*p.meta.labels)) continue;
      const auto found = entry(domain(cluster_, p.node, spread.topology_key));
      if (found != counts.end()) ++found->second;
    }
    int least = counts.empty() ? 0 : counts.front().second;
    for (const auto& [name, number] : counts) least = std::min(least, number);
    for (std::size_t n = 0; n < rooms_.size(); ++n) {
      const auto found = entry(domain(cluster_, static_cast<int>(n), spread.topology_key));
      if (found == counts.end() || found->second + 1 - least > spread.max_skew)
        rooms_[n].skewed = true;
    }
  }

  const Cluster& cluster_;
  const Pod& pod_;
  std::vector<Room> rooms_;
};

using Reasons = std::vector<std::string>;

bool has_room(const Node& node, const Room& room, const Resources& wanted) {
  return room.pods < node.max_pods &&
         (wanted.cpu_milli == 0 || room.used.cpu_milli + wanted.cpu_milli <= node.cpu_milli) &&
         (wanted.memory_bytes == 0 ||
          room.used.memory_bytes + wanted.memory_bytes <= node.memory_bytes);
}

Reasons room_reasons(const Node& node, const Room& room, const Resources& wanted) {
  Reasons out;
  if (room.pods >= node.max_pods) out.emplace_back("Too many pods");
  if (wanted.cpu_milli > 0 && room.used.cpu_milli + wanted.cpu_milli > node.cpu_milli)
    out.emplace_back("Insufficient cpu");
  if (wanted.memory_bytes > 0 && room.used.memory_bytes + wanted.memory_bytes > node.memory_bytes)
    out.emplace_back("Insufficient memory");
  return out;
}

constexpr std::string_view tainted = "node(s) had untolerated taint {";
constexpr std::string_view no_room = "node(s) had no room";

/// The filters in the scheduler's order: what the first says that refuses the node; empty: it fits.
std::string_view first_refusal(const Cluster& cluster, const Pod& p, const Node& n,
                               const Room& room, const Resources& wanted) {
  const bool daemon = p.pinned_node != no_index;
  if (daemon && &node_at(cluster, p.pinned_node) != &n)
    return "node(s) didn't satisfy plugin(s) [NodeAffinity]";
  if (n.unschedulable && !daemon) return "node(s) were unschedulable";
  if (untolerated(*p.spec, n, daemon)) return tainted;
  if (!n.ready && !daemon) return "node(s) had untolerated taint {node.kubernetes.io/not-ready: }";
  if (!selected(*p.spec, n)) return "node(s) didn't match Pod's node affinity/selector";
  if (room.ports_taken) return "node(s) didn't have free ports for the requested pod ports";
  if (!has_room(n, room, wanted)) return no_room;
  if (!volumes_reach(cluster, p, n)) return "node(s) had volume node affinity conflict";
  if (room.skewed) return "node(s) didn't match pod topology spread constraints";
  if (room.repelled) return "node(s) didn't match pod anti-affinity rules";
  return {};
}

/// The same in full; several for a node without room.
Reasons refusals(std::string_view first, const Pod& p, const Node& n, const Room& room,
                 const Resources& wanted) {
  if (first == no_room) return room_reasons(n, room, wanted);
  if (first != tainted) return {std::string(first)};
  const Taint* taint = untolerated(*p.spec, n, p.pinned_node != no_index);
  return {std::string(first) + taint->key + ": " + taint->value + "}"};
}

using Cost = std::array<std::int64_t, 4>;

/// Less is better: preferred anti-affinity broken, same workload in the zone, on the node, and the
/// share of the node that would be in use (thousandths).
Cost cost(const Node& node, const Room& room, const Resources& wanted) {
  const auto share = [](std::int64_t amount, std::int64_t capacity) {
    return capacity > 0 ? amount / std::max<std::int64_t>(1, capacity / 1000) : 1000;
  };
  return {room.disliked, room.zone_siblings, room.siblings,
          share(room.used.cpu_milli + wanted.cpu_milli, node.cpu_milli) +
              share(room.used.memory_bytes + wanted.memory_bytes, node.memory_bytes)};
}

/// Of the nodes that do not refuse the pod the one that costs least; no_index: all refuse it.
int cheapest(const Cluster& cluster, const Pod& p, const View& view) {
  const Resources wanted = p.spec->requests();
  int best = no_index;
  Cost best_cost{};
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    const Node& n = cluster.nodes[i];
    if (!n.meta.exists) continue;
    const Room& room = view.room(static_cast<int>(i));
    if (!first_refusal(cluster, p, n, room, wanted).empty()) continue;
    const Cost this_cost = cost(n, room, wanted);
    const bool better = best == no_index || this_cost < best_cost ||
                        (this_cost == best_cost && n.meta.name < node_at(cluster, best).meta.name);
    if (!better) continue;
    best = static_cast<int>(i);
    best_cost = this_cost;
  }
  return best;
}

std::string missing_claim(const Cluster& cluster, const Pod& pod) {
  for (const Volume& v : pod.spec->volumes) {
    if (v.kind != Volume::Kind::claim) continue;
    const int index = find_claim(cluster, pod.meta.ns, v.source);
    if (index == no_index) return "persistentvolumeclaim \"" + v.source + "\" not found";
    if (provision_refusal(cluster, cluster.claims[static_cast<std::size_t>(index)]))
      return "pod has unbound immediate PersistentVolumeClaims";
  }
  return {};
}

/// "0/14 nodes are available: 12 Insufficient cpu, 2 node(s) were unschedulable."
std::string summary(const std::map<std::string, int>& reasons, int nodes) {
  const std::string head = "0/" + std::to_string(nodes) + " nodes are available";
  if (reasons.empty()) return head + ".";
  std::vector<std::string> parts;
  parts.reserve(reasons.size());
  for (const auto& [reason, count] : reasons) parts.push_back(std::to_string(count) + " " + reason);
  std::sort(parts.begin(), parts.end());
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return head + ": " + out + ".";
}

}  // namespace

Resources allocated(const Cluster& cluster, int node) {
  Resources out;
  for (const Pod& p : cluster.pods) {
    if (!occupies(p, node)) continue;
    const Resources r = p.spec->requests();
    out.cpu_milli += r.cpu_milli;
    out.memory_bytes += r.memory_bytes;
  }
  return out;
}

int node_for(const Cluster& cluster, int pod) {
  const Pod& p = pod_at(cluster, pod);
  return missing_claim(cluster, p).empty() ? cheapest(cluster, p, View(cluster, pod)) : no_index;
}

Placement schedule(const Cluster& cluster, int pod) {
  const Pod& p = pod_at(cluster, pod);
  const std::string missing = missing_claim(cluster, p);
  const auto nodes = static_cast<int>(std::count_if(cluster.nodes.begin(), cluster.nodes.end(),
                                                    [](const Node& n) { return n.meta.exists; }));
  if (!missing.empty())
    return {no_index, "0/" + std::to_string(nodes) + " nodes are available: " + missing + "."};

  const View view(cluster, pod);
  const int best = cheapest(cluster, p, view);
  if (best != no_index) return {best, {}};
  const Resources wanted = p.spec->requests();
  std::map<std::string, int> reasons;
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    const Node& n = cluster.nodes[i];
    if (!n.meta.exists) continue;
    const Room& room = view.room(static_cast<int>(i));
    const std::string_view first = first_refusal(cluster, p, n, room, wanted);
    for (const std::string& reason : refusals(first, p, n, room, wanted)) ++reasons[reason];
  }
  return {no_index, summary(reasons, nodes)};
}

}  // namespace drdrill::kube
