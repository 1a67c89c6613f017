#pragma once

#include <cstdint>
#include <vector>

#include "sim/study/replication.hpp"

/// What replications depended on, and what tells apart whether two of them were the same.
namespace drdrill::study {

struct Traces {
  std::vector<std::uint64_t> fingerprints;  ///< by replication
  std::vector<ParameterId> exercised;       ///< ascending: that some replication depended on
};

/// Runs the range on so many threads (0: all cores); the result is the same for any number.
Traces trace(const Scenario& scenario, const PlatformSpec& platform, std::uint64_t seed,
             Range range, unsigned threads = 0);

}  // namespace drdrill::study
