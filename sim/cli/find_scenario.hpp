#pragma once

#include <string>
#include <vector>

#include "sim/cli/cli.hpp"

namespace drdrill::cli {

/// The folders that shipped scenarios are looked for in, those that exist, in order: the one that
/// the user named (DRDRILL_SCENARIOS), ./scenarios, and those that the build knows.
std::vector<std::string> scenario_folders(const Context& context);

/// The files of a folder that end in ".json", in order of name.
std::vector<std::string> json_files(const std::string& folder);

/// A path as it is; for a bare name like "node-failure" the shipped file of that name. Throws
/// UsageError, with the nearest name, when there is none.
std::string find_scenario(const std::string& name_or_path, const Context& context);

/// The same for platforms, which lie in `platforms` there.
std::string find_platform(const std::string& name_or_path, const Context& context);

}  // namespace drdrill::cli
