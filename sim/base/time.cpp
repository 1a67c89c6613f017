#include "sim/base/time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace drdrill {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};

constexpr std::array<Unit, 7> units{{{"d", 86'400'000'000'000},
                                     {"h", 3'600'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"s", 1'000'000'000},
                                     {"ms", 1'000'000},
                                     {"us", 1'000},
                                     {"ns", 1}}};
/// 100 years of 365.25 days.
constexpr std::int64_t longest_ns = 36'525 * units[0].ns;
constexpr std::int64_t second_ns = 1'000'000'000;

std::string print(const char* format, auto... values) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, values...);
  return buffer.data();
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Days since 1970-01-01 of a date in the Gregorian calendar.
std::int64_t days_from_date(int year, unsigned month, unsigned day) {
  return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} /
                               std::chrono::day{day}}
      .time_since_epoch()
      .count();
}

struct Amount {
  std::int64_t whole = 0;
  double fraction = 0;  ///< in [0, 1)
};

/// Takes "12.5" off the front of `text`. Only the fraction goes through floating point, so that
/// whole amounts are exact however large they are.
std::optional<Amount> take_amount(std::string_view& text) {
  if (!is_digit(text.front())) return std::nullopt;
  Amount amount;
  const char* end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, amount.whole);
  if (parsed.ec == std::errc{} && parsed.ptr != end && *parsed.ptr == '.')
    parsed = std::from_chars(parsed.ptr, end, amount.fraction, std::chars_format::fixed);
  if (parsed.ec != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  return amount;
}

/// Takes the name of a unit off the front of `text`; units[first] is the largest allowed.
std::optional<std::size_t> take_unit(std::string_view& text, std::size_t first) {
  std::size_t letters = 0;
  while (letters < text.size() && text[letters] >= 'a' && text[letters] <= 'z') ++letters;
  for (std::size_t unit = first; unit < units.size(); ++unit) {
    if (units[unit].name != text.substr(0, letters)) continue;
    text.remove_prefix(letters);
    return unit;
  }
  return std::nullopt;
}

std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count) {
  int value = 0;
  if (from + count > text.size()) return std::nullopt;
  for (char c : text.substr(from, count)) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

Duration from_seconds(double seconds) {
  const double ns = seconds * 1e9;
  if (!(ns < 0x1p63)) return Duration::max();
  if (ns < -0x1p63) return Duration::min();
  // Adding a half before truncating would itself round, below a half and from 2^52 on.
  const auto whole = static_cast<std::int64_t>(ns);
  const double rest = ns - static_cast<double>(whole);
  return Duration(whole + (rest >= 0.5 ? 1 : 0) - (rest <= -0.5 ? 1 : 0));
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration::zero();
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  std::size_t first_unit = 0;
  while (!text.empty()) {
    const auto amount = take_amount(text);
    if (!amount) return std::nullopt;
    const auto unit = take_unit(text, first_unit);
    if (!unit) return std::nullopt;
    first_unit = *unit + 1;
    const std::int64_t ns = units[*unit].ns;
    if (amount->whole > (longest_ns - total) / ns) return std::nullopt;
    total += amount->whole * ns;
    total += std::llround(amount->fraction * static_cast<double>(ns));
    if (total > longest_ns) return std::nullopt;
  }
  return Duration(total);
}

std::string format_duration(Duration d) {
  if (d == Duration::zero()) return "0 s";
  // The most negative duration has no positive twin.
  if (d < Duration::zero()) return "-" + format_duration(-std::max(d, -Duration::max()));
  if (d < std::chrono::microseconds(999'500)) {
    const double ms = to_seconds(d) * 1e3;
    return ms < 9.95 ? print("%.1f ms", ms) : print("%.0f ms", ms);
  }
  if (d < std::chrono::milliseconds(59'950)) return print("%.1f s", to_seconds(d));
  const long long s = std::llrint(to_seconds(d));
  if (s < 3600) return print("%dm %02ds", static_cast<int>(s / 60), static_cast<int>(s % 60));
  return print("%lldh %02dm %02ds", s / 3600, static_cast<int>(s / 60 % 60),
               static_cast<int>(s % 60));
}

std::string spell_duration(Duration d) {
  if (d <= Duration::zero()) return "0";
  std::string out;
  std::int64_t rest = d.count();
  for (const Unit& unit : units) {
    if (rest < unit.ns) continue;
    out += std::to_string(rest / unit.ns) + std::string(unit.name);
    rest %= unit.ns;
  }
  return out;
}

std::optional<WallTime> parse_wall_time(std::string_view text) {
  // 2026-11-23T14:00:00+07:00 or ...Z
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const auto date = std::chrono::year{*year} / *month / *day;
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  int offset = 0;
  if (text.substr(19) != "Z") {
    const auto oh = digits(text, 20, 2), om = digits(text, 23, 2);
    if (text.size() != 25 || !oh || !om || *oh > 14 || *om > 59 || text[22] != ':')
      return std::nullopt;
    if (text[19] != '+' && text[19] != '-') return std::nullopt;
    offset = (text[19] == '-' ? -1 : 1) * (*oh * 60 + *om);
  }
  const std::int64_t days =
      days_from_date(*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day));
  const std::int64_t local_s =
      days * 86'400 + std::int64_t{*hour} * 3600 + std::int64_t{*minute} * 60 + *second;
  const std::int64_t utc_s = local_s - std::int64_t{offset} * 60;
  constexpr std::int64_t most_s = Duration::max().count() / second_ns;
  if (utc_s > most_s || utc_s < -most_s) return std::nullopt;
  return WallTime{utc_s * second_ns, offset};
}

std::string format_clock(const WallTime& start, Offset offset) {
  // Whole seconds and the rest apart: the sum of the nanoseconds may not fit.
  const std::int64_t rest_ns = start.utc_ns % second_ns + offset.count() % second_ns;
  const std::int64_t rest_s = rest_ns / second_ns - (rest_ns % second_ns < 0 ? 1 : 0);
  const std::int64_t s = start.utc_ns / second_ns + offset.count() / second_ns + rest_s +
                         std::int64_t{start.utc_offset_minutes} * 60;
  const int of_day = static_cast<int>(((s % 86'400) + 86'400) % 86'400);
  return print("%02d:%02d:%02d", of_day / 3600, of_day / 60 % 60, of_day % 60);
}

}  // namespace drdrill
