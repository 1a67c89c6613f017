#include <ostream>

#include "reports/json_writer.hpp"
#include "reports/sweep.hpp"
#include "sim/drill/verdict.hpp"

namespace drdrill::reports {
namespace {

using Layout = JsonWriter::Layout;
using study::SweepPart;

void put(JsonWriter& json, std::string_view key, const std::optional<double>& value) {
  json.key(key);
  value ? json.number(*value) : json.null();
}

void put_share(JsonWriter& json, std::string_view key, const study::Share& share) {
  const study::Interval interval = study::wilson(share);
  json.key(key).begin_object(Layout::one_line);
  json.key("share");
  share.of > 0 ? json.number(share.value()) : json.null();
  json.key("low").number(interval.low);
  json.key("high").number(interval.high);
  json.key("runs").natural(share.of);
  json.end_object();
}

void put_times(JsonWriter& json, const SweepRow& row) {
  json.begin_object();
  json.key("objective").string(row.objective);
  json.key("of").string(row.rpo ? "rpo" : "rto");
  json.key("target_s").seconds(row.target);
  json.key("runs").natural(row.times->count());
  json.key(row.rpo ? "undefined" : "not_recovered").natural(row.times->infinite());
  put(json, "p50_s", seconds_at(*row.times, 0.5));
  put(json, "p90_s", seconds_at(*row.times, 0.9));
  put(json, "p95_s", seconds_at(*row.times, 0.95));
  put(json, "p99_s", seconds_at(*row.times, 0.99));
  const auto most = row.times->greatest();
  json.key("max_s").seconds(most ? std::optional(Duration(*most)) : std::nullopt);
  if (row.target) put_share(json, "met", row.met);
  if (!row.rpo) put(json, "p95_estimate_share", row.estimate_share);
  json.end_object();
}

void put_cell(JsonWriter& json, const SweepPart& sweep, std::size_t index,
              const std::vector<SweepRow>& rows) {
  const study::SweepCell& cell = sweep.head.cells[index];
  const study::CellTally& tally = sweep.cells[index];
  json.begin_object();
  json.key("values").begin_array(Layout::one_line);
  for (const std::string& value : cell.values) json.string(value);
  json.end_array();
  json.key("runs").natural(tally.runs);
  put(json, "usd_per_month", cell.usd_per_month);
  json.key("verdicts").begin_object(Layout::one_line);
  for (std::size_t i = 0; i < tally.verdicts.size(); ++i)
    json.key(verdict_name(static_cast<Verdict>(i))).natural(tally.verdicts[i]);
  json.end_object();
  json.key("severities").begin_object(Layout::one_line);
  for (std::size_t i = 0; i < tally.severities.size(); ++i)
    json.key(severity_name(static_cast<Severity>(i))).natural(tally.severities[i]);
  json.end_object();
  json.key("participant_minutes").begin_object(Layout::one_line);
  constexpr double ms_per_minute = 60'000;
  json.key("mean").number(tally.participant_ms.mean() / ms_per_minute);
  for (const auto& [name, p] : {std::pair("p50", 0.5), std::pair("p95", 0.95)})
    json.key(name).number(static_cast<double>(tally.participant_ms.quantile(p).value_or(0)) /
                          ms_per_minute);
  json.end_object();
  json.key("objectives").begin_array();
  for (const SweepRow& row : rows)
    if (row.cell == &cell) put_times(json, row);
  json.end_array();
  json.end_object();
}

/// Left out where nothing was played, or nothing could be judged.
void put_replayed(JsonWriter& json, std::string_view key, const std::optional<Replayed>& value) {
  if (value && value->judged) put(json, key, value->p95);
}

void put_why(JsonWriter& json, const Why& why) {
  json.begin_object();
  json.key("objective").string(why.name);
  json.key("runs").natural(why.runs);
  json.key("outages").natural(why.outages);
  put(json, "p95_s", why.p95);
  json.key("waits_for").begin_array();
  for (const WhyRow& row : why.rows) {
    json.begin_object(Layout::one_line);
    json.key("cause").string(row.info.name);
    json.key("criticality").number(row.critical.value());
    json.key("critical_mean_s").number(row.critical_mean);
    put(json, "slack_mean_s", row.slack);
    put(json, "p95_without_at_least_s", row.without);
    put(json, "p95_half_at_least_s", row.half);
    put_replayed(json, "p95_removed_s", row.replayed_without);
    put_replayed(json, "p95_less_s", row.replayed_less);
    put_replayed(json, "p95_more_s", row.replayed_more);
    put_replayed(json, "p95_begun_early_s", row.replayed_early);
    if (!row.less.empty()) json.key("less").string(row.less);
    if (!row.more.empty()) json.key("more").string(row.more);
    if (!row.info.value.empty()) json.key("value").string(row.info.value);
    if (!row.info.provenance.empty()) json.key("provenance").string(row.info.provenance);
    if (!row.info.place.file.empty())
      json.key("place")
          .begin_array()
          .string(row.info.place.file)
          .integer(row.info.place.line)
          .end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

void write_sweep_json(const SweepPart& sweep, std::ostream& out, const WriteOptions&) {
  const study::SweepHead& head = sweep.head;
  JsonWriter json;
  json.begin_object();
  json.key("format").string("drdrill-sweep-1");
  json.key("version").string(head.version);
  json.key("models").string(head.models);
  json.key("command").begin_array(Layout::one_line);
  for (const std::string& word : head.command) json.string(word);
  json.end_array();
  json.key("scenario").string(head.scenario);
  json.key("variant").string(head.variant);
  json.key("platform").string(head.platform);
  json.key("seed").string(std::to_string(head.seed));
  json.key("varies").begin_array(Layout::one_line);
  for (const std::string& pointer : head.pointers) json.string(pointer);
  json.end_array();
  json.key("not_exercised").begin_array(Layout::one_line);
  for (const std::string& name : not_exercised(sweep)) json.string(name);
  json.end_array();
  const auto rows = sweep_rows(sweep);
  json.key("cells").begin_array();
  for (std::size_t i = 0; i < sweep.cells.size(); ++i)
    if (head.cells[i].change == study::Change::none) put_cell(json, sweep, i, rows);
  json.end_array();
  if (base_of(sweep)) {
    json.key("why").begin_array();
    for (const Why& why : why_of(sweep)) put_why(json, why);
    json.end_array();
  }
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
