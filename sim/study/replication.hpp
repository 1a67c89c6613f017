#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "models/simulated_world.hpp"
#include "sim/drill/drill.hpp"
#include "sim/drill/journal.hpp"
#include "sim/drill/verdict.hpp"
#include "sim/study/recycler.hpp"

/// One simulated run of a scenario as a row of figures, and many of them on all cores: what sweeps,
/// comparisons and searches are made of.
///
/// Replication k of a scenario is the same whoever runs it: its random numbers depend on nothing
/// but (seed, k, purpose). Scenarios and platforms that differ in some value share those of every
/// purpose that both have, so rows of the same k can be compared in pairs (common random numbers):
/// give every variant the same seed and the same range.
namespace drdrill::study {

/// What became of one objective in one replication.
struct ObjectiveOutcome {
  /// The longest outage; 0: absorbed. When `censored`: how long the outage that was not over had
  /// lasted when the drill ended, so at least this much.
  Duration rto{};
  Duration on_estimates{};  ///< of that, what parameters set which are estimates
  Duration rpo{};           ///< meaningful when `rpo_known`
  std::uint64_t lost_writes = 0;
  bool exercised = false;
  bool evaluated = false;
  bool censored = false;   ///< not recovered within the drill
  bool rpo_known = false;  ///< there is state to lose, a ledger of it, and an end of the outage
  /// Absent: no target, not exercised, or nothing to judge it by.
  std::optional<bool> rto_met;
  std::optional<bool> rpo_met;

  /// False as soon as one target is missed; absent when nothing could be judged.
  std::optional<bool> met() const;
};

/// What one objective's longest outage owes to one cause; none for runs that were censored.
struct ObjectiveCause {
  std::uint32_t objective = 0;  ///< index into scenario.objectives
  CauseTime time;
};

/// One replication. Its vectors keep their memory when an Outcome is written over.
struct Outcome {
  std::uint64_t replication = 0;
  Verdict verdict = Verdict::inconclusive;
  Severity severity = Severity::sev3;
  double participant_minutes = 0;            ///< lost
  std::vector<ObjectiveOutcome> objectives;  ///< in the order of the scenario
  std::vector<ObjectiveCause> causes;        ///< by objective, then by cause
};

/// Runs replications of one scenario in one simulated world, one after the other, in one thread.
/// The platform must outlive it, and the world must be able to do what the scenario asks
/// (`preflight`, which sim/drill/drill.hpp has; Replicator::world() is the world to ask).
class Replicator {
 public:
  Replicator(const Scenario& scenario, const PlatformSpec& platform);

  /// The row is valid until the next call.
  const Outcome& run(std::uint64_t seed, std::uint64_t replication);
  /// Of the last run. A checklist that the scenario does not require is not filled in.
  const Journal& journal() const { return journal_; }
  const SimulatedWorld& world() const { return world_; }
  const Recycler& memory() const { return memory_; }

 private:
  void take(const Judgement& judgement);

  Recycler memory_;       ///< of replications; destroyed last
  bool stocked_ = false;  ///< the first has shown what memory they need
  Scenario scenario_;     ///< without a checklist that no verdict depends on
  SimulatedWorld world_;
  DrillRunner runner_;
  Journal journal_;
  Outcome outcome_;
};

/// Replications `first`, `first + 1`, …
struct Range {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

/// The rows of a range, in order of replication, computed by so many threads (0: all cores). The
/// result is the same for any number of them.
std::vector<Outcome> replicate(const Scenario& scenario, const PlatformSpec& platform,
                               std::uint64_t seed, Range range, unsigned threads = 0);

}  // namespace drdrill::study
