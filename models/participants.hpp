#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "models/audiences.hpp"
#include "models/retries.hpp"
#include "models/room_records.hpp"
#include "models/sites.hpp"
#include "sim/drill/world.hpp"

/// The people in the meetings, one by one. Each has media through one SFU node, notices when it
/// stops, reconnects as LiveKit's JavaScript client does (ten attempts after 0, 0.3, 1.2, 2.7, 4.8
/// and 7 s of waiting, with up to a second of jitter from the third on; client-sdk-js
/// DefaultReconnectPolicy.ts), and after the last attempt reloads the page when they feel like it.
/// The first attempt resumes with the same node; later ones join anew through load balancer, API
/// and signaling, which queue. Attempts that can only fail, because there is nothing where they go,
/// are made up for when something is there again: nobody notices them before.
namespace drdrill::models {

class Participants final : public SfuObserver {
 public:
  Participants(Context& context, Kubernetes& kubernetes, Sites& sites, Dns& dns, Retries retries);

  void reset();
  void handle(const Event& event);
  /// The event is not far: fetches what it needs into the cache, if it is somebody's.
  void expect(const Event& event) const {
    if (event.component != event_owner(Owner::participants)) return;
    __builtin_prefetch(&all_[event.subject]);
    dns_.expect(event.subject);
  }

  void sfu_gone(PodRef sfu, Ending ending) override;
  void sfu_reach_changed() override;
  void sfu_machine_lost(std::span<const PodRef> pods) override;
  /// What clients find at the sites may have changed, or where DNS sends them.
  void sites_changed();

  std::int64_t joined() const { return joined_; }
  std::int64_t with_media() const { return with_media_; }

  /// The share of requests that fail changed: who cannot act counts as affected.
  void set_failing_share(double share);
  /// The first fault is about now: what counts as joined is taken here.
  UserImpact impact(Offset end) const;
  void add_ledger(Ledger& ledger) const { records_.add_ledger(ledger); }

 private:
  /// An outage that counts somebody as affected (the definition of severity).
  static constexpr Duration long_outage = std::chrono::seconds(30);
  enum class State : std::uint8_t { outside, connected, unaware, waiting, joining };
  /// How a site lets every attempt fail. `something`: it does not.
  enum class Nothing : std::uint8_t { something, refuses, is_silent };
  /// One cache line: of many participants each event meets another one.
  struct alignas(64) Participant {
    State state = State::outside;
    std::uint8_t attempt = 0;
    std::uint8_t stage = 0;              // of the join path
    bool manual = false;                 // joins by hand, no policy left
    bool newcomer = false;               // takes the place of one who left
    Nothing finds = Nothing::something;  // while it waits for its next attempt
    bool idle = false;                   // attempts are made up for later
    bool listed = false;                 // in idle_
    ParameterId notices_by = ParameterId::none;
    std::int16_t site = 0;  // the cluster that its attempt goes to
    Group timer{};
    PodRef sfu = no_pod;            // has or had media through it
    std::uint32_t sfu_process = 0;  // which one in the pod that was
    std::uint32_t vain = 0;         // attempts so far that found nothing
    Offset lost_at{};
    Offset attempt_began{};
    Offset next_attempt{};  // of one who found nothing
    Offset gives_up_at{};   // or gave up
  };
  static_assert(sizeof(Participant) == 64);
  enum class Kind : std::uint16_t {
    notice,
    fades,
    attempt,
    stage_done,
    enter,
    attempt_failed,
    leave,
    arrive,
    gave_up,
    answer_expired,
  };

  int meeting_of(std::uint32_t who) const { return static_cast<int>(who / per_meeting_); }
  Site& site_of(std::uint32_t who) { return sites_[all_[who].site]; }
  std::size_t present_at_start(std::size_t per_meeting) const;
  void at(Duration delay, Kind kind, std::uint32_t who);
  void connect(std::uint32_t who, PodRef sfu);
  void carried_changed(std::uint32_t who, bool carries);
  void lose(std::uint32_t who, Duration notices_after, ParameterId by);
  std::uint32_t process_in(PodRef sfu) const;
  void attempt(std::uint32_t who);
  void next_stage(std::uint32_t who);
  void enter(std::uint32_t who);
  bool finds_place(std::uint32_t who);
  void tell_full(const Sfu::Choice& choice);
  void attempt_failed(std::uint32_t who);
  void fail(std::uint32_t who, Duration after);
  Nothing found_at(int site);  ///< by a client that is sent there
  void find_nothing(std::uint32_t who, Nothing finds);
  Draw& patience_of(const Participant& participant) {
    return participant.finds == Nothing::is_silent ? join_timeout_ : round_trip_;
  }
  void make_up_for(std::uint32_t who, Participant& participant);
  void try_in_vain(std::uint32_t who, Participant& participant);
  void go_on(std::uint32_t who);
  void look_again(std::uint32_t who);
  void schedule_churn();
  void count_media(int change);
  void account();
  double lost_until(Offset end) const;

  Context& context_;
  Kubernetes& kubernetes_;
  Sites& sites_;
  Dns& dns_;
  Retries retries_;
  std::uint32_t per_meeting_;
  std::vector<Participant> all_;
  std::vector<std::uint32_t> idle_;
  std::vector<Nothing> found_;    // by site, when last looked
  bool found_otherwise_ = false;  // by somebody since
  Offset told_full_{};
  int publications_ = 0;
  Audiences audiences_;
  RoomRecords records_;
  std::int64_t joined_ = 0;
  std::int64_t with_media_ = 0;
  std::int64_t counted_joined_ = 0;
  std::int64_t long_affected_ = 0;  // had at least 30 s without media in one stretch
  double failing_share_ = 0;
  Offset failing_since_{};
  double worst_failing_share_ = 0;  // over at least 30 s
  double lost_s_ = 0;               // participant-seconds
  Offset accounted_{};
  std::vector<UserImpact::Point> curve_;
  RandomStream jitter_;
  RandomStream jitter_of_each_;
  RandomStream churn_;
  SubjectId everybody_ = SubjectId::none;
  Draw& notice_closed_;
  Draw& signal_timeout_;
  Draw& ping_interval_;
  Draw& round_trip_;
  Draw& media_setup_;
  Draw& join_timeout_;
  Draw& peer_timeout_;
  Draw& reload_;
};

}  // namespace drdrill::models
