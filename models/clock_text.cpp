#include "models/clock_text.hpp"

#include <chrono>

namespace drdrill::models {
namespace {

constexpr std::int64_t ns_of_ms = 1'000'000;

std::string padded(std::int64_t value, std::size_t width) {
  std::string text = std::to_string(value);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

}  // namespace

std::string timestamp_text(const WallTime& start, Offset at) {
  const std::chrono::sys_time<Duration> instant{Duration(start.utc_ns) + at};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::int64_t ms = (instant - day).count() / ns_of_ms;
  return padded(static_cast<int>(date.year()), 4) + "-" +
         padded(static_cast<unsigned>(date.month()), 2) + "-" +
         padded(static_cast<unsigned>(date.day()), 2) + " " + padded(ms / 3'600'000, 2) + ":" +
         padded(ms / 60'000 % 60, 2) + ":" + padded(ms / 1'000 % 60, 2) + "." +
         padded(ms % 1'000, 3) + " UTC";
}

std::optional<Offset> timestamp_of(const WallTime& start, std::string_view text) {
  constexpr std::size_t whole = 19;  // "2026-11-23 06:01:00"
  if (text.size() < whole) return std::nullopt;
  std::string spelled(text.substr(0, whole));
  spelled[10] = 'T';
  const auto wall = parse_wall_time(spelled + "Z");
  if (!wall) return std::nullopt;
  std::int64_t fraction = 0;
  std::string_view rest = text.substr(whole);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    for (std::int64_t unit = 100'000'000; !rest.empty() && rest[0] >= '0' && rest[0] <= '9';
         unit /= 10) {
      fraction += unit * (rest[0] - '0');
      rest.remove_prefix(1);
    }
  }
  if (!rest.empty() && rest != " UTC" && rest != "Z" && rest != "+00") return std::nullopt;
  return Offset(wall->utc_ns - start.utc_ns + fraction);
}

}  // namespace drdrill::models
