#include <ostream>

#include "reports/capacity.hpp"
#include "reports/json_writer.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using Layout = JsonWriter::Layout;
using study::Loss;
using study::Need;
using study::ReturnTime;
using study::ServiceCapacity;

void put(JsonWriter& json, std::string_view key, const std::optional<double>& value) {
  json.key(key);
  value ? json.number(*value) : json.null();
}

void put(JsonWriter& json, std::string_view key, const ReturnTime& time) {
  json.key(key).begin_object(Layout::one_line);
  json.key("median_s").seconds(time.median);
  json.key("p95_s").seconds(time.p95);
  json.key("judged").natural(time.judged);
  json.key("not_back").natural(time.not_back);
  json.key("untouched").natural(time.untouched);
  json.key("not_judged").natural(time.not_judged);
  json.key("why_not");
  time.not_judged > 0 ? json.string(time.why_not) : json.null();
  json.end_object();
}

/// Null where there is nothing to say, or no number of replicas is enough.
void put(JsonWriter& json, const Need& need) {
  if (need.replicas == 0) {
    json.null();
    return;
  }
  json.begin_object(Layout::one_line);
  json.key("replicas").integer(need.replicas);
  json.key("nodes").integer(need.nodes);
  put(json, "usd_per_month", need.usd_per_month);
  json.end_object();
}

void put(JsonWriter& json, const Loss& loss) {
  json.begin_object();
  json.key("target").string(to_string(loss.target));
  json.key("pods_left").integer(loss.pods_left);
  json.key("carries");
  loss.carries ? json.integer(*loss.carries) : json.null();
  put(json, "service", loss.service);
  put(json, "rejoin", loss.rejoin);
  json.key("needed");
  put(json, loss.needed);
  json.end_object();
}

void put(JsonWriter& json, const ServiceCapacity& service) {
  json.begin_object();
  json.key("workload").string(service.workload);
  json.key("component").string(name_of(service.component));
  json.key("replicas").integer(service.replicas);
  json.key("pool").string(service.pool);
  put(json, "usd_per_node", service.usd_per_node);
  json.key("pods_per_node").integer(service.pods_per_node);
  json.key("places").integer(service.places);
  json.key("basis").string(service.basis);
  json.key("losses").begin_array();
  for (const Loss& loss : service.losses) put(json, loss);
  json.end_array();
  json.key("present");
  put(json, service.present);
  json.key("needed");
  put(json, service.needed);
  json.key("needed_by_hour").begin_array(Layout::one_line);
  for (const Need& need : service.needed_by_hour) json.integer(need.replicas);
  json.end_array();
  json.end_object();
}

}  // namespace

void write_capacity_json(const study::Capacity& capacity, std::ostream& out, const WriteOptions&) {
  JsonWriter json;
  json.begin_object();
  json.key("format").string("drdrill-capacity-1");
  json.key("version").string(drdrill_version());
  json.key("platform").string(capacity.platform);
  json.key("participants").integer(capacity.participants);
  json.key("seed").string(std::to_string(capacity.options.seed));
  json.key("replications").natural(capacity.options.replications);
  json.key("services").begin_array();
  for (const ServiceCapacity& service : capacity.services) put(json, service);
  json.end_array();
  json.key("standby").begin_array();
  for (const study::StandbyCost& standby : capacity.standby) {
    json.begin_object(Layout::one_line);
    json.key("cluster").string(standby.cluster);
    json.key("nodes").integer(standby.nodes);
    put(json, "usd_per_month", standby.usd_per_month);
    json.key("without_cost").begin_array();
    for (const std::string& pool : standby.without_cost) json.string(pool);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
