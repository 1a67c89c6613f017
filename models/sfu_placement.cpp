#include <algorithm>
#include <initializer_list>
#include <limits>

#include "models/lookup.hpp"
#include "models/sfu.hpp"

/// How much a node takes, and which one a participant is sent to.
namespace drdrill::models {

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

/// Does the Service of its workload lead there?
bool Sfu::is_routed(PodRef ref) const {
  const WorkloadModel* workload = kubernetes_.model_of(ref);
  if (!workload) return false;
  const int service = find_service_of(kubernetes_.cluster(cluster_), *workload);
  if (service == kube::no_index) return false;
  const std::vector<int>& routed = kubernetes_.routed(cluster_, service);
  return std::find(routed.begin(), routed.end(), ref.pod) != routed.end();
}

/// It stands still, or its packets go nowhere. The machine of a process that has ended answers for
/// it.
bool Sfu::says_nothing(PodRef ref) const {
  return kubernetes_.stands_still(ref) || !kubernetes_.reached_from_outside(ref);
}

/// What selection knows: who has published statistics of late, and does not shut down.
bool Sfu::listed(const Member& member) const {
  if (member.ended || !is_current(member)) return member.ended;
  const Node& node = *nodes_.find(member.pod);
  if (!node.by_redis) return is_routed(member.pod);
  return node.serving && node.fresh && !node.draining;
}

int Sfu::load_of(const Member& member) const {
  const int participants =
      member.ended ? member.participants : nodes_.find(member.pod)->participants;
  return member.listed && participants < member.capacity ? participants : LeastLoaded::out;
}

void Sfu::load_changed(const Node& node) {
  if (!loads_stale_) loads_.set(node.member, load_of(members_[node.member]));
}

/// Who takes participants changes rarely, and is looked up anew then; loads change all the time.
const LeastLoaded& Sfu::loads() {
  if (!loads_stale_ && loads_version_ == kubernetes_.version()) return loads_;
  loads_.resize(members_.size());
  for (std::size_t i = 0; i < members_.size(); ++i) {
    members_[i].listed = listed(members_[i]);
    loads_.set(i, load_of(members_[i]));
  }
  loads_stale_ = false;
  loads_version_ = kubernetes_.version();
  return loads_;
}

/// A room stays on its node while that is listed, however full it is; else the least loaded.
std::size_t Sfu::chosen(int meeting) {
  const std::size_t room = room_node_[static_cast<std::size_t>(meeting)];
  if (room != no_member && listed(members_[room])) return room;
  return loads().any() ? loads_.best() : no_member;
}

Sfu::Choice Sfu::choice_of(std::size_t index) const {
  if (index == no_member) {
    const bool any = std::any_of(members_.begin(), members_.end(),
                                 [&](const Member& member) { return listed(member); });
    return {no_pod, any ? Outcome::full : Outcome::none};
  }
  const Member& member = members_[index];
  if (member.ended) return {member.pod, Outcome::silence};
  const Node& node = *nodes_.find(member.pod);
  if (node.participants >= node.capacity) return {member.pod, Outcome::full};
  if (!node.by_redis && !answers(member.pod))
    return {member.pod, says_nothing(member.pod) ? Outcome::silence : Outcome::refused};
  if (!kubernetes_.is_up(member.pod)) return {member.pod, Outcome::silence};
  return {member.pod, carries(member.pod) ? Outcome::media : Outcome::no_media};
}

Sfu::Choice Sfu::choose(int meeting) {
  const std::size_t index = chosen(meeting);
  if (context_.spec.load.placement == LoadSpec::Placement::single)
    room_node_[static_cast<std::size_t>(meeting)] = index;
  return choice_of(index);
}

bool Sfu::has_room(int meeting) {
  return choice_of(chosen(meeting)).outcome == Outcome::media;
}

}  // namespace drdrill::models
