#include <array>
#include <ostream>

#include "reports/json_writer.hpp"
#include "reports/regression.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using Layout = JsonWriter::Layout;
using study::RegressionRow;
using study::ScenarioRegression;

void put_figure(JsonWriter& json, std::string_view key, const RegressionRow& row, bool after) {
  json.key(key);
  const std::int64_t value = after ? row.after : row.before;
  if (row.is_share())
    json.number((after ? row.share_after : row.share_before).value());
  else if (value >= study::infinite_value)
    json.null();
  else
    json.seconds(Duration(value));
}

void put_row(JsonWriter& json, const RegressionRow& row) {
  json.begin_object();
  json.key("component").string(name_of(row.component));
  json.key("figure").string(figure_name(row.figure));
  json.key("state").string(state_name(row));
  put_figure(json, "before", row, false);
  put_figure(json, "after", row, true);
  if (row.interval)
    json.key("difference_99").begin_array(Layout::one_line).seconds(Duration(row.interval->low));
  if (row.interval) json.seconds(Duration(row.interval->high)).end_array();
  if (row.target) json.key("target").seconds(*row.target);
  json.key("chance").number(row.chance);
  json.key("stopped_being_met").boolean(row.stopped_being_met);
  if (row.waiver) json.key("waiver").natural(*row.waiver);
  json.key("because").begin_array();
  for (const study::Blame& blame : row.because)
    json.begin_object(Layout::one_line)
        .key("change")
        .natural(blame.change)
        .key("share")
        .number(blame.share)
        .key("alone")
        .boolean(blame.alone)
        .end_object();
  json.end_array();
  json.end_object();
}

void put_place(JsonWriter& json, const SourcePlace& place) {
  json.key("file").string(place.file);
  json.key("line").integer(place.line);
}

void put_scenario(JsonWriter& json, const ScenarioRegression& scenario) {
  constexpr std::array<std::string_view, 3> presences{"both", "added", "removed"};
  json.begin_object();
  json.key("name").string(scenario.name);
  json.key("file").string(scenario.file);
  json.key("presence").string(presences[static_cast<std::size_t>(scenario.presence)]);
  json.key("independent_of_changes").natural(scenario.independent_of_changes);
  json.key("changes").begin_array();
  for (const study::ChangedValue& change : scenario.changes) {
    json.begin_object();
    put_place(json, change.place);
    json.key("pointer").string(change.pointer);
    json.key("before").string(change.before);
    json.key("after").string(change.after);
    json.end_object();
  }
  json.end_array();
  json.key("figures").begin_array();
  for (const RegressionRow& row : scenario.rows) put_row(json, row);
  json.end_array();
  json.end_object();
}

}  // namespace

void write_regression_json(const study::Regression& regression, std::ostream& out,
                           const WriteOptions&) {
  JsonWriter json;
  json.begin_object();
  json.key("format").string("drdrill-compare-1");
  json.key("version").string(drdrill_version());
  json.key("base").string(regression.base);
  json.key("head").string(regression.head);
  json.key("seed").string(std::to_string(regression.seed));
  json.key("replications").natural(regression.replications);
  json.key("level").number(regression.level);
  json.key("holds").boolean(regression.holds());
  json.key("worse").natural(regression.count(RegressionRow::State::worse));
  json.key("better").natural(regression.count(RegressionRow::State::better));
  json.key("scenarios").begin_array();
  for (const ScenarioRegression& scenario : regression.scenarios) put_scenario(json, scenario);
  json.end_array();
  json.key("waivers").begin_array();
  for (const study::Waiver& waiver : regression.waivers) {
    json.begin_object();
    put_place(json, waiver.place);
    json.key("reason").string(waiver.reason);
    json.key("expires").string(waiver.expires);
    json.key("expired").boolean(waiver.expired);
    json.key("used").boolean(waiver.used);
    json.end_object();
  }
  json.end_array();
  json.key("remarks").begin_array();
  for (const std::string& remark : regression.remarks) json.string(remark);
  json.end_array();
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
