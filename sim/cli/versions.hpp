#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scenarios/bundle.hpp"
#include "scenarios/loader.hpp"
#include "sim/cli/cli.hpp"
#include "sim/cli/scratch.hpp"
#include "sim/study/regression.hpp"

namespace drdrill::cli {

/// A scenario as one side of a comparison has it.
struct Version {
  std::string name;  ///< the same on both sides for what is to be compared
  Bundle bundle;
  /// Replications 0, 1, … that were kept with it, if it comes from a baseline.
  std::vector<study::Outcome> kept;
};

/// What one side of a comparison was called: a scenario file, a folder of them, a platform or
/// runbook file to be laid into `scenarios`, a git revision ("origin/main"), or a path in one
/// ("v1.2:scenarios/node-failure.json"). A bare revision stands for the folder `scenarios` in it,
/// or for the path that the other side has. Throws UsageError and InputError.
/// `remarks`: what was left out of a folder.
std::vector<Version> find_versions(const std::string& given, const std::string& other,
                                   std::span<const std::string> scenarios, Scratch& scratch,
                                   const Context& context, std::vector<std::string>& remarks);

/// The bundle as it can be run. Throws InputError with the names that people know the files by.
LoadedScenario load_bundle(const Bundle& bundle, Scratch& scratch);

}  // namespace drdrill::cli
