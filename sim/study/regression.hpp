#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/study/interval.hpp"
#include "sim/study/paired.hpp"
#include "sim/study/replication.hpp"

/// Did recovery get worse between two versions of a scenario? Values only, so that reports need
/// nothing else.
///
/// For each objective four things are compared over pairs of replications: the 95th percentile of
/// RTO and of RPO (exchange test), how often a target is missed and how often the objective is
/// exercised at all (exact sign test). All of them, over all scenarios, are one family for Holm's
/// correction; what is the same in every pair cannot raise an alarm and does not count. Something
/// is worse when it is so beyond chance, at the level, and either by more than the tolerance or so
/// that a target which held in 95 % of runs no longer does.
///
/// Both sides are held against the targets of the base (of the head, where the base has none): a
/// change cannot pass by asking for less. A target that is weaker than before, or gone, is worse by
/// itself.
namespace drdrill::study {

enum class Figure : std::uint8_t { rto, rpo, missed, exercised, rto_target, rpo_target };
/// "RTO p95", "RPO p95", "missed", "exercised", "RTO target", "RPO target"
std::string_view figure_name(Figure figure);
inline constexpr double held_share = 0.95;  ///< of runs; "met" and the percentile that is shown

struct Tolerance {
  double share = 0.01;  ///< of the value before; for shares of runs, of all runs
  Duration time{};      ///< and beside it this much
};

/// A changed value that explains a difference.
struct Blame {
  std::uint32_t change = 0;  ///< index into ScenarioRegression::changes
  double share = 1;          ///< of the difference
  bool alone = true;         ///< makes it by itself; else it vanishes without this change
};

struct RegressionRow {
  enum class State : std::uint8_t { same, within_tolerance, better, worse };

  ComponentId component = ComponentId::platform;
  Figure figure = Figure::rto;
  Objective judged_by;             ///< the targets that both sides are held against
  std::optional<Duration> target;  ///< of RTO p95 and RPO p95, one of these
  std::int64_t before = 0;         ///< RTO, RPO: nanoseconds or infinite_value
  std::int64_t after = 0;          ///< of a target, infinite_value: there is none
  Share share_before;              ///< missed, exercised: so many runs
  Share share_after;
  std::optional<DifferenceInterval> interval;  ///< 99 %; where chance is unlikely
  bool differs = false;                        ///< in any pair
  double worse_chance = 1;                     ///< uncorrected
  double better_chance = 1;
  double chance = 1;  ///< corrected, of the direction that the figures show
  State state = State::same;
  bool stopped_being_met = false;
  std::optional<std::uint32_t> waiver;  ///< index into Regression::waivers
  std::vector<Blame> because;

  bool is_share() const { return figure == Figure::missed || figure == Figure::exercised; }
  bool is_target() const { return figure == Figure::rto_target || figure == Figure::rpo_target; }
  /// How much worse; negative: better. Shares as shares, times in seconds.
  double rise() const;
};

struct ChangedValue {
  std::string pointer;
  std::string before;
  std::string after;
  SourcePlace place;
};

struct ScenarioRegression {
  std::string name;  ///< its file, from where both sides have theirs
  std::string file;  ///< of the head, or of the base when it is gone
  enum class Presence : std::uint8_t { both, added, removed } presence = Presence::both;
  std::vector<RegressionRow> rows;  ///< by objective of the head, then those that are gone
  std::vector<ChangedValue> changes;
  std::optional<std::uint32_t> waiver;  ///< of the removal
  /// So many replications were looked at when none of them depended on what changed, so that more
  /// were not run; 0: all were.
  std::uint64_t independent_of_changes = 0;
};

struct Waiver {
  std::string scenario;   ///< a name as reports show it; empty: all, of that component
  std::string component;  ///< empty: all, of that scenario
  std::string reason;
  std::string expires;  ///< "2026-12-31", the last day on which it holds
  SourcePlace place;
  bool expired = false;
  bool used = false;
};

struct Regression {
  std::uint64_t seed = 1;
  std::uint32_t replications = 0;
  Tolerance tolerance;
  double level = 0.01;
  std::string base;  ///< as it was given
  std::string head;
  std::vector<ScenarioRegression> scenarios;
  std::vector<Waiver> waivers;
  std::vector<std::string> remarks;

  std::size_t count(RegressionRow::State state) const;
  /// Nothing is worse or gone that no waiver covers, and no waiver has expired.
  bool holds() const;
};

/// A version of a scenario, run.
struct Variant {
  std::vector<Objective> objectives;
  std::vector<Outcome> outcomes;
};

/// The rows of one scenario; both have the same range of replications. Of an objective that is
/// gone, its targets are. Not yet corrected for their number.
std::vector<RegressionRow> compare_variants(const Variant& before, const Variant& after,
                                            std::uint64_t seed, std::uint32_t exchanges = 9'999);

/// So many exchanges that after a correction for `tests` tests a chance can still be below the
/// level, and at least 9,999.
std::uint32_t exchanges_for(std::size_t tests, double level);

/// Corrects all rows and says what each is; then the waivers are laid over them.
void settle(Regression& regression);

/// The base with those changes for which `made` is true; nothing where that is no sound scenario.
/// With `outcomes` it is run, the same replications as base and head.
using RunVariant =
    std::function<std::optional<Variant>(const std::vector<bool>& made, bool outcomes)>;

/// Finds for each row that is worse the changes that explain at least half of it: made one by one
/// to the base and, where none does, taken one by one from the head. A single change needs no run.
void find_causes(ScenarioRegression& scenario, const RunVariant& run);

/// What the row's figure comes to in a variant: seconds of the percentile or the target, or the
/// share of runs.
double figure_of(const RegressionRow& row, const Variant& variant);

}  // namespace drdrill::study
