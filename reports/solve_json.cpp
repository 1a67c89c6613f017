#include <ostream>

#include "reports/json_writer.hpp"
#include "reports/solve.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using Layout = JsonWriter::Layout;
using study::Tried;

void put(JsonWriter& json, std::string_view key, const std::optional<double>& value) {
  json.key(key);
  value ? json.number(*value) : json.null();
}

void put_settings(JsonWriter& json, const SolveReport& report, const Tried& tried) {
  json.begin_array(Layout::one_line);
  for (const std::string& setting : settings_of(report, tried)) json.string(setting);
  json.end_array();
}

void put_goals(JsonWriter& json, const SolveReport& report, const Tried& tried) {
  json.key("goals").begin_array();
  for (const study::Share& share : tried.shares) {
    const study::Interval interval = study::wilson(share, report.solution.z);
    json.begin_object(Layout::one_line);
    json.key("met").natural(share.hits);
    json.key("runs").natural(share.of);
    json.key("low").number(interval.low);
    json.key("high").number(interval.high);
    json.end_object();
  }
  json.end_array();
}

void put_times(JsonWriter& json, std::string_view key, const study::Series& times) {
  const auto p95 = times.quantile(0.95);
  json.key(key).seconds(p95 ? std::optional(Duration(*p95)) : std::nullopt);
}

void put_objectives(JsonWriter& json, const SolveReport& report, const Tried& tried) {
  json.key("objectives").begin_array();
  for (std::size_t i = 0; i < tried.tally.objectives.size(); ++i) {
    const study::ObjectiveTally& tally = tried.tally.objectives[i];
    json.begin_object(Layout::one_line);
    json.key("component").string(report.objectives.at(i).component);
    put_times(json, "rto_p95_s", tally.rto);
    put_times(json, "rpo_p95_s", tally.rpo);
    put(json, "rto_met",
        tally.rto_met.of > 0 ? std::optional(tally.rto_met.value()) : std::nullopt);
    put(json, "rpo_met",
        tally.rpo_met.of > 0 ? std::optional(tally.rpo_met.value()) : std::nullopt);
    json.end_object();
  }
  json.end_array();
}

/// `settings` null: the scenario as it is.
void put_tried(JsonWriter& json, const SolveReport& report, const Tried& tried, bool as_it_is) {
  json.begin_object();
  json.key("settings");
  as_it_is ? void(json.null()) : put_settings(json, report, tried);
  json.key("side").string(side_name(tried));
  json.key("runs").natural(tried.tally.runs);
  put(json, "usd_per_month", tried.usd_per_month);
  put_goals(json, report, tried);
  put_objectives(json, report, tried);
  json.end_object();
}

}  // namespace

void write_solve_json(const SolveReport& report, std::ostream& out, const WriteOptions&) {
  const study::Solution& solution = report.solution;
  JsonWriter json;
  json.begin_object();
  json.key("format").string("drdrill-solve-1");
  json.key("version").string(drdrill_version());
  json.key("command").begin_array(Layout::one_line);
  for (const std::string& word : report.command) json.string(word);
  json.end_array();
  json.key("goals").begin_array(Layout::one_line);
  for (const study::Goal& goal : report.goals) json.string(spelled(goal));
  json.end_array();
  json.key("answer");
  solution.answer ? put_settings(json, report, solution.tried[*solution.answer])
                  : void(json.null());
  json.key("present_is_enough").boolean(solution.present_is_enough);
  json.key("costs_count").boolean(solution.priced);
  json.key("present");
  put_tried(json, report, solution.present, true);
  json.key("tried").begin_array();
  for (const Tried& tried : solution.tried) put_tried(json, report, tried, false);
  json.end_array();
  json.key("boundaries").begin_array();
  for (const study::Boundary& boundary : solution.boundaries) {
    json.begin_object(Layout::one_line);
    json.key("meets");
    put_settings(json, report, solution.tried[boundary.meets]);
    json.key("fails");
    put_settings(json, report, solution.tried[boundary.fails]);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
