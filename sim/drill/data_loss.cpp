#include <algorithm>

#include "sim/drill/checkers.hpp"

namespace drdrill {

namespace {

/// A loss whose newest record was acknowledged so shortly before the undo had not ended by then:
/// writers make several records a second.
constexpr Duration still_going = std::chrono::seconds(1);

/// The first answer at or after the first injection by which the component's data path failed.
std::optional<Sample> first_failure(const Chronicle& chronicle, ComponentId component) {
  const auto probe = steady_probe_of(component);
  if (!probe) return std::nullopt;
  const auto& samples = chronicle.answers[static_cast<std::size_t>(*probe)].samples;
  auto failed = std::find_if(samples.begin(), samples.end(),
                             [](const Sample& s) { return s.answer == Answer::fails; });
  if (failed == samples.end()) return std::nullopt;
  return *failed;
}

struct Lost {
  std::uint64_t count = 0;
  std::uint64_t after_undo = 0;
  Offset oldest = never;
  Offset newest = Offset::min();

  bool goes_on(Offset undo) const { return count > 0 && newest >= undo - still_going; }
};

/// A run that the undo falls into counts by the share of its time; worlds that know better end
/// their runs there.
Lost lost_of(const LedgerStream& stream, Offset undo) {
  Lost lost;
  for (const LedgerRun& run : stream.runs) {
    if (run.fate != Fate::lost || run.count == 0) continue;
    if (run.first >= undo) {
      lost.after_undo += run.count;
      continue;
    }
    const Offset last = std::min(run.last, undo);
    const Duration length = run.last - run.first;
    const double part =
        length > Duration::zero() ? to_seconds(last - run.first) / to_seconds(length) : 1;
    const auto before = static_cast<std::uint64_t>(static_cast<double>(run.count) * part);
    lost.count += before;
    lost.after_undo += run.count - before;
    lost.oldest = std::min(lost.oldest, run.first);
    lost.newest = std::max(lost.newest, last);
  }
  return lost;
}

Duration span_of(const Lost& lost, const std::optional<Sample>& failed) {
  if (lost.count == 0) return Duration{};
  return std::max(failed ? failed->at : lost.newest, lost.newest) - lost.oldest;
}

/// Its ends are known to one record, and to one question where it ends with the first failure.
Duration uncertainty_of(const Lost& lost, const std::optional<Sample>& failed,
                        const LedgerStream& stream) {
  if (lost.count == 0) return {};
  const bool ends_with_failure = failed && failed->at > lost.newest;
  return std::max(stream.resolution(), ends_with_failure ? failed->slack : Duration{});
}

void count(const LedgerStream& stream, RpoResult& result) {
  for (const LedgerRun& run : stream.runs) {
    if (run.fate == Fate::unacknowledged)
      result.unacknowledged_survivors += run.count;
    else
      result.acknowledged += run.count;
    if (run.fate == Fate::unread) result.unread += run.count;
  }
}

/// What the worst stream lost, and how.
struct Worst {
  Duration span{};
  bool goes_on = false;
};

Worst worst_loss(const Chronicle& chronicle, const Objective& objective, RpoResult& result) {
  Worst worst;
  const auto failed = first_failure(chronicle, objective.component);
  for (const LedgerStream& stream : chronicle.journal->ledger.streams) {
    if (stream.component != objective.component) continue;
    result.evaluated = true;
    count(stream, result);
    result.resolution = std::max(result.resolution, stream.resolution());
    const Lost lost = lost_of(stream, chronicle.undo);
    result.lost_writes += lost.count;
    result.lost_after_undo += lost.after_undo;
    worst.goes_on = worst.goes_on || lost.goes_on(chronicle.undo);
    const Duration span = span_of(lost, failed);
    if (lost.count > 0 && (result.worst_stream.empty() || span > worst.span)) {
      result.worst_stream = stream.name;
      result.uncertainty = uncertainty_of(lost, failed, stream);
    }
    worst.span = std::max(worst.span, span);
  }
  return worst;
}

}  // namespace

RpoResult data_loss(const Chronicle& chronicle, const Objective& objective, bool recovered) {
  RpoResult result;
  result.applicable = has_state_to_lose(objective.component);
  if (!result.applicable) return result;
  result.target = objective.rpo;
  result.evaluated = false;
  const Worst worst = worst_loss(chronicle, objective, result);
  if (!result.evaluated) return result;
  if (recovered && worst.goes_on) result.at_least = worst.span;
  if (recovered && !worst.goes_on) result.achieved = worst.span;
  const bool met = recovered && !worst.goes_on && objective.rpo && worst.span <= *objective.rpo;
  // What nobody could read may be lost as well: that is no met objective, and no figure.
  if (result.unread > 0 && recovered) {
    result.achieved.reset();
    result.evaluated = objective.rpo && !met;
    if (result.evaluated) result.at_least = worst.span;
  }
  if (objective.rpo && result.evaluated) result.met = met;
  return result;
}

}  // namespace drdrill
