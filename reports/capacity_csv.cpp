#include <ostream>

#include "reports/capacity.hpp"
#include "reports/csv.hpp"

namespace drdrill::reports {
namespace {

using study::Loss;
using study::Need;
using study::ReturnTime;
using study::ServiceCapacity;

void put(CsvRow& row, const ReturnTime& time) {
  row.seconds(time.median).seconds(time.p95).natural(time.judged).natural(time.not_back);
  row.natural(time.not_judged);
}

void put(CsvRow& row, const Need& need) {
  if (need.replicas == 0) {
    row.empty(3);
    return;
  }
  row.natural(static_cast<std::uint64_t>(need.replicas));
  row.natural(static_cast<std::uint64_t>(need.nodes)).number(need.usd_per_month);
}

void put(CsvRow& row, const ServiceCapacity& service, const Loss& loss) {
  row.text(service.workload).text(name_of(service.component)).text(to_string(loss.target));
  row.empty().natural(static_cast<std::uint64_t>(loss.pods_left));
  loss.carries ? row.natural(static_cast<std::uint64_t>(*loss.carries)) : row.empty();
  put(row, loss.service);
  put(row, loss.rejoin);
  put(row, loss.needed);
}

/// Nothing is lost; an hour of the day, or none: the peak.
void put(CsvRow& row, const ServiceCapacity& service, std::string_view hour, const Need& need) {
  constexpr std::size_t of_a_loss = 10;
  row.text(service.workload).text(name_of(service.component)).text("none").text(hour);
  row.natural(static_cast<std::uint64_t>(service.replicas));
  service.scales&& service.places > 0
      ? row.natural(static_cast<std::uint64_t>(service.replicas * service.places))
      : row.empty();
  row.empty(of_a_loss);
  put(row, need);
}

}  // namespace

void write_capacity_csv(const study::Capacity& capacity, std::ostream& out, const WriteOptions&) {
  CsvRow row;
  row.texts({"service", "component", "loss", "hour", "pods_left", "carries"});
  row.texts({"works_again_p50_s", "works_again_p95_s", "judged", "not_back", "not_judged"});
  row.texts({"media_back_p50_s", "media_back_p95_s", "media_judged", "media_not_back",
             "media_not_judged"});
  row.texts({"needed_replicas", "needed_nodes", "usd_per_month"});
  out << row.take();
  for (const ServiceCapacity& service : capacity.services) {
    put(row, service, "", service.needed);
    out << row.take();
    for (const Loss& loss : service.losses) {
      put(row, service, loss);
      out << row.take();
    }
    if (service.needed.replicas == 0) continue;
    for (std::size_t hour = 0; hour < service.needed_by_hour.size(); ++hour) {
      put(row, service, std::to_string(hour), service.needed_by_hour[hour]);
      out << row.take();
    }
  }
}

}  // namespace drdrill::reports
