#include <algorithm>
#include <optional>

#include "models/kubernetes.hpp"

/// What becomes of the pods of nodes that are not heard (node_lifecycle_controller.go). Such a node
/// waits in the queue of its zone to be tainted NoExecute; when its pods' toleration of that has
/// run out they are deleted. The queues go at a rate that depends on how many nodes of the zone are
/// not ready; when no node of any zone is, the controller takes itself for the one that is cut off.
namespace drdrill::models {
namespace {

/// So many nodes of a zone may be lost before it can count as disrupted.
constexpr int few_nodes = 2;

const kube::Taint unreachable{"node.kubernetes.io/unreachable", "", kube::TaintEffect::no_execute};

/// How long the pod tolerates that its node is not heard; nothing: for ever, as those of DaemonSets
/// do. Who says nothing gets `usual`.
std::optional<Duration> tolerance_of(const kube::Pod& pod, Duration usual) {
  if (pod.pinned_node != kube::no_index) return std::nullopt;
  for (const kube::Toleration& toleration : pod.spec->tolerations) {
    if (!kube::tolerates(toleration, unreachable)) continue;
    if (!toleration.seconds) return std::nullopt;
    return std::chrono::seconds(std::clamp<std::int64_t>(*toleration.seconds, 0, 1'000'000'000));
  }
  return usual;
}

}  // namespace

ZoneRuntime& Kubernetes::zone_of(int cluster, int node) {
  auto& zones = runtimes_[static_cast<std::size_t>(cluster)].zones;
  const std::string& name = this->cluster(cluster).nodes[static_cast<std::size_t>(node)].zone;
  const auto found = std::find_if(zones.begin(), zones.end(),
                                  [&](const ZoneRuntime& zone) { return zone.name == name; });
  if (found != zones.end()) return *found;
  ZoneRuntime& zone = zones.emplace_back();
  zone.name = name;
  zone.timer = take_group();
  zone.rate = eviction_rate_.value();
  return zone;
}

/// The controller looks at all nodes and then at the zones; what it finds in one look is one.
void Kubernetes::look_at_zones_soon(int cluster) {
  const Group group = runtimes_[static_cast<std::size_t>(cluster)].zones_look;
  if (context_.engine.pending(group) == 0) at(Duration::zero(), Kind::zones, cluster, 0, group);
}

void Kubernetes::look_at_zones(int cluster) {
  ClusterRuntime& rt = runtimes_[static_cast<std::size_t>(cluster)];
  const auto& nodes = this->cluster(cluster).nodes;
  for (ZoneRuntime& zone : rt.zones) zone.ready = zone.not_ready = 0;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (!nodes[n].meta.exists) continue;
    ZoneRuntime& zone = zone_of(cluster, static_cast<int>(n));
    ++(nodes[n].ready ? zone.ready : zone.not_ready);
  }
  const bool all_lost = std::all_of(rt.zones.begin(), rt.zones.end(),
                                    [](const ZoneRuntime& zone) { return zone.ready == 0; });
  if (all_lost && !rt.all_lost) spare_all(cluster);
  rt.all_lost = all_lost;
  for (std::size_t z = 0; z < rt.zones.size(); ++z) {
    set_rate(rt.zones[z], all_lost ? 0 : rate_in(rt.zones[z]));
    taint_later(cluster, static_cast<int>(z));
  }
}

/// Nodes a second. Whether a zone is large decides when part of it is lost; one that is lost as a
/// whole is evicted as a healthy one is, for its nodes are surely gone.
double Kubernetes::rate_in(const ZoneRuntime& zone) {
  const int all = zone.ready + zone.not_ready;
  const bool partly = zone.ready > 0 && zone.not_ready > few_nodes &&
                      zone.not_ready >= unhealthy_zone_.value() * all;
  if (!partly) return eviction_rate_.value();
  return all > large_zone_.value() ? secondary_eviction_rate_.value() : 0;
}

/// A token bucket of one. While the old one is empty the new one begins empty too.
void Kubernetes::set_rate(ZoneRuntime& zone, double rate) {
  if (rate == zone.rate) return;
  const bool empty = zone.rate <= 0 || context_.now() < zone.next;
  zone.rate = rate;
  if (rate <= 0) return;
  zone.next = empty ? context_.now() + from_seconds(1 / rate) : context_.now();
}

/// Everything is lost: what is tainted is not so any more, and waits for its turn again.
void Kubernetes::spare_all(int cluster) {
  ClusterRuntime& rt = runtimes_[static_cast<std::size_t>(cluster)];
  const auto& nodes = this->cluster(cluster).nodes;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    context_.engine.cancel(rt.nodes[n].evict);
    if (nodes[n].meta.exists && !nodes[n].ready) queue_for_taint(cluster, static_cast<int>(n));
  }
}

void Kubernetes::queue_for_taint(int cluster, int node) {
  std::vector<int>& queue = zone_of(cluster, node).queue;
  if (std::find(queue.begin(), queue.end(), node) == queue.end()) queue.push_back(node);
  look_at_zones_soon(cluster);
}

/// A node that is heard is no longer in the way of being evicted.
void Kubernetes::spare(int cluster, int node) {
  std::erase(zone_of(cluster, node).queue, node);
  context_.engine.cancel(
      runtimes_[static_cast<std::size_t>(cluster)].nodes[static_cast<std::size_t>(node)].evict);
  look_at_zones_soon(cluster);
}

void Kubernetes::taint_later(int cluster, int zone_index) {
  const ZoneRuntime& zone =
      runtimes_[static_cast<std::size_t>(cluster)].zones[static_cast<std::size_t>(zone_index)];
  context_.engine.cancel(zone.timer);
  if (zone.queue.empty() || zone.rate <= 0) return;
  at(std::max(zone.next - context_.now(), Duration::zero()), Kind::tainted, cluster, zone_index,
     zone.timer);
}

/// The first of the queue is tainted, and its pods' time runs.
void Kubernetes::taint_next(int cluster, int zone_index) {
  ClusterRuntime& rt = runtimes_[static_cast<std::size_t>(cluster)];
  ZoneRuntime& zone = rt.zones[static_cast<std::size_t>(zone_index)];
  const int node = zone.queue.front();
  zone.queue.erase(zone.queue.begin());
  zone.next = context_.now() + from_seconds(1 / zone.rate);
  NodeRuntime& tainted = rt.nodes[static_cast<std::size_t>(node)];
  tainted.tainted_since = context_.now();
  tainted.tolerated = toleration_.time();
  std::vector<Duration> ends;
  for (const kube::Pod& pod : this->cluster(cluster).pods) {
    if (!pod.meta.exists || pod.node != node) continue;
    const auto tolerance = tolerance_of(pod, tainted.tolerated);
    if (!tolerance || std::find(ends.begin(), ends.end(), *tolerance) != ends.end()) continue;
    ends.push_back(*tolerance);
    at(*tolerance, Kind::evict, cluster, node, tainted.evict);
  }
  taint_later(cluster, zone_index);
}

/// Those whose toleration is over go. Nobody on the node confirms, so the objects stay Terminating;
/// Deployments replace them, StatefulSets cannot.
void Kubernetes::evict_node(int cluster, int node) {
  auto& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  const NodeRuntime& rt =
      runtimes_[static_cast<std::size_t>(cluster)].nodes[static_cast<std::size_t>(node)];
  const Duration waited = rt.tainted_since - rt.not_ready_since;
  const Duration tolerated = context_.now() - rt.tainted_since;
  note(cluster, NoteKind::pods_evicted, ComponentId::platform, rt.subject,
       waited > tolerated ? eviction_rate_.id() : toleration_.id(), waited + tolerated);
  for (std::size_t p = 0; p < objects.pods.size(); ++p) {
    const kube::Pod& object = objects.pods[p];
    if (!object.meta.exists || object.node != node || object.terminating) continue;
    const auto tolerance = tolerance_of(object, rt.tolerated);
    if (!tolerance || *tolerance > tolerated) continue;
    kube::terminate_pod(objects, static_cast<int>(p));
    begin_stop({cluster, static_cast<int>(p)});
  }
  objects_changed(cluster);
}

}  // namespace drdrill::models
