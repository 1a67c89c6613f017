#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/cli/versions.hpp"

namespace drdrill::cli {

/// A result that was kept: the scenarios with the text of all their files, what each replication
/// gave, and the models that ran them.
struct Baseline {
  std::string models;  ///< model_version()
  std::string head;    ///< what it was made of
  std::uint64_t seed = 1;
  std::uint32_t replications = 0;
  std::vector<Version> versions;
};

/// Throws InputError.
Baseline load_baseline(const std::string& file);

/// As text, for a file of its own.
std::string to_text(const Baseline& baseline);

}  // namespace drdrill::cli
