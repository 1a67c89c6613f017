#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Time in drdrill is an integer count of nanoseconds, in every world.
namespace drdrill {

/// A length of time.
using Duration = std::chrono::nanoseconds;
/// An instant, as the time since the start of the drill. Negative before it.
using Offset = std::chrono::nanoseconds;

inline constexpr Offset never = Offset::max();

constexpr double to_seconds(Duration d) {
  return static_cast<double>(d.count()) / 1e9;
}

/// The nearest whole nanosecond (ties away from zero); saturates at the ends of the range. What is
/// not a number is never over: it gives Duration::max().
Duration from_seconds(double seconds);

/// Reads "5m", "300s", "1h30m", "250ms", "0.5s", "2d", and "0". Units: d h m s ms us ns, largest
/// first, each at most once. No sign, no spaces; a point has digits on both sides. Nothing when it
/// is no duration or exceeds 100 years (36525d).
std::optional<Duration> parse_duration(std::string_view text);

/// For people: "5m 00s", "1h 05m 00s", "8.2 s", "250 ms", "0 s".
std::string format_duration(Duration d);

/// In the form that parse_duration reads, exact: "5m", "1h30m", "250ms". Negative durations cannot
/// be spelled and give "0".
std::string spell_duration(Duration d);

/// A wall-clock instant of the platform, used for schedules and for who is awake: nanoseconds since
/// 1970-01-01T00:00:00Z, with the offset of local time.
struct WallTime {
  std::int64_t utc_ns = 0;
  int utc_offset_minutes = 0;
};

/// Reads "2026-11-23T14:00:00+07:00" (RFC 3339, seconds without fraction). Nothing when it is no
/// such time, or one that nanoseconds in 64 bits cannot hold (before 1677 or after 2262).
std::optional<WallTime> parse_wall_time(std::string_view text);

/// "14:00:30" of the local day `offset` after `start`; whole seconds, rounded down.
std::string format_clock(const WallTime& start, Offset offset);

}  // namespace drdrill
