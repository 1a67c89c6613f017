#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/drill/comparison.hpp"

namespace drdrill::study {

/// What many simulated runs give for one quantity, in its unit. Runs in which it did not happen
/// count as infinitely late.
struct Prediction {
  std::uint32_t runs = 0;
  std::uint32_t missing = 0;   ///< it did not happen before the drill ended
  std::uint32_t unsteady = 0;  ///< of those: the steady state did not hold, so nothing was done
  double least = 0;
  double low = 0;  ///< 2.5th percentile
  double median = 0;
  double high = 0;  ///< 97.5th percentile
  double most = 0;
  double mean = 0;       ///< of the runs in which it happened
  double deviation = 0;  ///< of the same
  /// Half of the interval in which the mean lies with a confidence of 99.9 %; the deviation's.
  double mean_half_width = 0;
  double deviation_half_width = 0;
  std::vector<double> values;  ///< of all runs, in order
};

/// Told after each run: how many of how many are done.
using Progress = std::function<void(std::uint32_t done, std::uint32_t all)>;

/// Runs the comparison's scenario `runs` times (replications 0, 1, …) and measures its quantity.
/// The world must be able to do what the scenario asks (preflight).
Prediction predict(const Comparison& comparison, std::uint64_t seed, std::uint32_t runs,
                   const Progress& progress);

}  // namespace drdrill::study
