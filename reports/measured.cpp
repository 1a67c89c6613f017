#include <algorithm>
#include <chrono>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>

#include "reports/formats.hpp"
#include "reports/json_writer.hpp"

/// What a drill measured, as a parameter file. A step that measures says so in its output, on a
/// line "measured PARAMETER VALUE"; the last one counts. So whatever world the steps ran in, later
/// predictions can use it.
namespace drdrill::reports {
namespace {

constexpr std::string_view word = "measured ";

struct Measured {
  std::string value;
  std::string step;
};

/// In order of the parameters' names.
using AllMeasured = std::map<std::string, Measured>;

bool is_id(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_.";
  return !text.empty() && text.find('.') != std::string_view::npos &&
         text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos &&
         text.size() < 16;
}

void read_output(std::string_view output, const std::string& step, AllMeasured& all) {
  while (!output.empty()) {
    std::string_view line = output.substr(0, output.find('\n'));
    output.remove_prefix(std::min(line.size() + 1, output.size()));
    if (!line.starts_with(word)) continue;
    line.remove_prefix(word.size());
    const auto space = line.find(' ');
    if (space == std::string_view::npos || !is_id(line.substr(0, space))) continue;
    const std::string_view value = line.substr(space + 1);
    if (value.empty() || value.find(' ') != std::string_view::npos) continue;
    all[std::string(line.substr(0, space))] = {std::string(value), step};
  }
}

std::string date_of(const WallTime& start) {
  const auto local = start.utc_ns + start.utc_offset_minutes * std::int64_t{60'000'000'000};
  const auto day =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_time<Duration>(Duration(local)));
  const std::chrono::year_month_day date(day);
  const auto two = [](unsigned value) { return (value < 10 ? "-0" : "-") + std::to_string(value); };
  return std::to_string(static_cast<int>(date.year())) + two(static_cast<unsigned>(date.month())) +
         two(static_cast<unsigned>(date.day()));
}

AllMeasured measured_in(const Journal& journal) {
  AllMeasured all;
  for (const JournalEntry& entry : journal.entries)
    if (const auto* ended = std::get_if<StepEnded>(&entry.what))
      read_output(ended->told().output, journal.scenario.runbook.steps[ended->step].id, all);
  return all;
}

}  // namespace

void write_measured(const Report& report, std::ostream& out, const WriteOptions&) {
  const Journal& journal = *report.journal;
  JsonWriter json;
  json.begin_object();
  json.key("parameters").begin_object();
  for (const auto& [id, measured] : measured_in(journal)) {
    json.key(id).begin_object();
    json.key("value");
    if (is_number(measured.value))
      json.integer(std::stoll(measured.value));
    else if (measured.value == "true" || measured.value == "false")
      json.boolean(measured.value == "true");
    else
      json.string(measured.value);
    json.key("provenance").string("measured");
    json.key("source").string(
        "drill " + journal.scenario.name + ", step " + measured.step + ", " + journal.world + " " +
        journal.scenario.platform + ", seed " + std::to_string(journal.seed) + ", replication " +
        std::to_string(journal.replication) + ", " + date_of(journal.scenario.start));
    json.end_object();
  }
  json.end_object();
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
