#pragma once

#include <span>
#include <string>
#include <vector>

#include "scenarios/loader.hpp"
#include "sim/base/problem.hpp"
#include "sim/drill/comparison.hpp"

/// Files of kind validation: comparisons of the model with what somebody measured. Internal to the
/// loaders.
namespace drdrill {

/// The comparisons of a file with the scenarios and platforms that they name. What is no use is
/// left out; `problems` says why.
std::vector<Comparison> read_validation(const std::string& path,
                                        std::span<const KnownParameter> known, Problems& problems);

}  // namespace drdrill
