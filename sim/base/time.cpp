#include "sim/base/time.hpp"

#include <array>
#include <charconv>
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
constexpr double longest_s = 100.0 * 365.25 * 86'400.0;

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
  using namespace std::chrono;
  return sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}}
      .time_since_epoch()
      .count();
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
  if (!(ns < 9.2e18)) return Duration::max();
  if (ns < -9.2e18) return Duration::min();
  return Duration(static_cast<std::int64_t>(ns < 0 ? ns - 0.5 : ns + 0.5));
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration::zero();
  if (text.empty()) return std::nullopt;
  double total = 0;
  std::int64_t exact = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    if (!is_digit(text.front())) return std::nullopt;
    double value = 0;
    const auto parsed =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (parsed.ec != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    std::size_t letters = 0;
    while (letters < text.size() && text[letters] >= 'a' && text[letters] <= 'z') ++letters;
    std::size_t unit = next_unit;
    while (unit < units.size() && units[unit].name != text.substr(0, letters)) ++unit;
    if (unit == units.size()) return std::nullopt;
    next_unit = unit + 1;
    text.remove_prefix(letters);
    total += value * static_cast<double>(units[unit].ns) / 1e9;
    if (total > longest_s) return std::nullopt;
    exact += from_seconds(value * static_cast<double>(units[unit].ns) / 1e9).count();
  }
  return Duration(exact);
}

std::string format_duration(Duration d) {
  if (d == Duration::zero()) return "0 s";
  if (d < Duration::zero()) return "-" + format_duration(-d);
  if (d < std::chrono::seconds(1)) {
    const double ms = to_seconds(d) * 1e3;
    return ms < 9.95 ? print("%.1f ms", ms) : print("%.0f ms", ms);
  }
  if (d < std::chrono::milliseconds(59'950)) return print("%.1f s", to_seconds(d));
  const auto s = std::chrono::round<std::chrono::seconds>(d).count();
  if (s < 3600) return print("%dm %02ds", static_cast<int>(s / 60), static_cast<int>(s % 60));
  return print("%lldh %02dm %02ds", static_cast<long long>(s / 3600), static_cast<int>(s / 60 % 60),
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
  const std::int64_t local_s = days * 86'400 + *hour * 3600 + *minute * 60 + *second;
  return WallTime{(local_s - offset * 60) * 1'000'000'000, offset};
}

std::string format_clock(const WallTime& start, Offset offset) {
  const std::int64_t ns = start.utc_ns + offset.count();
  std::int64_t s = std::chrono::floor<std::chrono::seconds>(Duration(ns)).count();
  s += start.utc_offset_minutes * 60;
  const int of_day = static_cast<int>(((s % 86'400) + 86'400) % 86'400);
  return print("%02d:%02d:%02d", of_day / 3600, of_day / 60 % 60, of_day % 60);
}

}  // namespace drdrill
