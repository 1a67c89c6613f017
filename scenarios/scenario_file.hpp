#pragma once

#include "scenarios/files.hpp"
#include "scenarios/loader.hpp"

/// A scenario file with what it names. Internal to the loaders.
namespace drdrill {

/// As load_value().
std::optional<Value> read_value(const std::string& path, std::span<const Setting> settings,
                                std::string_view pointer);

LoadedScenario read_scenario(const std::string& path, std::span<const Setting> settings,
                             std::span<const KnownParameter> known, Problems& problems,
                             std::span<const std::string> parameter_files = {});

}  // namespace drdrill
