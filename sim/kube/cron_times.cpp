#include "sim/kube/cron_times.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <span>
#include <string>
#include <utility>

namespace drdrill::kube {
namespace {

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> day_names{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> nicknames{{
    {"@hourly", "0 * * * *"},
    {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"},
    {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
}};
/// Minutes east of UTC, all year.
constexpr std::array<std::pair<std::string_view, int>, 8> zones{{
    {"", 0},
    {"UTC", 0},
    {"Etc/UTC", 0},
    {"Asia/Jakarta", 7 * 60},
    {"Asia/Singapore", 8 * 60},
    {"Asia/Tokyo", 9 * 60},
    {"Asia/Kolkata", 5 * 60 + 30},
    {"Asia/Dubai", 4 * 60},
}};

std::string_view take(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::optional<int> number(std::string_view text, std::span<const std::string_view> names, int low) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == lower) return low + static_cast<int>(i);
  int value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

/// Sets the bits that a field names. False when it is ill-formed.
template <std::size_t N>
bool set_bits(std::string_view field, int low, int high, std::span<const std::string_view> names,
              std::bitset<N>& bits) {
  while (!field.empty()) {
    std::string_view range = take(field, ',');
    const std::string_view ends = take(range, '/');
    const bool stepped = !range.empty();
    const auto step = stepped ? number(range, {}, 0) : std::optional(1);
    std::string_view rest = ends;
    const std::string_view first = take(rest, '-');
    const bool all = first == "*" || first == "?";
    const auto from = all ? std::optional(low) : number(first, names, low);
    std::optional<int> to = from;
    if (!rest.empty())
      to = number(rest, names, low);
    else if (all || stepped)
      to = high;
    if (!from || !to || !step || *step < 1 || *from < low || *to > high || *from > *to)
      return false;
    for (int i = *from; i <= *to; i += *step) bits.set(static_cast<std::size_t>(i) % N);
  }
  return true;
}

constexpr std::int64_t minutes_of_day = std::int64_t{24} * 60;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

std::optional<CronTimes> CronTimes::parse(std::string_view schedule, std::string_view time_zone) {
  for (const auto& [name, fields] : nicknames)
    if (schedule == name) schedule = fields;
  std::array<std::string_view, 5> fields;
  std::size_t count = 0;
  while (!schedule.empty()) {
    const std::string_view field = take(schedule, ' ');
    if (field.empty()) continue;
    if (count == fields.size()) return std::nullopt;
    fields[count++] = field;
  }
  const auto zone =
      std::find_if(zones.begin(), zones.end(), [&](const auto& z) { return z.first == time_zone; });
  if (count != fields.size() || zone == zones.end()) return std::nullopt;
  CronTimes times;
  times.offset_minutes_ = zone->second;
  times.any_day_ = fields[2].starts_with('*') || fields[2].starts_with('?');
  times.any_weekday_ = fields[4].starts_with('*') || fields[4].starts_with('?');
  const bool sound = set_bits(fields[0], 0, 59, {}, times.minutes_) &&
                     set_bits(fields[1], 0, 23, {}, times.hours_) &&
                     set_bits(fields[2], 1, 31, {}, times.days_) &&
                     set_bits(fields[3], 1, 12, month_names, times.months_) &&
                     set_bits(fields[4], 0, 7, day_names, times.weekdays_);
  if (!sound) return std::nullopt;
  return times;
}

bool CronTimes::day_matches(std::int64_t local_day) const {
  const std::chrono::sys_days day{std::chrono::days(local_day)};
  const std::chrono::year_month_day date(day);
  if (!months_[static_cast<unsigned>(date.month())]) return false;
  const bool by_date = days_[static_cast<unsigned>(date.day())];
  const bool by_weekday = weekdays_[std::chrono::weekday(day).c_encoding()];
  return any_day_ || any_weekday_ ? by_date && by_weekday : by_date || by_weekday;
}

std::optional<std::int64_t> CronTimes::next_after(std::int64_t utc_minute) const {
  constexpr std::int64_t days_ahead = std::int64_t{5} * 366;
  const std::int64_t local = utc_minute + offset_minutes_ + 1;
  const std::int64_t first_day = floor_divide(local, minutes_of_day);
  for (std::int64_t day = first_day; day < first_day + days_ahead; ++day) {
    if (!day_matches(day)) continue;
    const std::int64_t begin = day == first_day ? local - day * minutes_of_day : 0;
    for (std::int64_t m = begin; m < minutes_of_day; ++m)
      if (hours_[static_cast<std::size_t>(m / 60)] && minutes_[static_cast<std::size_t>(m % 60)])
        return day * minutes_of_day + m - offset_minutes_;
  }
  return std::nullopt;
}

}  // namespace drdrill::kube
