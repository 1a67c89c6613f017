#include <algorithm>

#include "models/participants.hpp"

/// What an outage did to people, and which of their records are lost.
namespace drdrill::models {
/// Participant-seconds lost since the last accounting.
double Participants::lost_until(Offset end) const {
  const auto without = static_cast<double>(joined_ - with_media_);
  return to_seconds(end - accounted_) *
         (without + static_cast<double>(with_media_) * failing_share_);
}

void Participants::set_failing_share(double share) {
  if (share == failing_share_) return;
  account();
  if (failing_share_ > 0 && context_.now() - failing_since_ >= long_outage)
    worst_failing_share_ = std::max(worst_failing_share_, failing_share_);
  if ((failing_share_ > 0) != (share > 0) || share > failing_share_)
    failing_since_ = context_.now();
  failing_share_ = share;
}

UserImpact Participants::impact(Offset end) const {
  UserImpact out;
  out.joined = counted_joined_;
  out.participant_minutes_lost = (lost_s_ + lost_until(end)) / 60;
  std::int64_t affected = long_affected_;
  for (const Participant& participant : all_)
    if (participant.state != State::connected && participant.state != State::outside &&
        end - participant.lost_at >= long_outage)
      ++affected;
  double failing = worst_failing_share_;
  if (failing_share_ > 0 && end - failing_since_ >= long_outage)
    failing = std::max(failing, failing_share_);
  const std::int64_t cannot_act = nearest_whole(failing * static_cast<double>(out.joined));
  out.affected_30s = std::min(std::max(affected, cannot_act), out.joined);
  const std::size_t step = curve_.size() / 200 + 1;
  for (std::size_t i = 0; i < curve_.size(); i += step) out.curve.push_back(curve_[i]);
  if (!curve_.empty() && out.curve.back().at != curve_.back().at) out.curve.back() = curve_.back();
  return out;
}

/// Room and participant records live in Redis and are used again when a room is opened on another
/// node, so they are kept as long as clients go to the same Redis; one record for each participant
/// and one for each room.
void Participants::add_ledger(Ledger& ledger, Offset end) const {
  LedgerStream stream{ComponentId::livekit_sfu, "room and participant records", {}};
  const auto records = static_cast<std::uint64_t>(counted_joined_ + context_.spec.load.meetings);
  const bool moved = dns_.in_use() != 0;
  const Offset last = moved ? std::min(sites_[0].redis.served_until(), end) : end;
  stream.runs.push_back({Offset::zero(), last, records, moved ? Fate::lost : Fate::kept});
  ledger.streams.push_back(std::move(stream));
}

}  // namespace drdrill::models
