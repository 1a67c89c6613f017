#pragma once

#include <cstdint>
#include <memory>
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

/// The scenario itself (Change::base), then what is worth looking at: the parameters that a few
/// replications say matter most to some objective's recovery, halved and doubled, and each step on
/// a critical path begun as early as those that it waits for. `replications` of each.
std::vector<Altered> what_ifs(const Scenario& scenario, const PlatformSpec& platform,
                              std::uint64_t seed, std::uint64_t replications, unsigned threads);

}  // namespace drdrill::study
