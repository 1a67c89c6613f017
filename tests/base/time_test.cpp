#include "sim/base/time.hpp"

#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace drdrill {
namespace {

using namespace std::chrono_literals;

constexpr Duration day = 24h;
constexpr Duration hundred_years = 36'525 * day;

TEST_CASE("seconds become the nearest nanosecond, ties away from zero") {
  CHECK(from_seconds(0) == 0ns);
  CHECK(from_seconds(1.5) == 1500ms);
  CHECK(from_seconds(-1.5) == -1500ms);
  // 2^-10 s is 976562.5 ns, exactly.
  CHECK(from_seconds(0x1p-10) == 976'563ns);
  CHECK(from_seconds(-0x1p-10) == -976'563ns);
  CHECK(from_seconds(0.4e-9) == 0ns);
  CHECK(from_seconds(-0.4e-9) == 0ns);
}

TEST_CASE("what is just below half a nanosecond is none") {
  const double below_half = 0x1.fffffffffffffp-2;
  const double seconds = below_half / 1e9;
  REQUIRE(seconds * 1e9 < 0.5);
  REQUIRE(seconds * 1e9 + 0.5 == 1.0);  // the trap: the sum is rounded
  CHECK(from_seconds(seconds) == 0ns);
}

TEST_CASE("an odd number of nanoseconds survives seconds from 52 days on") {
  // From 2^52 on a double holds every whole number but no halves.
  const std::int64_t first = (std::int64_t{1} << 52) + 1;
  int compared = 0;
  int wrong = 0;
  for (std::int64_t ns = first; ns < first + 2000; ns += 2) {
    const double seconds = static_cast<double>(ns) / 1e9;
    if (seconds * 1e9 != static_cast<double>(ns)) continue;
    if (from_seconds(seconds).count() != ns) ++wrong;
    ++compared;
  }
  CHECK(compared > 100);
  CHECK(wrong == 0);
}

TEST_CASE("seconds beyond 64 bits of nanoseconds saturate, and only those") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(from_seconds(1e10) == Duration::max());
  CHECK(from_seconds(-1e10) == Duration::min());
  CHECK(from_seconds(infinity) == Duration::max());
  CHECK(from_seconds(-infinity) == Duration::min());
  CHECK(from_seconds(std::numeric_limits<double>::quiet_NaN()) == Duration::max());
  CHECK(from_seconds(9.22e9) == 9'220'000'000s);
  CHECK(from_seconds(-9.22e9) == -9'220'000'000s);
}

TEST_CASE("a duration is read from its units, largest first") {
  CHECK(parse_duration("0") == 0ns);
  CHECK(parse_duration("0s") == 0ns);
  CHECK(parse_duration("5m") == 300s);
  CHECK(parse_duration("300s") == 300s);
  CHECK(parse_duration("1h30m") == 5400s);
  CHECK(parse_duration("90m") == 5400s);
  CHECK(parse_duration("250ms") == 250'000'000ns);
  CHECK(parse_duration("2d") == 172'800s);
  CHECK(parse_duration("7us") == 7000ns);
  CHECK(parse_duration("1d2h3m4s5ms6us7ns") == 93'784'005'006'007ns);
  CHECK(parse_duration("1m1ms") == 60'001ms);
}

TEST_CASE("a duration may have a fraction") {
  CHECK(parse_duration("0.5s") == 500ms);
  CHECK(parse_duration("1.5h30m") == 2h);
  CHECK(parse_duration("0.1d") == 8640s);
  CHECK(parse_duration("1.1s") == 1100ms);
  CHECK(parse_duration("0.123456789s") == 123'456'789ns);
  CHECK(parse_duration("0.5ns") == 1ns);
  CHECK(parse_duration("0.4ns") == 0ns);
  CHECK(parse_duration("0.9999999999s") == 1s);
}

TEST_CASE("whole amounts are read exactly, however large") {
  // 2^53 + 1 is the first whole number that a double does not hold.
  CHECK(parse_duration("9007199254740993ns") == 9'007'199'254'740'993ns);
  CHECK(parse_duration("1000000000000000001ns") == 1'000'000'000'000'000'001ns);
  CHECK(parse_duration("10000d1ns") == 10'000 * day + 1ns);
}

TEST_CASE("what is no duration is refused") {
  const std::vector<std::string> refused{
      "",    " ",     "5",    "00",   "0.0",   "-5s",  "+5s",  "5 s",  " 5s",   "5s ",
      "s",   "5M",    "5S",   "5min", "5w",    "1e3s", "0x5s", "infs", "nans",  ".5s",
      "1.s", "1..5s", "1.-5", "1,5s", "5m-3s", "5mh",  "m5",   "5m5",  "1.infs"};
  for (const std::string& text : refused) {
    INFO('"' << text << '"');
    CHECK_FALSE(parse_duration(text).has_value());
  }
  CHECK_FALSE(parse_duration(std::string_view("5s\0", 3)).has_value());
}

TEST_CASE("units out of order or given twice are refused") {
  for (const char* text : {"1m1h", "5s5s", "1ms1s", "1ns1us", "1h1d", "1h2m1h"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("a hundred years is the longest duration") {
  CHECK(parse_duration("36525d") == hundred_years);
  CHECK(parse_duration("3155760000s") == hundred_years);
  CHECK(parse_duration("36524d23h59m60s") == hundred_years);
  for (const char* text : {"36525d1ns", "36525.5d", "36524d24h1ns", "3155760000000000001ns",
                           "876601h", "9223372036854775807ns", "9223372036854775808ns",
                           "99999999999999999999999999d", "9223372036854775807d"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
  CHECK_FALSE(parse_duration(std::string(1000, '9') + "s").has_value());
}

TEST_CASE("a spelled duration is short and read back exactly") {
  CHECK(spell_duration(0ns) == "0");
  CHECK(spell_duration(300s) == "5m");
  CHECK(spell_duration(90min) == "1h30m");
  CHECK(spell_duration(250ms) == "250ms");
  CHECK(spell_duration(1500ms) == "1s500ms");
  CHECK(spell_duration(day + 1ns) == "1d1ns");
  CHECK(spell_duration(-5s) == "0");
  Duration d = 1ns;
  for (int i = 0; d < hundred_years; ++i) {
    INFO(d.count());
    CHECK(parse_duration(spell_duration(d)) == d);
    d = d * 3 + Duration(i);
  }
  CHECK(parse_duration(spell_duration(hundred_years)) == hundred_years);
  CHECK(parse_duration(spell_duration(hundred_years - 1ns)) == hundred_years - 1ns);
}

TEST_CASE("a duration is shown to people in the unit that suits its length") {
  CHECK(format_duration(0ns) == "0 s");
  CHECK(format_duration(1500us) == "1.5 ms");
  CHECK(format_duration(250ms) == "250 ms");
  CHECK(format_duration(8200ms) == "8.2 s");
  CHECK(format_duration(5min) == "5m 00s");
  CHECK(format_duration(65min) == "1h 05m 00s");
  CHECK(format_duration(50h + 61s) == "50h 01m 01s");
  CHECK(format_duration(-8200ms) == "-8.2 s");
}

TEST_CASE("a duration just below a boundary is not rounded past it") {
  CHECK(format_duration(9949us) == "9.9 ms");
  CHECK(format_duration(9951us) == "10 ms");
  CHECK(format_duration(999'499us) == "999 ms");
  CHECK(format_duration(999'500us) == "1.0 s");
  CHECK(format_duration(1s - 1ns) == "1.0 s");
  CHECK(format_duration(1s) == "1.0 s");
  CHECK(format_duration(59'949ms) == "59.9 s");
  CHECK(format_duration(59'950ms) == "1m 00s");
  CHECK(format_duration(119'600ms) == "2m 00s");
  CHECK(format_duration(3599s) == "59m 59s");
  CHECK(format_duration(3'599'600ms) == "1h 00m 00s");
}

TEST_CASE("the longest durations of either sign can be shown") {
  CHECK(format_duration(never) == "2562047h 47m 17s");
  CHECK(format_duration(Duration::min()) == "-2562047h 47m 17s");
}

TEST_CASE("a wall time is read with its offset from UTC") {
  const auto zulu = parse_wall_time("1970-01-01T00:00:00Z");
  REQUIRE(zulu);
  CHECK(zulu->utc_ns == 0);
  CHECK(zulu->utc_offset_minutes == 0);
  // date -u -d 2026-11-23T07:00:00Z +%s
  const auto east = parse_wall_time("2026-11-23T14:00:00+07:00");
  REQUIRE(east);
  CHECK(east->utc_ns == 1'795'417'200'000'000'000);
  CHECK(east->utc_offset_minutes == 420);
  const auto west = parse_wall_time("2026-11-22T21:30:00-09:30");
  REQUIRE(west);
  CHECK(west->utc_ns == east->utc_ns);
  CHECK(west->utc_offset_minutes == -570);
  CHECK(parse_wall_time("2024-02-29T23:59:59Z")->utc_ns == 1'709'251'199'000'000'000);
  CHECK(parse_wall_time("1969-12-31T23:59:59Z")->utc_ns == -1'000'000'000);
}

TEST_CASE("what is no wall time is refused") {
  const std::vector<std::string> refused{"",
                                         "2026-11-23",
                                         "2026-11-23T14:00:00",
                                         "2026-11-23T14:00:00+07",
                                         "2026-11-23T14:00:00+0700",
                                         "2026-11-23T14:00:00+07:00x",
                                         "2026-11-23T14:00:00Zx",
                                         "2026-11-23T14:00:00*07:00",
                                         "2026-11-23T14:00:00+07-00",
                                         "2026-11-23T14:00:00.5Z",
                                         "2026-11-23 14:00:00Z",
                                         "2026/11/23T14:00:00Z",
                                         "2026-11-23T14-00-00Z",
                                         "26-11-23T14:00:00Z",
                                         "2026-1-23T14:00:00Z",
                                         "2026-00-23T14:00:00Z",
                                         "2026-13-23T14:00:00Z",
                                         "2026-11-31T14:00:00Z",
                                         "2026-11-00T14:00:00Z",
                                         "2025-02-29T14:00:00Z",
                                         "2100-02-29T14:00:00Z",
                                         "2026-11-23T24:00:00Z",
                                         "2026-11-23T14:60:00Z",
                                         "2026-11-23T14:00:60Z",
                                         "2026-11-23T14:00:00+15:00",
                                         "2026-11-23T14:00:00+07:60",
                                         "-026-11-23T14:00:00Z",
                                         "2026-11-23T1a:00:00Z"};
  for (const std::string& text : refused) {
    INFO('"' << text << '"');
    CHECK_FALSE(parse_wall_time(text).has_value());
  }
}

TEST_CASE("a wall time that 64 bits of nanoseconds cannot hold is refused") {
  // The ends are 1677-09-21T00:12:43.145Z and 2262-04-11T23:47:16.854Z.
  CHECK(parse_wall_time("2262-04-11T23:47:16Z")->utc_ns == 9'223'372'036'000'000'000);
  CHECK_FALSE(parse_wall_time("2262-04-11T23:47:17Z").has_value());
  CHECK(parse_wall_time("1677-09-21T00:12:44Z")->utc_ns == -9'223'372'036'000'000'000);
  CHECK_FALSE(parse_wall_time("1677-09-21T00:12:43Z").has_value());
  CHECK_FALSE(parse_wall_time("9999-12-31T23:59:59Z").has_value());
  CHECK_FALSE(parse_wall_time("0000-01-01T00:00:00Z").has_value());
}

TEST_CASE("the clock shows local time and wraps at midnight both ways") {
  const WallTime start = *parse_wall_time("2026-11-23T23:59:30+07:00");
  CHECK(format_clock(start, 0s) == "23:59:30");
  CHECK(format_clock(start, 29s) == "23:59:59");
  CHECK(format_clock(start, 30s) == "00:00:00");
  CHECK(format_clock(start, 24h) == "23:59:30");
  CHECK(format_clock(start, 49h) == "00:59:30");
  CHECK(format_clock(start, -24h) == "23:59:30");
  CHECK(format_clock(start, -23h - 59min - 31s) == "23:59:59");
}

TEST_CASE("the clock rounds down, also before the start and before 1970") {
  const WallTime start = *parse_wall_time("2026-11-23T00:00:00-03:30");
  CHECK(format_clock(start, 999ms) == "00:00:00");
  CHECK(format_clock(start, -1ns) == "23:59:59");
  CHECK(format_clock(start, -1s) == "23:59:59");
  CHECK(format_clock(start, -1s - 1ns) == "23:59:58");
  CHECK(format_clock({-1, 0}, 0ns) == "23:59:59");
  CHECK(format_clock({-1, 0}, 1ns) == "00:00:00");
  CHECK(format_clock({600'000'000, 0}, 400ms) == "00:00:01");
  CHECK(format_clock({0, -60}, 0ns) == "23:00:00");
}

TEST_CASE("the clock does not run over at the ends of time") {
  const WallTime last = *parse_wall_time("2262-04-11T23:47:16Z");
  CHECK(format_clock(last, 24h) == "23:47:16");
  // Both sums taken with integers of any length.
  CHECK(format_clock(last, never) == "23:34:32");
  CHECK(format_clock({0, 0}, Offset::min()) == "00:12:43");
}

}  // namespace
}  // namespace drdrill
