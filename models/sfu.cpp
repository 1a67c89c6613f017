#include "models/sfu.hpp"

#include <algorithm>
#include <initializer_list>
#include <limits>

#include "models/redis.hpp"

namespace drdrill::models {

Sfu::Sfu(Context& context, Kubernetes& kubernetes, Redis& redis, int cluster)
    : context_(context),
      kubernetes_(kubernetes),
      redis_(redis),
      cluster_(cluster),
      stats_interval_(context.draws["livekit.stats_interval"]),
      available_within_(context.draws["livekit.available_within"]),
      healthy_within_(context.draws["livekit.healthy_within"]),
      process_start_(context.draws["livekit.process_start"]),
      start_failure_(context.draws["livekit.start_failure"]),
      drain_poll_(context.draws["livekit.drain_poll"]),
      bytes_limit_(context.draws["livekit.bytes_limit"]),
      bytes_per_participant_(context.draws["livekit.bytes_per_participant"]),
      tracks_per_cpu_(context.draws["livekit.tracks_per_cpu"]),
      tracks_limit_(context.draws["livekit.tracks_limit"]),
      tracks_per_participant_(context.draws["livekit.tracks_per_participant"]),
      cpu_per_participant_(context.draws["livekit.cpu_per_participant"]),
      memory_per_participant_(context.draws["livekit.memory_per_participant"]),
      phases_(0, 0, "livekit statistics phases") {
  room_node_.assign(static_cast<std::size_t>(std::max(context.spec.load.meetings, 1)), no_pod);
}

void Sfu::reset() {
  phases_.restart(context_.seed, context_.replication);
  std::fill(room_node_.begin(), room_node_.end(), no_pod);
  nodes_.each([](PodRef, Node& node) { node = Node{.stats = node.stats}; });
  members_.clear();
  loads_stale_ = true;
  looked_at_ = looked_at_redis_ = ~0ULL;
  std::vector<PodRef> pods;
  for (const WorkloadModel& workload : context_.spec.workloads) {
    if (workload.kind != WorkloadModel::Kind::livekit_sfu || !runs_in(workload, cluster_)) continue;
    kubernetes_.pods_of(workload, pods);
    for (PodRef ref : pods) {
      Node& node = nodes_[ref];
      know(ref, node);
      node.serving = true;
      node.capacity = capacity_of(ref, workload);
    }
  }
}

/// Puts the pod among those that were an SFU node since the reset.
void Sfu::know(PodRef ref, Node& node) {
  if (node.stats == Group::none) node.stats = context_.engine.make_group();
  if (node.member != no_member) return;
  node.member = members_.size();
  members_.push_back(ref);
}

void Sfu::at(Duration delay, Kind kind, PodRef ref, Group group) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::sfu, cluster_),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(ref.pod)},
                        group);
}

void Sfu::handle(const Event& event) {
  const PodRef ref{cluster_, static_cast<int>(event.subject)};
  Node& node = nodes_[ref];
  loads_stale_ = true;
  switch (static_cast<Kind>(event.kind)) {
    case Kind::started:
      node.serving = node.fresh = node.healthy = true;
      look(ref, node);
      kubernetes_.health_changed(ref);
      context_.note(NoteKind::sfu_available, ComponentId::livekit_sfu, kubernetes_.subject_of(ref),
                    process_start_.id());
      break;
    case Kind::start_failed:
      kubernetes_.container_failed(ref);
      break;
    case Kind::stale:
      node.fresh = false;
      context_.note(NoteKind::sfu_unavailable, ComponentId::livekit_sfu,
                    kubernetes_.subject_of(ref), available_within_.id(), available_within_.time());
      break;
    case Kind::unhealthy:
      node.healthy = false;
      context_.note(NoteKind::sfu_unhealthy, ComponentId::livekit_sfu, kubernetes_.subject_of(ref),
                    healthy_within_.id(), healthy_within_.time());
      kubernetes_.health_changed(ref);
      break;
    case Kind::fresh:
      node.fresh = node.healthy = true;
      kubernetes_.health_changed(ref);
      break;
  }
  context_.changed = true;
}

/// A LiveKit server that cannot reach Redis when it starts gives up, and is restarted.
void Sfu::pod_started(PodRef ref) {
  Node& node = nodes_[ref];
  know(ref, node);
  const Group stats = node.stats;
  context_.engine.cancel(stats);
  node = Node{.member = node.member, .stats = stats};
  node.healthy = node.fresh = false;
  loads_stale_ = true;
  if (const WorkloadModel* workload = kubernetes_.model_of(ref))
    node.capacity = capacity_of(ref, *workload);
  node.with_redis = redis_.usable_from(ref);
  if (node.with_redis)
    at(process_start_.time(), Kind::started, ref, stats);
  else
    at(start_failure_.time(), Kind::start_failed, ref, stats);
}

bool Sfu::pod_stopping(PodRef ref) {
  Node& node = nodes_[ref];
  node.draining = loads_stale_ = true;
  context_.changed = true;
  if (node.participants == 0) kubernetes_.exit_after(ref, drain_poll_.time());
  return true;
}

void Sfu::pod_ended(PodRef ref, Ending ending) {
  Node& node = nodes_[ref];
  context_.engine.cancel(node.stats);
  node.serving = node.healthy = node.fresh = false;
  node.participants = 0;
  loads_stale_ = true;
  kubernetes_.usage_changed(ref.cluster);
  for (PodRef& room : room_node_)
    if (room == ref) room = no_pod;
  context_.changed = true;
  if (observer_) observer_->sfu_gone(ref, ending);
}

bool Sfu::pod_healthy(PodRef ref) const {
  const Node* node = nodes_.find(ref);
  return node && node->serving && node->healthy;
}

std::optional<double> Sfu::usage(PodRef ref, Usage usage) const {
  const Node* node = nodes_.find(ref);
  if (!node) return std::nullopt;
  Draw& each = usage == Usage::cpu ? cpu_per_participant_ : memory_per_participant_;
  return each.value() * node->participants;
}

void Sfu::reach_changed() {
  loads_stale_ = true;
  redis_changed();
  if (observer_) observer_->sfu_reach_changed();
}

void Sfu::redis_changed() {
  const bool looked = looked_at_ == kubernetes_.version() && looked_at_redis_ == redis_.version();
  if (looked) return;
  looked_at_ = kubernetes_.version();
  looked_at_redis_ = redis_.version();
  for (const PodRef ref : members_)
    if (Node& node = nodes_[ref]; node.serving) look(ref, node);
}

/// Statistics flow, or stop flowing. The last ones were sent up to one interval before they
/// stopped.
void Sfu::look(PodRef ref, Node& node) {
  const bool with_redis = redis_.usable_from(ref);
  if (with_redis == node.with_redis) return;
  node.with_redis = with_redis;
  context_.engine.cancel(node.stats);
  const Duration phase = from_seconds(phases_.uniform() * stats_interval_.value());
  if (with_redis) {
    at(phase, Kind::fresh, ref, node.stats);
    return;
  }
  at(std::max(healthy_within_.time() - phase, Duration::zero()), Kind::unhealthy, ref, node.stats);
  at(std::max(available_within_.time() - phase, Duration::zero()), Kind::stale, ref, node.stats);
}

bool Sfu::takes(PodRef ref) const {
  const Node* node = nodes_.find(ref);
  return node && node->serving && node->fresh && !node->draining && carries(ref);
}

bool Sfu::carries(PodRef ref) const {
  const Node* node = nodes_.find(ref);
  return node && node->serving && kubernetes_.is_up(ref) && kubernetes_.reached_from_outside(ref);
}

/// The least of what the platform file, the tracks and the bytes of a node allow.
int Sfu::capacity_of(PodRef ref, const WorkloadModel& workload) const {
  const int on = kubernetes_.pod(ref).node;
  const auto& nodes = kubernetes_.cluster(ref.cluster).nodes;
  const double cpus =
      on == kube::no_index
          ? 0
          : static_cast<double>(nodes[static_cast<std::size_t>(on)].cpu_milli) / 1000;
  double most = std::numeric_limits<int>::max();
  if (workload.capacity > 0) most = workload.capacity;
  const auto limit = [&](double of_all, Draw& of_each, std::initializer_list<Draw*> limits) {
    const double each = of_each.look();
    if (each <= 0 || of_all / each >= most) return;
    most = of_all / each;
    of_each.use();
    for (Draw* draw : limits) draw->use();
  };
  limit(tracks_limit_.look(), tracks_per_participant_, {&tracks_limit_});
  limit(tracks_per_cpu_.look() * cpus, tracks_per_participant_, {&tracks_per_cpu_});
  limit(bytes_limit_.look(), bytes_per_participant_, {&bytes_limit_});
  return static_cast<int>(most);
}

int Sfu::load_of(const Node& node) {
  return node.taking && node.participants < node.capacity ? node.participants : LeastLoaded::out;
}

void Sfu::load_changed(const Node& node) {
  if (!loads_stale_) loads_.set(node.member, load_of(node));
}

/// Who takes participants changes rarely, and is looked up anew then; loads change all the time.
const LeastLoaded& Sfu::loads() {
  if (!loads_stale_ && loads_version_ == kubernetes_.version()) return loads_;
  loads_.resize(members_.size());
  for (const PodRef ref : members_) {
    Node& node = nodes_[ref];
    node.taking = takes(ref);
    loads_.set(node.member, load_of(node));
  }
  loads_stale_ = false;
  loads_version_ = kubernetes_.version();
  return loads_;
}

PodRef Sfu::choose(int meeting) {
  const bool single = context_.spec.load.placement == LoadSpec::Placement::single;
  PodRef& room = room_node_[static_cast<std::size_t>(meeting)];
  if (single && room != no_pod && takes(room)) return room;
  const PodRef best = loads().any() ? members_[loads_.best()] : no_pod;
  if (single) room = best;
  return best;
}

bool Sfu::any_room() {
  return choose(0) != no_pod;
}

void Sfu::enter(PodRef ref, int) {
  Node& node = nodes_[ref];
  ++node.participants;
  kubernetes_.usage_changed(ref.cluster);
  load_changed(node);
}

void Sfu::leave(PodRef ref, int) {
  Node& node = nodes_[ref];
  if (node.participants > 0) --node.participants;
  kubernetes_.usage_changed(ref.cluster);
  load_changed(node);
  if (node.draining && node.participants == 0 && node.serving)
    kubernetes_.exit_after(ref, drain_poll_.time());
}

void Sfu::add_inventory(Inventory& inventory) const {
  std::int64_t taking = 0;
  for (const PodRef ref : members_) taking += takes(ref) ? 1 : 0;
  inventory.push_back({ComponentId::livekit_sfu, "nodes taking participants", taking,
                       InventoryItem::Better::higher, false});
}

}  // namespace drdrill::models
