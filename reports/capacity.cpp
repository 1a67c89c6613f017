#include "reports/capacity.hpp"

#include <algorithm>
#include <ostream>

#include "reports/json_writer.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using study::Loss;
using study::ReturnTime;
using study::ServiceCapacity;
using Layout = JsonWriter::Layout;

std::string time_words(const ReturnTime& time) {
  if (!time.p95)
    return time.median ? format_duration(*time.median) + ", not always" : "not within an hour";
  return *time.p95 == Duration{} ? "absorbed" : format_duration(*time.p95);
}

void put_service(const ServiceCapacity& service, TextTable& table) {
  bool first = true;
  for (const Loss& loss : service.losses) {
    table.add({{first ? service.workload : ""},
               {to_string(loss.target)},
               {std::to_string(loss.pods_left) + " of " + std::to_string(service.replicas)},
               {loss.carries ? grouped(static_cast<double>(*loss.carries)) : "–"},
               {time_words(loss.service)},
               {time_words(loss.rejoin)}});
    first = false;
  }
}

std::string cost_words(const ServiceCapacity& service, int pods) {
  if (!service.usd_per_node || service.replicas == 0) return {};
  const int on_a_node = (service.replicas + service.nodes - 1) / service.nodes;
  const int nodes = (pods + on_a_node - 1) / on_a_node;
  return " ($" + grouped(nodes * *service.usd_per_node) + " a month)";
}

void put_needs(const ServiceCapacity& service, const study::Capacity& capacity, const Page& page) {
  if (service.places == 0) return;
  const auto [least, most] =
      std::minmax_element(service.needed_by_hour.begin(), service.needed_by_hour.end());
  std::string text = service.workload + ": " + std::to_string(service.replicas) + " replicas of " +
                     std::to_string(service.places) + " places" +
                     cost_words(service, service.replicas) + "; for " +
                     grouped(static_cast<double>(capacity.participants)) + " participants " +
                     std::to_string(service.needed) + cost_words(service, service.needed) +
                     ", also after the loss of a node " + std::to_string(service.needed_less_node) +
                     cost_words(service, service.needed_less_node);
  if (service.needed_less_zone > 0)
    text += ", of a zone " + std::to_string(service.needed_less_zone) +
            cost_words(service, service.needed_less_zone);
  text += "; over the day " + std::to_string(*least) + " to " + std::to_string(*most);
  page.out << '\n';
  for (const std::string& line : wrap(text, page.width - 2)) page.out << "  " << line << '\n';
}

void put(JsonWriter& json, std::string_view key, const ReturnTime& time) {
  json.key(key).begin_object(Layout::one_line);
  json.key("median_s").seconds(time.median);
  json.key("p95_s").seconds(time.p95);
  json.key("not_back").natural(time.not_back);
  json.end_object();
}

void put_json(const ServiceCapacity& service, JsonWriter& json) {
  json.begin_object();
  json.key("workload").string(service.workload);
  json.key("component").string(name_of(service.component));
  json.key("replicas").integer(service.replicas);
  json.key("places").integer(service.places);
  json.key("pool").string(service.pool);
  json.key("usd_per_node");
  service.usd_per_node ? json.number(*service.usd_per_node) : json.null();
  json.key("losses").begin_array();
  for (const Loss& loss : service.losses) {
    json.begin_object();
    json.key("target").string(to_string(loss.target));
    json.key("pods_left").integer(loss.pods_left);
    json.key("carries");
    loss.carries ? json.integer(*loss.carries) : json.null();
    put(json, "service", loss.service);
    put(json, "rejoin", loss.rejoin);
    json.end_object();
  }
  json.end_array();
  json.key("needed").integer(service.needed);
  json.key("needed_less_node").integer(service.needed_less_node);
  json.key("needed_less_zone").integer(service.needed_less_zone);
  json.key("needed_by_hour").begin_array(Layout::one_line);
  for (const int pods : service.needed_by_hour) json.integer(pods);
  json.end_array();
  json.end_object();
}

}  // namespace

void write_capacity_text(const study::Capacity& capacity, std::ostream& out,
                         const WriteOptions& options) {
  const Page page{out, Pen(options.colour), std::max(options.width, narrowest)};
  out << "drdrill " << drdrill_version() << " · capacity of " << capacity.platform << " · "
      << grouped(static_cast<double>(capacity.participants)) << " participants · "
      << capacity.options.replications << " runs a loss · seed " << capacity.options.seed << "\n\n";
  TextTable table({Align::left, Align::left, Align::right, Align::right, Align::left, Align::left});
  table.add({{"service", Ink::dim},
             {"loss", Ink::dim},
             {"pods left", Ink::dim},
             {"carries", Ink::dim},
             {"works again, p95", Ink::dim},
             {"media back, p95", Ink::dim}});
  for (const ServiceCapacity& service : capacity.services) put_service(service, table);
  table.write(out, page.pen, 2, page.width);
  for (const ServiceCapacity& service : capacity.services) put_needs(service, capacity, page);
  for (const study::StandbyCost& standby : capacity.standby)
    out << "\n  standby " << standby.cluster << ": "
        << counted(static_cast<std::uint64_t>(standby.nodes), "node") << ", $"
        << grouped(standby.usd_per_month) << " a month\n";
}

void write_capacity_json(const study::Capacity& capacity, std::ostream& out) {
  JsonWriter json;
  json.begin_object();
  json.key("format").string("drdrill-capacity-1");
  json.key("version").string(drdrill_version());
  json.key("platform").string(capacity.platform);
  json.key("participants").integer(capacity.participants);
  json.key("seed").string(std::to_string(capacity.options.seed));
  json.key("replications").natural(capacity.options.replications);
  json.key("services").begin_array();
  for (const ServiceCapacity& service : capacity.services) put_json(service, json);
  json.end_array();
  json.key("standby").begin_array();
  for (const study::StandbyCost& standby : capacity.standby) {
    json.begin_object(Layout::one_line);
    json.key("cluster").string(standby.cluster);
    json.key("nodes").integer(standby.nodes);
    json.key("usd_per_month").number(standby.usd_per_month);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
