#include <algorithm>

#include "models/participants.hpp"

/// What an outage did to people.
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

}  // namespace drdrill::models
