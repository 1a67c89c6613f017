#pragma once

#include <optional>
#include <string>

#include "sim/study/sweep.hpp"

/// Parts of sweeps in files. A file is replaced in one go, so whoever is killed leaves the last
/// one.
namespace drdrill::cli {

/// Throws UsageError when it cannot be written.
void save_part(const std::string& path, const study::SweepPart& part);

/// Nothing when there is no such file. Throws UsageError when it is no part of a sweep.
std::optional<study::SweepPart> load_part(const std::string& path);

/// There need be no such file.
void remove_part(const std::string& path);

/// In which way two sweeps differ: "its seed is 2, not 1". Empty when they do not.
std::string difference(const study::SweepHead& one, const study::SweepHead& other);

/// The command that does a shard: "drdrill sweep … --shard 1/4 -o FILE".
std::string command_for(const study::SweepHead& head, const study::Shard& shard,
                        const std::string& file);

}  // namespace drdrill::cli
