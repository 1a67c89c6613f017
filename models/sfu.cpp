#include "models/sfu.hpp"

#include <algorithm>
#include <utility>

#include "models/redis.hpp"
#include "sim/drill/sfu_server.hpp"

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
      media_loss_limit_(context.draws["livekit.media_loss_limit"]),
      cpu_per_participant_(context.draws["livekit.cpu_per_participant"]),
      memory_per_participant_(context.draws["livekit.memory_per_participant"]),
      phases_(0, 0, "livekit statistics phases") {
  room_node_.resize(static_cast<std::size_t>(std::max(context.spec.load.meetings, 1)));
}

void Sfu::reset() {
  phases_.restart(context_.seed, context_.replication);
  std::fill(room_node_.begin(), room_node_.end(), no_member);
  nodes_.each([](PodRef, Node& node) { node = Node{.stats = node.stats}; });
  members_.clear();
  loads_stale_ = true;
  strain_changed_ = false;
  looked_at_ = looked_at_redis_ = ~0ULL;
  told_at_ = never_told;
  for (const WorkloadModel& workload : context_.spec.workloads) {
    if (workload.kind != WorkloadModel::Kind::livekit_sfu || !runs_in(workload, cluster_)) continue;
    kubernetes_.each_pod_of(workload, [&](PodRef ref) {
      Node& node = nodes_[ref];
      node.by_redis = !is_janus(workload);
      node.capacity = capacity_of(ref, workload);
      know(ref, node);
      node.serving = true;
    });
  }
}

/// A process begins: from now on it is one of the nodes.
void Sfu::know(PodRef ref, Node& node) {
  if (node.stats == Group::none) node.stats = context_.engine.make_group();
  node.member = members_.size();
  members_.push_back({.pod = ref, .capacity = node.capacity});
}

void Sfu::at(Duration delay, Kind kind, PodRef ref, Group group) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::sfu, cluster_),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(ref.pod)},
                        group);
}

void Sfu::handle(const Event& event) {
  loads_stale_ = true;
  told_at_ = never_told;
  if (static_cast<Kind>(event.kind) == Kind::forgotten) {
    members_[event.subject].ended = false;
    context_.changed = true;
    return;
  }
  const PodRef ref{cluster_, static_cast<int>(event.subject)};
  Node& node = nodes_[ref];
  switch (static_cast<Kind>(event.kind)) {
    case Kind::started:
      node.serving = node.fresh = node.healthy = true;
      look(ref, node);
      kubernetes_.health_changed(ref);
      context_.note(NoteKind::sfu_available, ComponentId::livekit_sfu, kubernetes_.subject_of(ref),
                    process_start_.id(), context_.now() - kubernetes_.runs_since(ref));
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
    case Kind::forgotten:
      break;
  }
  context_.changed = true;
}

/// A LiveKit server that cannot reach Redis when it starts gives up, and is restarted.
void Sfu::pod_started(PodRef ref) {
  Node& node = nodes_[ref];
  const Group stats = node.stats;
  if (stats != Group::none) context_.engine.cancel(stats);
  node = Node{.stats = stats};
  node.healthy = node.fresh = false;
  loads_stale_ = true;
  if (const WorkloadModel* workload = kubernetes_.model_of(ref)) {
    node.by_redis = !is_janus(*workload);
    node.capacity = capacity_of(ref, *workload);
  }
  know(ref, node);
  node.with_redis = !node.by_redis || redis_.usable_from(ref);
  if (node.with_redis)
    at(process_start_.time(), Kind::started, ref, node.stats);
  else
    at(start_failure_.time(), Kind::start_failed, ref, node.stats);
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
  leave_list(node, ending);
  node.serving = node.healthy = node.fresh = false;
  node.participants = 0;
  loads_stale_ = true;
  kubernetes_.usage_changed(ref.cluster);
  context_.changed = true;
  if (observer_) observer_->sfu_gone(ref, ending);
}

/// One that is told to stop takes itself off the list; of one that is killed the last statistics
/// remain until they are too old. Where the Service says who is listed, nothing of it remains.
void Sfu::leave_list(const Node& node, Ending ending) {
  if (node.member == no_member || ending == Ending::clean || !node.by_redis) return;
  Member& member = members_[node.member];
  if (!listed(member)) return;
  member.ended = true;
  member.participants = node.participants;
  Offset stale_at = node.stale_at;
  if (node.with_redis) stale_at = last_published() + available_within_.time();
  context_.engine.after(std::max(stale_at - context_.now(), Duration::zero()),
                        {.component = event_owner(Owner::sfu, cluster_),
                         .kind = static_cast<std::uint16_t>(Kind::forgotten),
                         .subject = static_cast<std::uint32_t>(node.member)});
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
  told_at_ = kubernetes_.version();
}

/// When a region is lost, its machines go down one by one. What was looked at before the first need
/// not be looked at after each, but for what was on it, unless all depend on that.
void Sfu::machine_lost(std::span<const PodRef> pods, std::uint64_t version_before) {
  const auto keeps_rooms = [&](PodRef ref) {
    return kubernetes_.component_of(ref) == ComponentId::redis;
  };
  if (told_at_ != version_before || std::any_of(pods.begin(), pods.end(), keeps_rooms))
    return reach_changed();
  loads_stale_ = true;
  if (looked_at_ == version_before) looked_at_ = kubernetes_.version();
  redis_changed();
  if (observer_) observer_->sfu_machine_lost(pods);
  told_at_ = kubernetes_.version();
}

void Sfu::redis_changed() {
  if (std::exchange(strain_changed_, false) && observer_) observer_->sfu_reach_changed();
  const bool looked = looked_at_ == kubernetes_.version() && looked_at_redis_ == redis_.version();
  if (looked) return;
  looked_at_ = kubernetes_.version();
  looked_at_redis_ = redis_.version();
  for (const Member& member : members_)
    if (Node& node = nodes_[member.pod]; node.serving && is_current(member)) look(member.pod, node);
}

/// Up to one interval ago.
Offset Sfu::last_published() {
  return context_.now() - from_seconds(phases_.uniform() * stats_interval_.value());
}

/// Statistics flow, or stop flowing. The last ones were sent up to one interval before they
/// stopped.
void Sfu::look(PodRef ref, Node& node) {
  if (!node.by_redis) return;
  const bool with_redis = redis_.usable_from(ref) && kubernetes_.is_up(ref);
  if (with_redis == node.with_redis) return;
  node.with_redis = with_redis;
  context_.engine.cancel(node.stats);
  const Offset published = last_published();
  if (with_redis) {
    at(context_.now() - published, Kind::fresh, ref, node.stats);
    return;
  }
  const auto left = [&](Duration age) {
    return std::max(published + age - context_.now(), Duration::zero());
  };
  at(left(healthy_within_.time()), Kind::unhealthy, ref, node.stats);
  node.stale_at = context_.now() + left(available_within_.time());
  at(node.stale_at - context_.now(), Kind::stale, ref, node.stats);
}

bool Sfu::takes(PodRef ref) const {
  const Node* node = nodes_.find(ref);
  return node && node->serving && node->fresh && !node->draining && carries(ref);
}

bool Sfu::answers(PodRef ref) const {
  const Node* node = nodes_.find(ref);
  return node && node->serving && kubernetes_.is_up(ref) && kubernetes_.reached_from_outside(ref);
}

bool Sfu::is_heard(PodRef ref) const {
  const Node* node = nodes_.find(ref);
  return node && node->serving && kubernetes_.is_up(ref) && kubernetes_.heard_outside(ref);
}

bool Sfu::is_silent(PodRef ref) const {
  const Node* node = nodes_.find(ref);
  return node && !node->by_redis && says_nothing(ref);
}

bool Sfu::carries(PodRef ref) const {
  if (!answers(ref)) return false;
  const Impairment impairment = kubernetes_.impairment(ref);
  if (impairment.slowness <= 1 && impairment.loss <= 0) return true;
  const int on = kubernetes_.pod(ref).node;
  const auto& nodes = kubernetes_.cluster(ref.cluster).nodes;
  const double cpus = static_cast<double>(nodes[static_cast<std::size_t>(on)].cpu_milli) / 1000;
  const double needed =
      cpu_per_participant_.value() * nodes_.find(ref)->participants * impairment.slowness;
  const double forwarded = needed > cpus ? cpus / needed : 1;
  return 1 - (1 - impairment.loss) * forwarded <= media_loss_limit_.value();
}

/// ICE, DTLS and the first key frame take about ten round trips.
Duration Sfu::extra_setup(PodRef ref) const {
  constexpr int round_trips = 10;
  return 2 * round_trips * kubernetes_.impairment(ref).delay;
}

void Sfu::enter(PodRef ref, int) {
  told_at_ = never_told;
  Node& node = nodes_[ref];
  ++node.participants;
  strain_changed_ = strain_changed_ || kubernetes_.impairment(ref).slowness > 1;
  kubernetes_.usage_changed(ref.cluster);
  load_changed(node);
}

void Sfu::leave(PodRef ref, int) {
  Node& node = nodes_[ref];
  if (node.participants > 0) --node.participants;
  strain_changed_ = strain_changed_ || kubernetes_.impairment(ref).slowness > 1;
  kubernetes_.usage_changed(ref.cluster);
  load_changed(node);
  if (node.draining && node.participants == 0 && node.serving)
    kubernetes_.exit_after(ref, drain_poll_.time());
}

void Sfu::add_inventory(Inventory& inventory) const {
  std::int64_t taking = 0;
  for (const Member& member : members_) taking += is_current(member) && takes(member.pod) ? 1 : 0;
  inventory.push_back({ComponentId::livekit_sfu, "nodes taking participants", taking,
                       InventoryItem::Better::higher, false});
}

}  // namespace drdrill::models
