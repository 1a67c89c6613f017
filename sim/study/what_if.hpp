#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/study/sweep.hpp"

/// What would change if a timer or a step took another time: variants of one scenario that are run
/// beside it with the same random numbers. Nothing is computed from shares here; each variant is
/// played, so what takes over when something is faster is in the result.
namespace drdrill::study {

/// A scenario with one thing changed, as a cell of a sweep.
struct Altered {
  SweepCell cell;
  std::shared_ptr<const Scenario> scenario;
  std::shared_ptr<const PlatformSpec> platform;

  Variant variant() const { return {scenario.get(), platform.get()}; }
};

/// The distribution with every value times `factor`.
Distribution scaled(const Distribution& distribution, double factor);

/// The parameter with less of what it says, or more: half and twice; a whole number stays whole and
/// does not become 0; 0 becomes 1; a share stays below 1; a switch is turned the other way. Nothing
/// where there is no less, or no more.
std::optional<Distribution> altered(const Parameter& parameter, bool more);

/// The runbook without a step: those that need it need what it needs.
Scenario without_step(const Scenario& scenario, std::uint32_t index);

/// The scenario itself (Change::base), then what is worth looking at: the parameters that matter
/// most to some objective's recovery, with less and more of each; and each step on a critical path
/// left out, with half of the person's time, and begun as early as those that it waits for.
/// `replications` of each. A few hundred runs say what is worth it: a parameter that few of them
/// depend on is looked at in those.
std::vector<Altered> what_ifs(const Scenario& scenario, const PlatformSpec& platform,
                              std::uint64_t seed, std::uint64_t replications, unsigned threads);

}  // namespace drdrill::study
