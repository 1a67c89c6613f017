#include "scenarios/procedures/objectives.hpp"

#include <chrono>

#include <catch2/catch.hpp>

#include "scenarios/procedures/time_words.hpp"

namespace drdrill::procedures {
namespace {

/// "postgres 30m 15m|…", "-" for what is not given.
std::string objectives(const std::string& text) {
  ProcedureDocument document;
  read_objectives(read_markdown(text), document);
  std::string out;
  for (const Objective& each : document.objectives) {
    const auto shown = [](const std::optional<Duration>& time) {
      return time ? format_duration(*time) : std::string("-");
    };
    out +=
        std::string(name_of(each.component)) + " " + shown(each.rto) + ", " + shown(each.rpo) + "|";
  }
  for (const ImportNotice& notice : document.notices)
    out += std::to_string(notice.place.line) + ": " + notice.text + "|";
  return out;
}

std::string time(std::string_view text) {
  const WrittenTime read = written_time(text);
  return read.time ? format_duration(*read.time) : read.unknown.empty() ? "none" : read.unknown;
}

}  // namespace

TEST_CASE("times are read in the languages that people write in") {
  using std::chrono::hours;
  CHECK(time("30 minutes") == "30m 00s");
  CHECK(time("< 4 h") == format_duration(hours(4)));
  CHECK(time("2 weeks") == format_duration(hours(14 * 24)));
  CHECK(time("15 phút") == "15m 00s");
  CHECK(time("2 jam") == format_duration(hours(2)));
  CHECK(time("5 menit") == "5m 00s");
  CHECK(time("30 detik") == "30.0 s");
  CHECK(time("1 hari") == format_duration(hours(24)));
  CHECK(time("3 Stunden") == format_duration(hours(3)));
  CHECK(time("2 horas") == format_duration(hours(2)));
  CHECK(time("1 jour") == format_duration(hours(24)));
  CHECK(time("0.5 hours") == "30m 00s");
  CHECK(time("1,5 h") == "1h 30m 00s");
}

TEST_CASE("of a range the longer time counts, and parts add up") {
  CHECK(time("2-4 hours") == "4h 00m 00s");
  CHECK(time("30 minutes - 1 hour") == "1h 00m 00s");
  CHECK(time("15 minutes (automatic) to 1 hour (restore)") == "1h 00m 00s");
  CHECK(time("1 hour 30 minutes") == "1h 30m 00s");
  CHECK(time("1h30m") == "1h 30m 00s");
  CHECK(time("5_minutes") == "5m 00s");
  CHECK(time("≤ 24 h; more for others") == "24h 00m 00s");
  CHECK(time("0") == "0 s");
  CHECK(time("Zero data loss") == "0 s");
}

TEST_CASE("what is no time is not guessed") {
  CHECK(time("Up to the last backup") == "none");
  CHECK(time("near zero") == "none");
  CHECK(time("v1.0") == "none");
  CHECK(time("4 sprints") == "the unit \"sprints\"");
  CHECK(time("15") == "a number without a unit");
  CHECK(time("999999999999 weeks") == "more than 100 years");
}

TEST_CASE("objectives stand in the columns of tables") {
  CHECK(objectives("| Component | RTO | RPO |\n|---|---|---|\n| PostgreSQL | < 30 minutes | 15 min "
                   "|\n| Redis cache | 1 hour | 0 |\n") ==
        "postgres 30m 00s, 15m 00s|redis 1h 00m 00s, 0 s|");
  CHECK(
      objectives("| Service | Target RPO | Recovery Time Objective |\n|-|-|-|\n| API | 0 | 5 m |\n"
                 "| Billing | 1 h | 2 h |\n") ==
      "api 5m 00s, 0 s|4: \"Billing\" is no component that is modelled: its RTO and RPO are not "
      "read|");
  CHECK(objectives("| Environment | RTO |\n|-|-|\n| Production | 1 h |\n") ==
        "platform 1h 00m 00s, -|");
  CHECK(objectives("| Store | RTO |\n|-|-|\n| MySQL database | 1 h |\n").find("postgres") ==
        std::string::npos);
  CHECK(objectives("| Capital | RTO |\n|-|-|\n| Rapid | 1 h |\n").find("api 1h") ==
        std::string::npos);
}

TEST_CASE("objectives stand in the rows of tables") {
  CHECK(objectives("| Metric | Target |\n|-|-|\n| **RTO** (Recovery Time Objective) | 4 hours |\n| "
                   "RPO | 1 hour |\n") == "platform 4h 00m 00s, 1h 00m 00s|");
  CHECK(objectives("| Metric | Dev | Production |\n|-|-|-|\n| RTO | 4 hours | 1 hour |\n") ==
        "platform 1h 00m 00s, -|");
  CHECK(objectives("| | PostgreSQL | Redis |\n|-|-|-|\n| RPO | 5 min | 1 min |\n") ==
        "postgres -, 5m 00s|redis -, 1m 00s|");
}

TEST_CASE("objectives stand in sentences, for what the heading names") {
  CHECK(objectives("**RTO**: 4 hours\n\n- RPO: < 15 min\n") == "platform 4h 00m 00s, 15m 00s|");
  CHECK(objectives("## Database\n- **Recovery Time Objective (RTO)**: < 15 minutes\n- **Recovery "
                   "Point Objective (RPO)**: 0 hours\n") == "postgres 15m 00s, 0 s|");
  CHECK(objectives("## Database\nRedis RTO target of 5 min, RPO = 1 min.\n") ==
        "redis 5m 00s, 1m 00s|");
  CHECK(objectives("Compare it with the 15-minute RTO and 60-second RPO thresholds.\n") ==
        "platform 15m 00s, 1m 00s|");
  CHECK(objectives("### Failover (RTO: 30 minutes)\n") == "platform 30m 00s, -|");
  CHECK(objectives("```yaml\nfailover:\n  rto: 5_minutes  # of 10\n```\n") ==
        "platform 5m 00s, -|");
}

TEST_CASE("estimates and results are no objectives, and the first one holds") {
  CHECK(objectives("**Estimated RTO**: 2 hours\n\nActual RPO: 3 min\n\nRTO tracking: 5 min\n") ==
        "");
  CHECK(objectives("| Date | RTO actual |\n|-|-|\n| Production | 5 min |\n") == "");
  CHECK(objectives("| Date | Kind | RTO |\n|-|-|-|\n| 2024-01-15 | API | 5 min |\n") == "");
  CHECK(objectives("RTO: 1 h\n\nRTO: 2 h\n\nRTO: 1 h\n") ==
        "platform 1h 00m 00s, -|3: another RTO of platform, 2h 00m 00s; the one at line 1, 1h 00m "
        "00s, holds|");
  CHECK(objectives("RTO: 3 sprints\n") ==
        "1: RTO \": 3 sprints\": the unit \"sprints\" is not known here|");
  CHECK(objectives("The RTO is met by 2 of 3 teams.\n") == "");
}

}  // namespace drdrill::procedures
