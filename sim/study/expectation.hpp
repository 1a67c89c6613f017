#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/drill/platform.hpp"
#include "sim/drill/scenario.hpp"
#include "sim/drill/verdict.hpp"

/// What simulation expects of a drill before it is done live: each objective's figures over many
/// runs.
namespace drdrill::study {

/// Figures of many runs, in seconds, in order. Those in which it did not end are infinite.
using Figures = std::vector<double>;

/// The value that the share `p` of the figures does not pass. `figures` is not empty.
double quantile(const Figures& figures, double p);

struct Expected {
  ComponentId component = ComponentId::platform;
  Figures rto;
  Figures rpo;  ///< empty: no state to lose, or no ledger
};

/// Runs the scenario `runs` times (replications 0, 1, …); one for each objective, in their order.
std::vector<Expected> expect(const Scenario& scenario, const PlatformSpec& platform,
                             std::uint64_t seed, std::uint32_t runs);

/// How often each verdict came, by its number.
using VerdictCounts = std::array<std::uint32_t, verdict_count>;
/// The verdicts of `runs` runs of the scenario.
VerdictCounts expect_verdicts(const Scenario& scenario, const PlatformSpec& platform,
                              std::uint64_t seed, std::uint32_t runs);

}  // namespace drdrill::study
