#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/kubernetes.hpp"
#include "models/least_loaded.hpp"
#include "models/pod_table.hpp"
#include "sim/drill/world.hpp"

/// The SFU nodes of one cluster. A LiveKit node publishes its statistics through Redis every 2 s
/// and takes new participants only while they are younger than 5 s; its health endpoint fails when
/// they are older than 4 s (livekit v1.13.5: redisrouter.go, selector/utils.go, server.go). So
/// without Redis a node that carries media perfectly is restarted by its liveness probe. On SIGTERM
/// it takes nobody new and waits for its participants to leave, until Kubernetes kills it. One that
/// ends without a word stays listed until its statistics are too old, and who is sent there hears
/// nothing. A node has room for as many as its file says, and for no more than its tracks (by CPU)
/// and its bytes allow; a room that is on one node gets no further (roomallocator.go).
/// A Janus server has nothing to do with Redis and knows of no other: whom the Service leads to is
/// listed, whoever asks asks the server itself, and a room is where it was made until that process
/// has ended or the Service leads there no more.
namespace drdrill::models {

class Redis;

/// Who is told when the connections of a node end.
class SfuObserver {
 public:
  virtual ~SfuObserver() = default;
  virtual void sfu_gone(PodRef sfu, Ending ending) = 0;
  virtual void sfu_reach_changed() = 0;
  /// The same, where nothing else changed than that the machine of these pods went down.
  virtual void sfu_machine_lost(std::span<const PodRef> pods) = 0;
};

class Sfu final : public PodModel {
 public:
  Sfu(Context& context, Kubernetes& kubernetes, Redis& redis, int cluster);

  void observe(SfuObserver& observer) { observer_ = &observer; }
  void reset();
  void handle(const Event& event);

  void pod_started(PodRef ref) override;
  bool pod_stopping(PodRef ref) override;
  void pod_ended(PodRef ref, Ending ending) override;
  bool pod_healthy(PodRef ref) const override;
  std::optional<double> usage(PodRef ref, Usage usage) const override;
  void reach_changed() override;
  void machine_lost(std::span<const PodRef> pods, std::uint64_t version_before) override;
  /// Redis serves, or does not, since now.
  void redis_changed();

  /// What becomes of a new participant at the node that is chosen.
  enum class Outcome : std::uint8_t {
    media,
    none,      ///< no node is listed
    full,      ///< no node has room, or the meeting's has none
    silence,   ///< the node stands still or has ended, which nobody knows yet
    refused,   ///< the server's machine says that nobody listens
    no_media,  ///< it answers through Redis, but no packet gets to the client
  };
  struct Choice {
    PodRef node = no_pod;  ///< also the one that is full, if it is a certain one
    Outcome outcome = Outcome::none;
  };
  /// The node that a new participant of a meeting goes to. `split`: the least loaded; `single`: the
  /// meeting's node while it is listed.
  Choice choose(int meeting);
  void enter(PodRef ref, int meeting);
  void leave(PodRef ref, int meeting);
  /// Does media flow between this node and a client outside? Not through a node that is cut off,
  /// nor where more packets are lost, on the way or by an overwhelmed node, than media bears.
  bool carries(PodRef ref) const;
  /// Does the node answer its clients?
  bool answers(PodRef ref) const;
  /// Does what it sends arrive, whatever becomes of what is sent to it?
  bool is_heard(PodRef ref) const;
  /// What a slow way adds to setting media up.
  Duration extra_setup(PodRef ref) const;
  bool takes(PodRef ref) const;  ///< could somebody who had media there go on there?
  /// Does who wants to go on there wait for an answer in vain? Any node answers for one of
  /// LiveKit's.
  bool is_silent(PodRef ref) const;
  /// Could somebody who is new to the meeting get media?
  bool has_room(int meeting);

  void add_inventory(Inventory& inventory) const;

 private:
  static constexpr std::size_t no_member = ~std::size_t{0};
  /// A process, as the others know it: a row of LiveKit's hash "nodes". A pod that starts again is
  /// another one.
  struct Member {
    PodRef pod = no_pod;
    bool ended = false;    // without a word; its last statistics are still young enough
    bool listed = false;   // selection may choose it, as of loads_
    int participants = 0;  // when it ended
    int capacity = 0;
  };
  struct Node {
    bool by_redis = true;  // LiveKit
    bool serving = false;  // the process is past its start
    bool draining = false;
    bool with_redis = true;  // it reaches Redis and Redis serves
    bool fresh = true;       // younger than what selection wants
    bool healthy = true;     // what "/" answers
    int participants = 0;
    int capacity = 0;
    std::size_t member = no_member;  // index into members_
    Offset stale_at{};               // without Redis
    Group stats{};
  };
  enum class Kind : std::uint16_t { started, start_failed, stale, unhealthy, fresh, forgotten };

  void at(Duration delay, Kind kind, PodRef ref, Group group);
  void know(PodRef ref, Node& node);
  void leave_list(const Node& node, Ending ending);
  bool is_current(const Member& member) const {
    const Node* node = nodes_.find(member.pod);
    return node && node->member == static_cast<std::size_t>(&member - members_.data());
  }
  int capacity_of(PodRef ref, const WorkloadModel& workload) const;
  bool is_routed(PodRef ref) const;
  bool says_nothing(PodRef ref) const;
  bool listed(const Member& member) const;
  int load_of(const Member& member) const;
  void load_changed(const Node& node);
  const LeastLoaded& loads();
  std::size_t chosen(int meeting);
  Choice choice_of(std::size_t member) const;
  Offset last_published();
  void look(PodRef ref, Node& node);

  Context& context_;
  Kubernetes& kubernetes_;
  Redis& redis_;
  int cluster_;
  SfuObserver* observer_ = nullptr;
  PodTable<Node> nodes_;
  std::vector<Member> members_;      // since the reset
  LeastLoaded loads_;                // by member
  bool loads_stale_ = true;          // something else than a load has changed
  bool strain_changed_ = false;      // the load of a slow node has
  std::uint64_t loads_version_ = 0;  // of Kubernetes, when they were made
  std::uint64_t looked_at_ = 0;      // versions of Kubernetes and Redis, when last looked
  std::uint64_t looked_at_redis_ = 0;
  static constexpr std::uint64_t never_told = ~0ULL;
  std::uint64_t told_at_ = never_told;  // of Kubernetes, when the observer last looked
  std::vector<std::size_t> room_node_;  // by meeting, for placement single
  Draw& stats_interval_;
  Draw& available_within_;
  Draw& healthy_within_;
  Draw& process_start_;
  Draw& start_failure_;
  Draw& drain_poll_;
  Draw& bytes_limit_;
  Draw& bytes_per_participant_;
  Draw& tracks_per_cpu_;
  Draw& tracks_limit_;
  Draw& tracks_per_participant_;
  Draw& media_loss_limit_;
  Draw& cpu_per_participant_;
  Draw& memory_per_participant_;
  RandomStream phases_;
};

}  // namespace drdrill::models
