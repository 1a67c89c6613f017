#pragma once

#include <string>
#include <vector>

#include "sim/study/regression.hpp"

namespace drdrill::cli {

/// Differences that people accept for a time:
///   {"waivers": [{"scenario": "node-failure", "component": "api", "reason": "…",
///                 "expires": "2026-12-31"}]}
/// Without "scenario" or "component": all of them. `today`: "2026-11-23". Throws InputError.
std::vector<study::Waiver> load_waivers(const std::string& file, const std::string& today);

/// Today's date in UTC, unless one was given. Throws UsageError for what is no date.
std::string day_or_today(const std::string& given);

}  // namespace drdrill::cli
