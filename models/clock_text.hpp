#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/base/time.hpp"

/// Instants as PostgreSQL writes and reads them, in UTC.
namespace drdrill::models {

/// "2026-11-23 06:01:00.123 UTC", rounded down to a millisecond.
std::string timestamp_text(const WallTime& start, Offset at);
/// Reads "2026-11-23 06:01:00", with a fraction and "UTC", "Z" or "+00" behind it or not.
std::optional<Offset> timestamp_of(const WallTime& start, std::string_view text);

}  // namespace drdrill::models
