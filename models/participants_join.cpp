#include "models/participants.hpp"
#include "sim/drill/reconnect_policy.hpp"

/// How somebody joins, anew or again.
namespace drdrill::models {

/// One try: resume with the old node first, then join anew.
void Participants::attempt(std::uint32_t who) {
  Participant& participant = all_[who];
  if (participant.state == State::unaware) {
    participant.state = State::waiting;
    if (participant.attempt == 0)
      context_.note(NoteKind::clients_noticed, ComponentId::livekit_sfu,
                    kubernetes_.subject_of(participant.sfu), participant.notices_by,
                    context_.now() - participant.lost_at);
    // What it had there is given up, and burdens the node no longer.
    if (participant.sfu != no_pod && participant.sfu_process == process_in(participant.sfu))
      sites_[participant.sfu.cluster].sfu.leave(participant.sfu, meeting_of(who));
  }
  if (!participant.manual && participant.attempt == 0) participant.attempt_began = context_.now();
  participant.site = static_cast<std::int16_t>(dns_.cluster_for(who));
  const bool resume = participant.attempt == 0 && !participant.manual;
  if (const Nothing finds = found_at(participant.site); !resume && finds != Nothing::something)
    return find_nothing(who, finds);
  if (participant.site == Dns::nowhere || sites_.certificate_expired())
    return fail(who, round_trip_.time());
  Site& site = site_of(who);
  if (!site.entry.connect()) return fail(who, join_timeout_.time());
  if (resume) {
    const bool same = participant.sfu != no_pod && participant.sfu.cluster == participant.site &&
                      site.sfu.takes(participant.sfu) &&
                      participant.sfu_process == process_in(participant.sfu);
    if (!same) {
      const PodRef old = participant.sfu;
      const bool in_vain = old != no_pod && sites_[old.cluster].sfu.is_silent(old);
      return fail(who, in_vain ? join_timeout_.time() : round_trip_.time());
    }
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
  if (participant.stage >= path.size()) {
    if (!finds_place(who)) return;
    const Sfu& sfu = site_of(who).sfu;
    const PodRef node = site_of(who).sfu.choose(meeting_of(who)).node;
    return at(media_setup_.time() + sfu.extra_setup(node), Kind::enter, who);
  }
  const std::optional<Offset> done = api.request(path[participant.stage], meeting_of(who));
  if (!done) return fail(who, round_trip_.time());
  const Duration limit = join_timeout_.time();
  const Duration wait = *done - context_.now();
  if (wait > limit) return fail(who, limit);
  ++participant.stage;
  at(wait + round_trip_.time(), Kind::stage_done, who);
}

/// Asks for a node. Where there is none the answer says so; a node that has just died says nothing;
/// one whose packets do not arrive answers, and the peer connection fails.
bool Participants::finds_place(std::uint32_t who) {
  const Sfu::Choice choice = site_of(who).sfu.choose(meeting_of(who));
  switch (choice.outcome) {
    case Sfu::Outcome::media:
      return true;
    case Sfu::Outcome::full:
      tell_full(choice);
      [[fallthrough]];
    case Sfu::Outcome::none:
    case Sfu::Outcome::refused:
      fail(who, round_trip_.time());
      return false;
    case Sfu::Outcome::silence:
      fail(who, join_timeout_.time());
      return false;
    case Sfu::Outcome::no_media:
      fail(who, peer_timeout_.time());
      return false;
  }
  return false;
}

/// Once a minute: people try again and again.
void Participants::tell_full(const Sfu::Choice& choice) {
  constexpr Duration again = std::chrono::minutes(1);
  if (told_full_ != Offset::min() && context_.now() - told_full_ < again) return;
  told_full_ = context_.now();
  context_.note(NoteKind::capacity_exhausted, ComponentId::livekit_sfu,
                choice.node == no_pod ? everybody_ : kubernetes_.subject_of(choice.node));
}

void Participants::enter(std::uint32_t who) {
  Participant& participant = all_[who];
  if (!finds_place(who)) return;
  const PodRef sfu = site_of(who).sfu.choose(meeting_of(who)).node;
  account();
  if (context_.now() - participant.lost_at >= long_outage) ++long_affected_;
  const bool lost_media = !participant.newcomer;
  if (lost_media)
    context_.note(NoteKind::clients_reconnected, ComponentId::livekit_sfu,
                  kubernetes_.subject_of(sfu),
                  participant.manual ? reload_.id() : media_setup_.id(),
                  context_.now() - participant.attempt_began);
  records_.joined(who, meeting_of(who), sfu, context_.now());
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

}  // namespace drdrill::models
