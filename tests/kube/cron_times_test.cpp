#include "sim/kube/cron_times.hpp"

#include <catch2/catch.hpp>

#include "sim/base/time.hpp"

using namespace drdrill;

namespace {

std::int64_t minute_of(const char* text) {
  return parse_wall_time(text)->utc_ns / 60'000'000'000;
}

std::optional<std::int64_t> next(const char* schedule, const char* after, const char* zone = "") {
  const auto times = kube::CronTimes::parse(schedule, zone);
  REQUIRE(times);
  return times->next_after(minute_of(after));
}

}  // namespace

TEST_CASE("a daily schedule fires at its hour in UTC, strictly after the instant asked about") {
  CHECK(next("0 2 * * *", "2026-11-23T01:59:00Z") == minute_of("2026-11-23T02:00:00Z"));
  CHECK(next("0 2 * * *", "2026-11-23T02:00:00Z") == minute_of("2026-11-24T02:00:00Z"));
}

TEST_CASE("a time zone moves the firing by its offset") {
  CHECK(next("0 2 * * *", "2026-11-23T12:00:00Z", "Asia/Singapore") ==
        minute_of("2026-11-23T18:00:00Z"));
  CHECK_FALSE(kube::CronTimes::parse("0 2 * * *", "Europe/Atlantis"));
}

TEST_CASE("steps, lists, ranges and names are read as cron reads them") {
  CHECK(next("0 */6 * * *", "2026-11-23T06:00:00Z") == minute_of("2026-11-23T12:00:00Z"));
  CHECK(next("5,35 9-17 * * mon-fri", "2026-11-20T17:35:00Z") == minute_of("2026-11-23T09:05:00Z"));
  CHECK(next("@weekly", "2026-11-23T00:00:00Z") == minute_of("2026-11-29T00:00:00Z"));
  CHECK(next("30 4 29 feb *", "2026-11-23T00:00:00Z") == minute_of("2028-02-29T04:30:00Z"));
  CHECK_FALSE(next("0 0 30 2 *", "2026-11-23T00:00:00Z"));
}

TEST_CASE("restricted days of month and of week are alternatives") {
  // The 25th is a Wednesday; Mondays come too.
  CHECK(next("0 0 25 * 1", "2026-11-23T00:00:00Z") == minute_of("2026-11-25T00:00:00Z"));
  CHECK(next("0 0 25 * 1", "2026-11-25T00:00:00Z") == minute_of("2026-11-30T00:00:00Z"));
}
