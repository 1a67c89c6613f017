#include "sim/study/replication.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "sim/study/parallel.hpp"

namespace drdrill::study {

std::optional<bool> ObjectiveOutcome::met() const {
  if (rto_met == false || rpo_met == false) return false;
  if (rto_met || rpo_met) return true;
  return std::nullopt;
}

Replicator::Replicator(const Scenario& scenario, const PlatformSpec& platform)
    : scenario_(scenario), world_(platform, scenario.start) {
  if (!scenario_.checklist_required) scenario_.checklist.clear();
}

const Outcome& Replicator::run(std::uint64_t seed, std::uint64_t replication) {
  const Recycler::Use recycled(memory_);
  DrillOptions options;
  options.seed = seed;
  options.replication = replication;
  world_.reset(seed, replication);
  runner_.run(scenario_, world_, options, journal_);
  take(judge(journal_));
  if (!std::exchange(stocked_, true)) memory_.stock_up();
  return outcome_;
}

void Replicator::take(const Judgement& judgement) {
  outcome_.replication = journal_.replication;
  outcome_.verdict = judgement.verdict;
  outcome_.severity = judgement.severity;
  outcome_.participant_minutes = journal_.impact.participant_minutes_lost;
  outcome_.objectives.clear();
  outcome_.causes.clear();
  for (const ObjectiveResult& result : judgement.objectives) {
    ObjectiveOutcome row;
    row.exercised = result.exercised;
    row.evaluated = result.evaluated;
    row.rto_met = result.rto.met;
    row.rpo_met = result.rpo.met;
    row.censored = result.rto.censored_at.has_value();
    row.on_estimates = result.rto.on_estimates;
    if (row.censored) {
      for (const Outage& outage : result.rto.outages)
        if (!outage.ended) row.rto = std::max(row.rto, *result.rto.censored_at - outage.began);
    } else {
      row.rto = result.rto.achieved.value_or(Duration{});
    }
    row.rpo_known = result.rpo.applicable && result.rpo.evaluated && result.rpo.achieved;
    row.rpo = result.rpo.achieved.value_or(Duration{});
    row.lost_writes = result.rpo.lost_writes;
    const auto index = static_cast<std::uint32_t>(outcome_.objectives.size());
    if (!row.censored)
      for (const CauseTime& time : result.rto.path) outcome_.causes.push_back({index, time});
    outcome_.objectives.push_back(row);
  }
}

std::vector<Outcome> replicate(const Scenario& scenario, const PlatformSpec& platform,
                               std::uint64_t seed, Range range, unsigned threads) {
  constexpr std::uint64_t block = 16;  // replications that a thread takes at a time
  std::vector<Outcome> rows(range.count);
  in_parallel((range.count + block - 1) / block, threads, [&]() -> Worker {
    auto replicator = std::make_shared<Replicator>(scenario, platform);
    return [&, replicator](std::size_t task) {
      const std::uint64_t end = std::min(range.count, (task + 1) * block);
      for (std::uint64_t i = task * block; i < end; ++i)
        rows[i] = replicator->run(seed, range.first + i);
    };
  });
  return rows;
}

}  // namespace drdrill::study
