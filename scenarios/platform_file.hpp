#pragma once

#include <span>

#include "scenarios/files.hpp"
#include "scenarios/loader.hpp"

/// A platform file with its parameter files. Internal to the loaders.
namespace drdrill {

/// Nothing when the file cannot be read at all; problems are added either way.
std::optional<PlatformSpec> read_platform(const std::string& path,
                                          std::span<const Setting> settings,
                                          std::span<const KnownParameter> known, Problems& problems,
                                          std::span<const std::string> parameter_files = {});

}  // namespace drdrill
