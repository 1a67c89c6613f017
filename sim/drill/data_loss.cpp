#include <algorithm>

#include "sim/drill/checkers.hpp"

namespace drdrill {

namespace {

/// The first instant at or after the first injection at which the component's data path failed.
std::optional<Offset> first_failure(const Chronicle& chronicle, ComponentId component) {
  const auto probe = steady_probe_of(component);
  if (!probe) return std::nullopt;
  const auto& samples = chronicle.answers[static_cast<std::size_t>(*probe)].samples;
  auto failed = std::find_if(samples.begin(), samples.end(),
                             [](const Sample& s) { return s.answer == Answer::fails; });
  if (failed == samples.end()) return std::nullopt;
  return failed->at;
}

struct Lost {
  std::uint64_t count = 0;
  Offset oldest = never;
  Offset newest = Offset::min();
};

/// Of the records that were acknowledged before the tool began to undo what it did: what a system
/// that comes back with the undo acknowledges is no loss of the recovery.
Lost lost_of(const LedgerStream& stream, Offset undo) {
  Lost lost;
  for (const LedgerRun& run : stream.runs) {
    if (run.fate != Fate::lost || run.count == 0 || run.first >= undo) continue;
    const Offset last = std::min(run.last, undo);
    const Duration length = run.last - run.first;
    const double part =
        length > Duration::zero() ? to_seconds(last - run.first) / to_seconds(length) : 1;
    lost.count += static_cast<std::uint64_t>(static_cast<double>(run.count) * part);
    lost.oldest = std::min(lost.oldest, run.first);
    lost.newest = std::max(lost.newest, last);
  }
  return lost;
}

Duration span_of(const Lost& lost, std::optional<Offset> failed) {
  if (lost.count == 0) return Duration{};
  return std::max(failed.value_or(lost.newest), lost.newest) - lost.oldest;
}

void count(const LedgerStream& stream, RpoResult& result) {
  for (const LedgerRun& run : stream.runs) {
    if (run.fate == Fate::unacknowledged)
      result.unacknowledged_survivors += run.count;
    else
      result.acknowledged += run.count;
  }
}

}  // namespace

RpoResult data_loss(const Chronicle& chronicle, const Objective& objective, bool recovered) {
  RpoResult result;
  result.applicable = has_state_to_lose(objective.component);
  if (!result.applicable) return result;
  result.target = objective.rpo;
  result.evaluated = false;
  Duration worst{};
  const auto failed = first_failure(chronicle, objective.component);
  for (const LedgerStream& stream : chronicle.journal->ledger.streams) {
    if (stream.component != objective.component) continue;
    result.evaluated = true;
    count(stream, result);
    const Lost lost = lost_of(stream, chronicle.undo);
    result.lost_writes += lost.count;
    const Duration span = span_of(lost, failed);
    if (lost.count > 0 && (result.worst_stream.empty() || span > worst))
      result.worst_stream = stream.name;
    worst = std::max(worst, span);
  }
  if (!result.evaluated) return result;
  if (recovered) result.achieved = worst;
  if (objective.rpo) result.met = recovered && worst <= *objective.rpo;
  return result;
}

}  // namespace drdrill
