#pragma once

#include <span>

#include "sim/base/problem.hpp"
#include "sim/drill/comparison.hpp"

namespace drdrill::cli {

/// What the simulated world cannot do of what the comparisons ask.
Problems preflight_all(std::span<const Comparison> comparisons);

}  // namespace drdrill::cli
