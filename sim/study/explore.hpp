#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/study/explore_cases.hpp"

/// A search for what breaks an objective that the scenario itself meets: every ingredient alone at
/// every instant, then pairs, then whatever comes of changing the combinations that came nearest to
/// a target. Of pairs, those are looked at that stand for all (explore_pairs.hpp). Each break is
/// shrunk to the smallest combination that still misses the same target at the same seed. The
/// result depends on the seed and the budget, not on the number of threads.
namespace drdrill::study {

/// One target of one objective.
struct TargetId {
  std::uint32_t objective = 0;  ///< index into scenario.objectives
  bool rpo = false;
  auto operator<=>(const TargetId&) const = default;
};

/// What a run says of a target.
struct TargetState {
  bool held = false;    ///< met, or the component was not touched
  bool missed = false;  ///< neither: nothing to judge it by
  /// Of the target: 0 absorbed, 1 at the limit; above that missed. 2 when nothing recovered.
  double share = 0;
  std::optional<Duration> achieved;  ///< absent: not recovered, or not judged
};

struct Break {
  Combination picks;
  std::vector<TargetId> targets;    ///< what it misses, ascending; not all that it might miss
  std::vector<TargetState> states;  ///< of these
  std::vector<std::uint64_t> replication;  ///< likewise: the first one that misses it most
  Combination found_as;                    ///< before it was shrunk
  std::uint64_t fingerprint = 0;           ///< of the run of replication 0
  /// For an ingredient alone: at how many of the instants looked at it misses one of the targets.
  std::uint64_t instants_missed = 0, instants_looked_at = 0;
};

/// How far one part of the search went.
struct Coverage {
  std::uint64_t looked_at = 0;
  std::uint64_t all = 0;  ///< 0: without an end
  bool complete() const { return looked_at == all; }
};

struct Exploration {
  Space space;
  std::vector<TargetId> held;    ///< what the plain scenario does not miss; these can be broken
  std::vector<TargetId> missed;  ///< what it misses anyway
  Coverage singles, pairs, guided;
  /// Pairs of ingredients that are looked at, and those that are not: every target that is held is
  /// missed by one of them alone, or is nothing that both have to do with; or one of them is never
  /// in force.
  std::uint64_t pairs_of_ingredients = 0;
  std::uint64_t pairs_like_others = 0;  ///< one of those that are looked at stands for them
  std::uint64_t pairs_left_out = 0;
  std::uint64_t pairs_of_nothing = 0;
  std::uint64_t shrinking_runs = 0;  ///< beside the budget
  std::vector<Break> breaks;         ///< fewest ingredients first
};

struct ExploreOptions {
  std::uint64_t seed = 1;
  std::uint64_t budget = 2'000;    ///< cases; shrinking takes some more
  std::uint64_t replications = 1;  ///< of each case: 0, 1, …; one that misses a target is enough
  unsigned most = 4;               ///< ingredients in a combination; 1: only alone, 2: pairs
  unsigned threads = 0;
  std::vector<std::string> only{};  ///< as SpaceOptions has it
  Duration transient = SpaceOptions{}.transient;
  NextFiring next_firing{};
  std::function<void(std::uint64_t done, std::uint64_t all, std::size_t breaks)> watch;
};

/// The world must be able to do what the scenario asks (preflight).
Exploration explore(const Scenario& scenario, const PlatformSpec& platform,
                    const ExploreOptions& options);

/// "postgres.rpo"
std::string spelled(const Scenario& scenario, TargetId target);

}  // namespace drdrill::study
