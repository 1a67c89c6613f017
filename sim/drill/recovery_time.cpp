#include <algorithm>

#include "sim/drill/checkers.hpp"
#include "sim/drill/critical_path.hpp"

namespace drdrill {

namespace {

bool within(const Chronicle& chronicle, std::span<const Outage> outages, Duration target) {
  return std::all_of(outages.begin(), outages.end(), [&](const Outage& o) {
    return o.ended && end_of(chronicle, o) - o.began <= target;
  });
}

bool had_unanswered(const Chronicle& chronicle, ComponentId component) {
  const auto probe = steady_probe_of(component);
  if (!probe) return false;
  const Answers& answers = chronicle.answers[static_cast<std::size_t>(*probe)];
  return answers.before == Answer::unanswered ||
         std::any_of(answers.samples.begin(), answers.samples.end(),
                     [](const Sample& s) { return s.answer == Answer::unanswered; });
}

/// Absent when unanswered probes hide which it is: met if they are read one way, missed if the
/// other.
std::optional<bool> is_met(const Chronicle& chronicle, const Objective& objective,
                           std::span<const Outage> outages) {
  if (!had_unanswered(chronicle, objective.component))
    return within(chronicle, outages, *objective.rto);
  auto met = [&](Unanswered unanswered) {
    return within(chronicle, find_outages(chronicle, objective.component, unanswered),
                  *objective.rto);
  };
  if (met(Unanswered::as_fails)) return true;
  if (!met(Unanswered::as_holds)) return false;
  return std::nullopt;
}

}  // namespace

const Outage* decisive_outage(std::span<const Outage> outages) {
  const Outage* longest = nullptr;
  for (const Outage& outage : outages) {
    if (!outage.ended) return &outage;
    if (!longest || *outage.ended - outage.began > *longest->ended - longest->began)
      longest = &outage;
  }
  return longest;
}

bool is_evaluated(const Chronicle& chronicle, ComponentId component) {
  const auto probe = steady_probe_of(component);
  if (!probe || !chronicle.first_injection) return false;
  const Answers& answers = chronicle.answers[static_cast<std::size_t>(*probe)];
  if (answers.before != Answer::unanswered) return answers.before == Answer::holds;
  return std::any_of(answers.samples.begin(), answers.samples.end(),
                     [](const Sample& s) { return s.answer != Answer::unanswered; });
}

RtoResult recovery_time(const Chronicle& chronicle, const Objective& objective, bool evaluated) {
  RtoResult result;
  result.target = objective.rto;
  if (!evaluated) return result;
  result.outages = find_outages(chronicle, objective.component);
  Duration longest{};
  for (Outage& outage : result.outages) {
    outage.preceded_by = what_preceded(chronicle, outage);
    outage.parts = break_down(chronicle, objective.component, outage);
    const Duration took = end_of(chronicle, outage) - outage.began;
    result.sum += took;
    if (took > longest)
      result.uncertainty = std::max(outage.may_have_begun_earlier, outage.may_have_ended_earlier);
    longest = std::max(longest, took);
    if (!outage.ended) result.censored_at = censored_at(chronicle, outage);
  }
  if (const Outage* decisive = decisive_outage(result.outages)) {
    CriticalPath path;
    result.path = path.walk(*chronicle.journal, *decisive);
    result.on_estimates = time_on_estimates(*chronicle.journal, result.path);
  }
  if (!result.censored_at) result.achieved = longest;
  if (objective.rto) result.met = is_met(chronicle, objective, result.outages);
  return result;
}

}  // namespace drdrill
