#pragma once

#include <string>
#include <vector>

#include "scenarios/setting.hpp"
#include "sim/study/explore.hpp"

/// What a search found, as scenarios that are ready to be regression tests.
namespace drdrill::cli {

/// Makes the folder unless it is there. Throws UsageError when that fails, or when scenarios that
/// were found by a search of this one lie there already.
void prepare_folder(const std::string& folder, const std::string& scenario);

/// What was searched.
struct Explored {
  std::string path;
  std::vector<Setting> settings;  ///< made in what is written too
  const Scenario& scenario;
  std::uint64_t seed = 1;
};

/// Writes one scenario for each break into the folder, and beside it a platform laid on the
/// scenario's own where the break changes that. Each is loaded again and run: it must come to the
/// same, event by event. Returns the scenarios' paths.
std::vector<std::string> write_breaks(const std::string& folder, const Explored& explored,
                                      const study::Exploration& found);

}  // namespace drdrill::cli
