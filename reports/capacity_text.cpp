#include <algorithm>
#include <ostream>
#include <set>

#include "reports/capacity.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using study::Loss;
using study::Need;
using study::ReturnTime;
using study::ServiceCapacity;

std::string judged_words(const ReturnTime& time) {
  if (!time.p95)
    return time.median ? format_duration(*time.median) + ", not always" : "not within an hour";
  return *time.p95 == Duration{} ? "absorbed" : format_duration(*time.p95);
}

std::string time_words(const ReturnTime& time) {
  if (time.judged == 0) return time.not_judged > 0 ? "not judged" : "not touched";
  std::string words = judged_words(time);
  if (time.not_judged > 0) words += " (" + std::to_string(time.not_judged) + " runs not judged)";
  return words;
}

void put_service(const ServiceCapacity& service, TextTable& table) {
  bool first = true;
  for (const Loss& loss : service.losses) {
    table.add({{first ? service.workload : ""},
               {to_string(loss.target)},
               {std::to_string(loss.pods_left) + " of " + std::to_string(service.replicas)},
               {loss.carries ? grouped(static_cast<double>(*loss.carries)) : "–"},
               {time_words(loss.service), loss.service.judged == 0 ? Ink::yellow : Ink::plain},
               {time_words(loss.rejoin), loss.rejoin.judged == 0 ? Ink::yellow : Ink::plain}});
    first = false;
  }
}

std::string need_words(const Need& need) {
  if (need.replicas == 0) return "no number is enough";
  std::string words = std::to_string(need.replicas) + " on " +
                      counted(static_cast<std::uint64_t>(need.nodes), "node");
  if (need.usd_per_month) words += ", $" + grouped(*need.usd_per_month) + " a month";
  return words;
}

/// Which replicas the load needs, and what those cost; of stores, what one pod bears.
void put_needs(const ServiceCapacity& service, const study::Capacity& capacity, const Page& page) {
  if (service.places == 0) return;
  const std::string name = service.workload + ": " +
                           counted(static_cast<std::uint64_t>(service.replicas), "replica") + " (" +
                           service.basis + ": " + grouped(static_cast<double>(service.places)) +
                           (service.scales ? " participants each" : " participants") + ")";
  page.out << '\n';
  for (const std::string& line : wrap(name, page.width - 2)) page.out << "  " << line << '\n';
  if (!service.scales) return;
  const auto [least, most] =
      std::minmax_element(service.needed_by_hour.begin(), service.needed_by_hour.end(),
                          [](const Need& a, const Need& b) { return a.replicas < b.replicas; });
  TextTable table({Align::left, Align::left});
  table.add({{"there are", Ink::dim}, {need_words(service.present)}});
  table.add(
      {{"for " + grouped(static_cast<double>(capacity.participants)) + " participants", Ink::dim},
       {need_words(service.needed)}});
  for (const Loss& loss : service.losses)
    if (loss.target.level != Level::region)
      table.add({{"also without a " + std::string(level_name(loss.target.level)), Ink::dim},
                 {need_words(loss.needed)}});
  table.add({{"over the day", Ink::dim},
             {std::to_string(least->replicas) + " to " + std::to_string(most->replicas)}});
  table.write(page.out, page.pen, 4, page.width);
}

/// What hid an answer, each reason once.
void put_reasons(const study::Capacity& capacity, const Page& page) {
  std::set<std::string> reasons;
  for (const ServiceCapacity& service : capacity.services)
    for (const Loss& loss : service.losses)
      for (const ReturnTime* time : {&loss.service, &loss.rejoin})
        if (time->not_judged > 0) reasons.insert(time->why_not);
  for (const std::string& reason : reasons) {
    page.out << '\n';
    for (const std::string& line : wrap("Not judged: " + reason, page.width - 2))
      page.out << "  " << page.pen(Ink::yellow, line) << '\n';
  }
}

void put_standby(const study::StandbyCost& standby, const Page& page) {
  page.out << "\n  standby " << standby.cluster << ": "
           << counted(static_cast<std::uint64_t>(standby.nodes), "node");
  if (standby.usd_per_month) {
    page.out << ", $" << grouped(*standby.usd_per_month) << " a month\n";
    return;
  }
  page.out << "; no cost is known of ";
  for (std::size_t i = 0; i < standby.without_cost.size(); ++i)
    page.out << (i > 0 ? ", " : "") << one_line(standby.without_cost[i]);
  page.out << '\n';
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
  put_reasons(capacity, page);
  for (const ServiceCapacity& service : capacity.services) put_needs(service, capacity, page);
  for (const study::StandbyCost& standby : capacity.standby) put_standby(standby, page);
}

}  // namespace drdrill::reports
