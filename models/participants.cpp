#include "models/participants.hpp"

#include <algorithm>

#include "models/reconnect_policy.hpp"

namespace drdrill::models {

Participants::Participants(Context& context, Kubernetes& kubernetes, Sites& sites, Dns& dns,
                           Retries retries)
    : context_(context),
      kubernetes_(kubernetes),
      sites_(sites),
      dns_(dns),
      retries_(retries),
      jitter_(0, 0, "participant jitter"),
      jitter_of_each_(jitter_),
      churn_(0, 0, "participant churn"),
      notice_closed_(context.draws["livekit.notice_closed"]),
      signal_timeout_(context.draws["livekit.signal_timeout"]),
      ping_interval_(context.draws["livekit.signal_ping_interval"]),
      round_trip_(context.draws["livekit.round_trip"]),
      media_setup_(context.draws["livekit.media_setup"]),
      join_timeout_(context.draws["livekit.join_timeout"]),
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
  idle_.clear();
  found_.assign(sites_.size(), Nothing::something);
  found_otherwise_ = false;
  publications_ = 0;
  curve_.clear();
  const LoadSpec& load = context_.spec.load;
  const auto per_meeting = static_cast<std::size_t>(std::max(load.participants_per_meeting, 1));
  const std::size_t present = present_at_start(per_meeting);
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const Group timer = all_[i].timer;
    all_[i] = Participant{};
    all_[i].timer = timer;
    all_[i].meeting = static_cast<int>(i / per_meeting);
    if (i % per_meeting >= present) continue;
    const PodRef sfu = sites_[0].sfu.choose(all_[i].meeting);
    if (sfu == no_pod) continue;
    ++joined_;
    connect(static_cast<std::uint32_t>(i), sfu);
  }
  counted_joined_ = joined_;
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
      sites_[participant.sfu.cluster].sfu.leave(participant.sfu, participant.meeting);
      participant.state = State::outside;
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
    case Kind::gave_up:
      context_.note(NoteKind::clients_gave_up, ComponentId::livekit_sfu, everybody_);
      break;
    case Kind::answer_expired:
      look_again(who);
      break;
  }
}

void Participants::connect(std::uint32_t who, PodRef sfu) {
  Participant& participant = all_[who];
  participant.state = State::connected;
  participant.sfu = sfu;
  audiences_.move(who, sfu);
  participant.sfu_uid = kubernetes_.pod(sfu).uid * 1000 +
                        static_cast<std::uint32_t>(kubernetes_.pod(sfu).restarts % 1000);
  participant.attempt = 0;
  participant.manual = participant.newcomer = false;
  sites_[sfu.cluster].sfu.enter(sfu, participant.meeting);
  count_media(+1);
}

void Participants::sfu_gone(PodRef sfu, Ending ending) {
  bool first = true;
  for (const std::uint32_t who : audiences_.of(sfu)) {
    if (all_[who].state != State::connected) continue;
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

void Participants::carried_changed(std::uint32_t who, bool carries) {
  Participant& participant = all_[who];
  if (!carries && participant.state == State::connected) {
    const Duration phase = from_seconds(jitter_.uniform() * ping_interval_.value());
    lose(who, std::max(signal_timeout_.time() - phase, Duration::zero()), signal_timeout_.id());
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

/// One try: resume with the old node first, then join anew.
void Participants::attempt(std::uint32_t who) {
  Participant& participant = all_[who];
  if (participant.state == State::unaware) {
    participant.state = State::waiting;
    if (participant.attempt == 0)
      context_.note(NoteKind::clients_noticed, ComponentId::livekit_sfu,
                    kubernetes_.subject_of(participant.sfu), participant.notices_by,
                    context_.now() - participant.lost_at);
  }
  if (!participant.manual && participant.attempt == 0) participant.attempt_began = context_.now();
  participant.site = dns_.cluster_for(who);
  const bool resume = participant.attempt == 0 && !participant.manual;
  if (const Nothing finds = found_at(participant.site); !resume && finds != Nothing::something)
    return find_nothing(who, finds);
  if (participant.site == Dns::nowhere || sites_.certificate_expired())
    return fail(who, round_trip_.time());
  Site& site = site_of(who);
  if (!site.entry.connect()) return fail(who, join_timeout_.time());
  if (resume) {
    const bool same =
        participant.sfu != no_pod && participant.sfu.cluster == participant.site &&
        site.sfu.takes(participant.sfu) &&
        participant.sfu_uid ==
            kubernetes_.pod(participant.sfu).uid * 1000 +
                static_cast<std::uint32_t>(kubernetes_.pod(participant.sfu).restarts % 1000);
    if (!same) return fail(who, round_trip_.time());
    site.sfu.leave(participant.sfu, participant.meeting);
    participant.state = State::joining;
    participant.stage = static_cast<std::uint8_t>(site.api.join_path().size());
    return at(round_trip_.time(), Kind::stage_done, who);
  }
  participant.state = State::joining;
  participant.stage = 0;
  next_stage(who);
}

/// Goes on along the join path: each service answers, or the attempt fails.
void Participants::next_stage(std::uint32_t who) {
  Participant& participant = all_[who];
  Api& api = site_of(who).api;
  const auto path = api.join_path();
  if (path.empty()) return fail(who, round_trip_.time());
  if (participant.stage >= path.size()) return at(media_setup_.time(), Kind::enter, who);
  const std::optional<Offset> done = api.request(path[participant.stage], participant.meeting);
  if (!done) return fail(who, round_trip_.time());
  const Duration limit = join_timeout_.time();
  const Duration wait = *done - context_.now();
  if (wait > limit) return fail(who, limit);
  ++participant.stage;
  at(wait + round_trip_.time(), Kind::stage_done, who);
}

void Participants::enter(std::uint32_t who) {
  Participant& participant = all_[who];
  const PodRef sfu = site_of(who).sfu.choose(participant.meeting);
  if (sfu == no_pod) return fail(who, round_trip_.time());
  account();
  if (context_.now() - participant.lost_at >= long_outage) ++long_affected_;
  const bool lost_media = !participant.newcomer;
  if (lost_media)
    context_.note(NoteKind::clients_reconnected, ComponentId::livekit_sfu,
                  kubernetes_.subject_of(sfu),
                  participant.manual ? reload_.id() : media_setup_.id(),
                  context_.now() - participant.attempt_began);
  connect(who, sfu);
  if (lost_media && with_media_ == joined_)
    context_.note(NoteKind::clients_rejoined, ComponentId::livekit_sfu, kubernetes_.subject_of(sfu),
                  media_setup_.id(), context_.now() - participant.attempt_began);
}

void Participants::fail(std::uint32_t who, Duration after) {
  all_[who].state = State::waiting;
  at(after, Kind::attempt_failed, who);
}

void Participants::attempt_failed(std::uint32_t who) {
  Participant& participant = all_[who];
  ++participant.attempt;
  if (participant.manual || participant.attempt >= reconnect_attempts) {
    if (!participant.manual)
      context_.note(NoteKind::clients_gave_up, ComponentId::livekit_sfu, everybody_);
    participant.manual = true;
    participant.attempt = 1;
    participant.attempt_began = context_.now();
    at(reload_.time(), Kind::attempt, who);
    return;
  }
  const double jitter = participant.attempt >= first_with_jitter ? jitter_.uniform() : 0;
  at(reconnect_wait(participant.attempt, jitter), Kind::attempt, who);
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
