#include "sim/live/clients/probe_judge.hpp"

#include <algorithm>
#include <vector>

namespace drdrill::live {
namespace {

constexpr double share_min = 0.995;
constexpr Duration p95_limit = std::chrono::milliseconds(200);

/// Of what succeeded; a window without success has no p95 worth a name.
bool fast_enough(const std::deque<Answered>& requests) {
  std::vector<Duration> took;
  for (const Answered& request : requests)
    if (request.outcome == Outcome::ok) took.push_back(request.answered - request.asked);
  if (took.empty()) return false;
  // The smallest value that at least 95 % do not exceed.
  const std::size_t rank = (took.size() * 95 + 99) / 100 - 1;
  std::nth_element(took.begin(), took.begin() + static_cast<std::ptrdiff_t>(rank), took.end());
  return took[rank] < p95_limit;
}

}  // namespace

ProbeJudge::Reading ProbeJudge::alone(const Answered& answered) {
  if (answered.outcome == Outcome::ok) return {answered.answered, Answer::holds, 1};
  if (answered.outcome == Outcome::unable) return {answered.asked, Answer::unanswered, 0};
  return {answered.asked, Answer::fails, 0};
}

ProbeJudge::Reading ProbeJudge::last_second(const Answered& answered) {
  if (answered.outcome == Outcome::unable) return {answered.asked, Answer::unanswered, 0};
  window_.push_back(answered);
  while (window_.front().asked <= answered.asked - judged_second) window_.pop_front();
  const auto succeeded = std::count_if(window_.begin(), window_.end(),
                                       [](const Answered& a) { return a.outcome == Outcome::ok; });
  const double share = static_cast<double>(succeeded) / static_cast<double>(window_.size());
  if (share >= share_min && fast_enough(window_))
    return {window_.front().answered, Answer::holds, share};
  return {answered.asked, Answer::fails, share};
}

std::optional<Sample> ProbeJudge::take(const Answered& answered) {
  const Reading reading = over_a_second_ ? last_second(answered) : alone(answered);
  if (last_ && last_->answer == reading.answer) return std::nullopt;
  const Offset at = last_ ? std::max(reading.at, last_->at) : reading.at;
  last_ = Sample{at, kind_, reading.answer, reading.value};
  return last_;
}

}  // namespace drdrill::live
