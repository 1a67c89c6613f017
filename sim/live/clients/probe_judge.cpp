#include "sim/live/clients/probe_judge.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace drdrill::live {
namespace {

constexpr double share_min = 0.995;
constexpr Duration p95_limit = std::chrono::milliseconds(200);

}  // namespace

/// Of what succeeded; a window without success has no p95 worth a name.
bool ProbeJudge::fast_enough(const std::deque<Counted>& requests) {
  std::vector<Duration> took;
  for (const auto& [request, since] : requests)
    if (request.outcome == Outcome::ok) took.push_back(request.answered - request.asked);
  if (took.empty()) return false;
  // The smallest value that at least 95 % do not exceed.
  const std::size_t rank = (took.size() * 95 + 99) / 100 - 1;
  std::nth_element(took.begin(), took.begin() + static_cast<std::ptrdiff_t>(rank), took.end());
  return took[rank] < p95_limit;
}

ProbeJudge::Reading ProbeJudge::alone(const Answered& answered) const {
  if (answered.outcome == Outcome::ok) return {answered.answered, Answer::holds, 1, since_};
  if (answered.outcome == Outcome::unable) return {answered.asked, Answer::unanswered, 0, since_};
  return {answered.asked, Answer::fails, 0, since_};
}

ProbeJudge::Reading ProbeJudge::last_second(const Answered& answered) {
  if (answered.outcome == Outcome::unable) return {answered.asked, Answer::unanswered, 0, since_};
  window_.push_back({answered, since_});
  while (window_.front().answered.asked <= answered.asked - judged_second) window_.pop_front();
  const auto succeeded = std::count_if(window_.begin(), window_.end(), [](const Counted& c) {
    return c.answered.outcome == Outcome::ok;
  });
  const double share = static_cast<double>(succeeded) / static_cast<double>(window_.size());
  const Counted& first = window_.front();
  if (share >= share_min && fast_enough(window_))
    return {first.answered.answered, Answer::holds, share, first.since};
  return {answered.asked, Answer::fails, share, since_};
}

std::optional<Sample> ProbeJudge::take(const Answered& answered) {
  if (!std::exchange(asked_before_, true)) since_ = answered.asked;
  const Reading reading = over_a_second_ ? last_second(answered) : alone(answered);
  since_ = answered.asked;
  if (last_ && last_->answer == reading.answer) return std::nullopt;
  const Offset at = last_ ? std::max(reading.at, last_->at) : reading.at;
  last_ = Sample{at, kind_, reading.answer, reading.value,
                 last_ ? std::max(at - reading.since, Duration::zero()) : Duration::zero()};
  return last_;
}

}  // namespace drdrill::live
