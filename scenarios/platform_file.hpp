#pragma once

#include <span>

#include "scenarios/files.hpp"
#include "scenarios/loader.hpp"

/// A platform file with its parameter files. Internal to the loaders.
namespace drdrill {

/// The file laid upon what it is based on, with its settings: those of "/parameters/ID" become
/// overrides, a backup's schedule also becomes that of the CronJobs of its name.
std::optional<Document> open_platform(const std::string& path, std::span<const Setting> settings,
                                      std::span<const KnownParameter> known, Problems& problems);

/// Nothing when the file cannot be read at all; problems are added either way.
std::optional<PlatformSpec> read_platform(const std::string& path,
                                          std::span<const Setting> settings,
                                          std::span<const KnownParameter> known, Problems& problems,
                                          std::span<const std::string> parameter_files = {});

}  // namespace drdrill
