#include "models/participants.hpp"

#include <algorithm>

namespace drdrill::models {

Participants::Participants(Context& context, Kubernetes& kubernetes, Sites& sites, Dns& dns,
                           Retries retries)
    : context_(context),
      kubernetes_(kubernetes),
      sites_(sites),
      dns_(dns),
      retries_(retries),
      per_meeting_(
          static_cast<std::uint32_t>(std::max(context.spec.load.participants_per_meeting, 1))),
      records_(context, sites, dns),
      jitter_(0, 0, "participant jitter"),
      jitter_of_each_(jitter_),
      churn_(0, 0, "participant churn"),
      notice_closed_(context.draws["livekit.notice_closed"]),
      signal_timeout_(context.draws["livekit.signal_timeout"]),
      ping_interval_(context.draws["livekit.signal_ping_interval"]),
      round_trip_(context.draws["livekit.round_trip"]),
      media_setup_(context.draws["livekit.media_setup"]),
      join_timeout_(context.draws["livekit.join_timeout"]),
      peer_timeout_(context.draws["livekit.peer_timeout"]),
      reload_(context.draws["people.page_reload"]) {
  const LoadSpec& load = context.spec.load;
  all_.resize(static_cast<std::size_t>(load.meetings) *
              static_cast<std::size_t>(load.participants_per_meeting));
  for (Participant& participant : all_) participant.timer = context.engine.make_group();
  everybody_ = context.notes.subject("livekit-sfu");
  for (std::size_t c = 0; c < sites.size(); ++c) sites[static_cast<int>(c)].sfu.observe(*this);
}

/// How many of each meeting have joined when the drill starts: the daily curve's share of the peak.
std::size_t Participants::present_at_start(std::size_t per_meeting) const {
  const std::int64_t local_s =
      context_.start.utc_ns / 1'000'000'000 + std::int64_t{context_.start.utc_offset_minutes} * 60;
  const auto hour = static_cast<std::size_t>((local_s % 86'400 + 86'400) % 86'400 / 3600);
  const double share = context_.spec.load.daily_curve[hour];
  return static_cast<std::size_t>(nearest_whole(share * static_cast<double>(per_meeting)));
}

void Participants::reset() {
  jitter_.restart(context_.seed, context_.replication);
  jitter_of_each_.restart(context_.seed, context_.replication);
  churn_.restart(context_.seed, context_.replication);
  joined_ = with_media_ = long_affected_ = 0;
  failing_share_ = worst_failing_share_ = lost_s_ = 0;
  accounted_ = failing_since_ = Offset::zero();
  audiences_.reset(all_.size());
  records_.reset();
  idle_.clear();
  found_.assign(sites_.size(), Nothing::something);
  found_otherwise_ = false;
  told_full_ = Offset::min();
  publications_ = 0;
  curve_.clear();
  const LoadSpec& load = context_.spec.load;
  const std::size_t present = present_at_start(per_meeting_);
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const Group timer = all_[i].timer;
    all_[i] = Participant{};
    all_[i].timer = timer;
    if (i % per_meeting_ >= present) continue;
    const auto who = static_cast<std::uint32_t>(i);
    ++joined_;
    const Sfu::Choice choice = sites_[0].sfu.choose(meeting_of(who));
    if (choice.outcome != Sfu::Outcome::media) {  // tries again and again
      if (choice.outcome == Sfu::Outcome::full) tell_full(choice);
      all_[i].state = State::waiting;
      all_[i].manual = all_[i].newcomer = true;
      at(reload_.time(), Kind::attempt, who);
      continue;
    }
    // They came one after the other until now.
    const double ago = 1 - static_cast<double>(i % per_meeting_) / static_cast<double>(present);
    records_.had_joined(who, meeting_of(who), choice.node,
                        -from_seconds(ago * to_seconds(load.join_window)));
    connect(who, choice.node);
  }
  counted_joined_ = joined_;
  count_media(0);
  schedule_churn();
}

void Participants::at(Duration delay, Kind kind, std::uint32_t who) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::participants),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = who},
                        kind == Kind::leave ? Group::none : all_[who].timer);
}

void Participants::handle(const Event& event) {
  const std::uint32_t who = event.subject;
  switch (static_cast<Kind>(event.kind)) {
    case Kind::notice:
    case Kind::attempt:
      attempt(who);
      break;
    case Kind::stage_done:
      next_stage(who);
      break;
    case Kind::enter:
      enter(who);
      break;
    case Kind::attempt_failed:
      attempt_failed(who);
      break;
    case Kind::leave: {
      Participant& participant = all_[who];
      schedule_churn();
      if (participant.state != State::connected) break;
      account();
      sites_[participant.sfu.cluster].sfu.leave(participant.sfu, meeting_of(who));
      participant.state = State::outside;
      records_.left(who);
      --joined_;
      count_media(-1);
      // Somebody else arrives in the same place a little later.
      participant.manual = participant.newcomer = true;
      at(reload_.time(), Kind::arrive, who);
      break;
    }
    case Kind::arrive:
      account();
      ++joined_;
      all_[who].state = State::waiting;
      all_[who].lost_at = context_.now();
      context_.changed = true;
      attempt(who);
      break;
    case Kind::fades:
      lose(who, Duration::zero(), signal_timeout_.id());
      break;
    case Kind::gave_up:
      context_.note(NoteKind::clients_gave_up, ComponentId::livekit_sfu, everybody_);
      break;
    case Kind::answer_expired:
      look_again(who);
      break;
  }
}

/// Another number for each process that a pod has had.
std::uint32_t Participants::process_in(PodRef sfu) const {
  const kube::Pod& pod = kubernetes_.pod(sfu);
  return pod.uid * 1000 + static_cast<std::uint32_t>(pod.restarts % 1000);
}

void Participants::connect(std::uint32_t who, PodRef sfu) {
  Participant& participant = all_[who];
  participant.state = State::connected;
  participant.sfu = sfu;
  audiences_.move(who, sfu);
  participant.sfu_process = process_in(sfu);
  participant.attempt = 0;
  participant.manual = participant.newcomer = false;
  sites_[sfu.cluster].sfu.enter(sfu, meeting_of(who));
  count_media(+1);
}

void Participants::sfu_gone(PodRef sfu, Ending ending) {
  bool first = true;
  for (const std::uint32_t who : audiences_.of(sfu)) {
    if (all_[who].state != State::connected) continue;
    records_.node_ended(who);
    Duration notices = notice_closed_.time();
    if (ending == Ending::lost)
      notices = std::max(
          signal_timeout_.time() - from_seconds(jitter_.uniform() * ping_interval_.value()),
          Duration::zero());
    lose(who, notices, ending == Ending::lost ? signal_timeout_.id() : notice_closed_.id());
    if (!std::exchange(first, false)) continue;
    context_.note(NoteKind::sfu_unavailable, ComponentId::livekit_sfu, kubernetes_.subject_of(sfu));
  }
}

/// Traffic between clients and nodes stopped or flows again.
void Participants::sfu_reach_changed() {
  const auto carries_now = [&](PodRef sfu) { return sites_[sfu.cluster].sfu.carries(sfu); };
  audiences_.each_changed(carries_now, [&](PodRef sfu, bool carries) {
    for (const std::uint32_t who : audiences_.of(sfu)) carried_changed(who, carries);
  });
}

void Participants::sfu_machine_lost(std::span<const PodRef> pods) {
  for (const PodRef sfu : pods)
    if (audiences_.is_changed(sfu, sites_[sfu.cluster].sfu.carries(sfu)))
      for (const std::uint32_t who : audiences_.of(sfu))
        carried_changed(who, sites_[sfu.cluster].sfu.carries(sfu));
}

/// Whom the node does not answer reconnects after a while; who hears it goes on hearing until then.
/// Whom it answers, but whose media stops, has nothing to go by but what they see.
void Participants::carried_changed(std::uint32_t who, bool carries) {
  Participant& participant = all_[who];
  const Sfu& sfu = sites_[participant.sfu.cluster].sfu;
  if (!carries && participant.state == State::connected) {
    if (sfu.answers(participant.sfu)) return lose(who, reload_.time(), reload_.id());
    const Duration phase = from_seconds(jitter_.uniform() * ping_interval_.value());
    const Duration notices = std::max(signal_timeout_.time() - phase, Duration::zero());
    const bool split = context_.spec.load.placement == LoadSpec::Placement::split;
    if (split && sfu.is_heard(participant.sfu)) return at(notices, Kind::fades, who);
    lose(who, notices, signal_timeout_.id());
  } else if (carries && participant.state == State::connected) {
    context_.engine.cancel(participant.timer);
  } else if (carries && participant.state == State::unaware) {
    // It came back before the client noticed: media flows on.
    context_.engine.cancel(participant.timer);
    account();
    participant.state = State::connected;
    count_media(+1);
  }
}

void Participants::lose(std::uint32_t who, Duration notices_after, ParameterId by) {
  Participant& participant = all_[who];
  account();
  participant.state = State::unaware;
  participant.lost_at = context_.now();
  participant.notices_by = by;
  participant.attempt = 0;
  participant.manual = false;
  count_media(-1);
  at(notices_after, Kind::notice, who);
}

void Participants::schedule_churn() {
  const double per_second =
      context_.spec.load.churn_per_hour * static_cast<double>(all_.size()) / 3600.0;
  if (per_second <= 0 || all_.empty()) return;
  const double gap = unit_exponential(churn_.next()) / per_second;
  const auto who = static_cast<std::uint32_t>(churn_.below(all_.size()));
  at(from_seconds(gap), Kind::leave, who);
}

void Participants::count_media(int change) {
  with_media_ += change;
  context_.changed = true;
  const std::int64_t without = joined_ - with_media_;
  if (!curve_.empty() && curve_.back().at == context_.now())
    curve_.back().without_media = without;
  else
    curve_.push_back({context_.now(), without});
}

/// Adds up who was affected since the last time.
void Participants::account() {
  lost_s_ += lost_until(context_.now());
  accounted_ = context_.now();
}

}  // namespace drdrill::models
