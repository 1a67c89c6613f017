#include "models/participants.hpp"
#include "sim/drill/reconnect_policy.hpp"

/// Attempts in vain: where a client is sent there is nothing, so each fails as the one before and
/// changes nothing for anybody else. When the next one comes is drawn from numbers that the client
/// has to itself, so it does not matter when it is computed: once there is something, or DNS has
/// another answer, all attempts of the time before are made up for.
namespace drdrill::models {

Participants::Nothing Participants::found_at(int site) {
  if (site == Dns::nowhere || sites_.certificate_expired()) return Nothing::refuses;
  Site& looked_at = sites_[site];
  if (looked_at.entry.share() <= 0) return Nothing::is_silent;
  return looked_at.api.takes_joins() ? Nothing::something : Nothing::refuses;
}

/// An attempt that is made now fails.
void Participants::find_nothing(std::uint32_t who, Nothing finds) {
  Participant& participant = all_[who];
  participant.state = State::waiting;
  participant.finds = finds;
  participant.next_attempt = context_.now();
  try_in_vain(who, participant);
  go_on(who);
}

/// The attempt that is due fails; when is the next one?
void Participants::try_in_vain(std::uint32_t who, Participant& participant) {
  const std::uint32_t nth = participant.vain++;
  const Offset failed = participant.next_attempt + patience_of(participant).time_of(who, nth);
  ++participant.attempt;
  if (participant.manual || participant.attempt >= reconnect_attempts) {
    if (!participant.manual) participant.gives_up_at = failed;
    participant.manual = true;
    participant.attempt = 1;
    participant.attempt_began = failed;
    participant.next_attempt = failed + reload_.time_of(who, nth);
    return;
  }
  aim(jitter_of_each_, who, nth, 1);
  participant.next_attempt =
      failed + reconnect_wait(participant.attempt, jitter_of_each_.uniform());
}

/// All attempts before now failed.
void Participants::make_up_for(std::uint32_t who, Participant& participant) {
  while (!participant.manual && participant.next_attempt < context_.now())
    try_in_vain(who, participant);
  // From here on it is a page that is reloaded: no count, no jitter.
  std::array<Duration, 16> patience;
  std::array<Duration, 16> reloads;
  while (participant.next_attempt < context_.now()) {
    patience_of(participant).times_of(who, participant.vain, patience);
    reload_.times_of(who, participant.vain, reloads);
    for (std::size_t i = 0; i < reloads.size() && participant.next_attempt < context_.now(); ++i) {
      ++participant.vain;
      participant.attempt_began = participant.next_attempt + patience[i];
      participant.next_attempt = participant.attempt_began + reloads[i];
    }
  }
}

/// Waits for the next attempt, or for what would make one worth while. That somebody gives up is
/// noted when it happens.
void Participants::go_on(std::uint32_t who) {
  Participant& participant = all_[who];
  const auto note_giving_up = [&](Offset time) {
    if (time > context_.now()) at(time - context_.now(), Kind::gave_up, who);
  };
  note_giving_up(participant.gives_up_at);
  participant.site = static_cast<std::int16_t>(dns_.cluster_for(who));
  participant.finds = found_at(participant.site);
  participant.idle = retries_ == Retries::made_up_for && participant.finds != Nothing::something;
  if (!participant.idle) return at(participant.next_attempt - context_.now(), Kind::attempt, who);
  if (!participant.manual) {
    Participant ahead = participant;
    while (!ahead.manual) try_in_vain(who, ahead);
    note_giving_up(ahead.gives_up_at);
  }
  if (const Offset answer = dns_.answer_changes(who); answer != never)
    at(answer - context_.now(), Kind::answer_expired, who);
  if (!std::exchange(participant.listed, true)) idle_.push_back(who);
  if (participant.site != Dns::nowhere &&
      participant.finds != found_[static_cast<std::size_t>(participant.site)])
    found_otherwise_ = true;
}

/// Somebody who waits for a change looks whether it has come.
void Participants::look_again(std::uint32_t who) {
  Participant& participant = all_[who];
  context_.engine.cancel(participant.timer);
  make_up_for(who, participant);
  go_on(who);
}

void Participants::sites_changed() {
  bool changed = std::exchange(found_otherwise_, false);
  const bool moved = std::exchange(publications_, dns_.publications()) != dns_.publications();
  for (std::size_t s = 0; s < found_.size(); ++s) {
    const Nothing finds = found_at(static_cast<int>(s));
    changed = changed || finds != found_[s];
    found_[s] = finds;
  }
  if (!changed && !moved) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < idle_.size(); ++i) {
    const std::uint32_t who = idle_[i];
    Participant& participant = all_[who];
    if (participant.idle && (moved || found_at(participant.site) != participant.finds))
      look_again(who);
    participant.listed = participant.idle;
    if (participant.idle) idle_[kept++] = who;
  }
  idle_.resize(kept);
}

}  // namespace drdrill::models
