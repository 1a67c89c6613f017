#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ostream>

#include "reports/sweep.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"
#include "sim/drill/verdict.hpp"

namespace drdrill::reports {
namespace {

using study::SweepPart;

std::string figure(double value, int digits) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, digits);
  return {buffer.data(), end.ptr};
}

std::string time_words(const std::optional<double>& seconds) {
  return seconds ? format_duration(from_seconds(*seconds)) : "not recovered";
}

/// "0.62 (0.61 to 0.63) of 1,000": the runs that it is a share of
std::string met_words(const study::Share& met) {
  if (met.of == 0) return "no target";
  const study::Interval interval = study::wilson(met);
  return figure(met.value(), 3) + " (" + figure(interval.low, 3) + " to " +
         figure(interval.high, 3) + ") of " + grouped(static_cast<double>(met.of));
}

Ink ink_of(const study::Share& met) {
  if (met.of == 0) return Ink::plain;
  if (met.hits == met.of) return Ink::green;
  return met.hits * 2 < met.of ? Ink::red : Ink::yellow;
}

std::vector<Align> aligns(std::size_t left, std::size_t right) {
  std::vector<Align> out(left, Align::left);
  out.insert(out.end(), right, Align::right);
  return out;
}

/// The last token of a pointer is what people call the value; the whole stands above the table.
std::string short_name(const std::string& pointer) {
  return pointer.substr(pointer.rfind('/') + 1);
}

void put_pointers(const SweepPart& sweep, std::vector<Cell>& row) {
  for (const std::string& pointer : sweep.head.pointers)
    row.push_back({short_name(pointer), Ink::dim});
}

void put_values(const study::SweepCell& cell, std::vector<Cell>& row) {
  for (const std::string& value : cell.values) row.push_back({value});
}

void put_times(const SweepPart& sweep, const Page& page) {
  TextTable table(aligns(1 + sweep.head.pointers.size(), 9));
  std::vector<Cell> head{{"objective", Ink::dim}};
  put_pointers(sweep, head);
  for (const char* name : {"target", "p50", "p90", "p95", "p99", "max", "never",
                           "P(met), 95 % interval, of runs", "p95 on estimates"})
    head.push_back({name, Ink::dim});
  table.add(head);
  for (const SweepRow& row : sweep_rows(sweep)) {
    std::vector<Cell> cells{{row.objective + (row.rpo ? " RPO" : " RTO")}};
    put_values(*row.cell, cells);
    cells.push_back({row.target ? format_duration(*row.target) : "–"});
    for (const double p : {0.5, 0.9, 0.95, 0.99})
      cells.push_back({row.rpo && !seconds_at(*row.times, p)
                           ? "undefined"
                           : time_words(seconds_at(*row.times, p))});
    cells.push_back(
        {row.times->greatest() ? format_duration(Duration(*row.times->greatest())) : "–"});
    cells.push_back(
        {row.times->infinite() > 0 ? grouped(static_cast<double>(row.times->infinite())) : "–"});
    cells.push_back({met_words(row.met), ink_of(row.met)});
    cells.push_back({row.estimate_share ? percent(*row.estimate_share) : "–", Ink::dim});
    table.add(std::move(cells));
  }
  if (!sweep_rows(sweep).empty()) {
    page.out << '\n';
    table.write(page.out, page.pen, 2, page.width);
  }
}

std::string shares_words(const std::vector<std::pair<std::string, std::uint64_t>>& counts,
                         std::uint64_t runs) {
  std::string out;
  for (const auto& [name, count] : counts) {
    if (count == 0) continue;
    out += (out.empty() ? "" : ", ") + name;
    if (count != runs) out += " " + percent(static_cast<double>(count) / static_cast<double>(runs));
  }
  return out;
}

std::string verdict_words(const study::CellTally& tally) {
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  for (std::size_t i = 0; i < tally.verdicts.size(); ++i)
    counts.emplace_back(verdict_name(static_cast<Verdict>(i)), tally.verdicts[i]);
  return shares_words(counts, tally.runs);
}

std::string severity_words(const study::CellTally& tally) {
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  for (std::size_t i = 0; i < tally.severities.size(); ++i)
    counts.emplace_back(severity_name(static_cast<Severity>(i)), tally.severities[i]);
  return shares_words(counts, tally.runs);
}

std::string minutes_at(const study::Series& participant_ms, double p) {
  constexpr double ms_per_minute = 60'000;
  const auto at = participant_ms.quantile(p);
  return at ? grouped(static_cast<double>(*at) / ms_per_minute) : "–";
}

void put_cells(const SweepPart& sweep, const Page& page) {
  TextTable table(aligns(sweep.head.pointers.size(), 6));
  std::vector<Cell> head;
  put_pointers(sweep, head);
  for (const char* name :
       {"runs", "participant-minutes p50", "p95", "$ a month", "severity", "verdict"})
    head.push_back({name, Ink::dim});
  table.add(head);
  bool priced = true;
  for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
    const study::SweepCell& cell = sweep.head.cells[i];
    const study::CellTally& tally = sweep.cells[i];
    if (cell.change != study::Change::none) continue;
    std::vector<Cell> row;
    put_values(cell, row);
    row.push_back({grouped(static_cast<double>(tally.runs))});
    row.push_back({minutes_at(tally.participant_ms, 0.5)});
    row.push_back({minutes_at(tally.participant_ms, 0.95)});
    row.push_back({cell.usd_per_month ? grouped(*cell.usd_per_month) : "–"});
    row.push_back({severity_words(tally)});
    row.push_back({verdict_words(tally)});
    table.add(std::move(row));
    priced &= cell.usd_per_month.has_value();
  }
  page.out << '\n';
  table.write(page.out, page.pen, 2, page.width);
  if (!priced)
    page.out << "\n  Not every node pool of the platform has a unit cost, so what it costs is not "
                "known.\n";
}

std::string signed_words(const std::optional<double>& to, const std::optional<double>& from) {
  if (!to) return from ? "not recovered" : "–";
  if (!from) return format_duration(from_seconds(*to));
  const double by = *to - *from;
  constexpr double noticeable = 0.05;
  if (std::abs(by) < noticeable) return "–";
  return (by < 0 ? "−" : "+") + format_duration(from_seconds(std::abs(by)));
}

std::string replayed_words(const std::optional<Replayed>& to, const std::optional<double>& from) {
  if (!to) return "";
  return to->judged ? signed_words(to->p95, from) : "not judged";
}

/// What is left at least: something else may take the time then.
std::string bound_words(const std::optional<double>& to, const std::optional<double>& from) {
  const std::string words = signed_words(to, from);
  return words == "–" ? words : "≥ " + words;
}

void put_why(const Why& why, const Page& page) {
  constexpr std::size_t most_rows = 12;
  page.out << "\n  " << page.pen(Ink::bold, why.name) << ": p95 " << time_words(why.p95) << ", "
           << grouped(static_cast<double>(why.outages)) << " outages that ended in "
           << grouped(static_cast<double>(why.runs)) << " runs\n";
  TextTable table({Align::left, Align::right, Align::right, Align::right, Align::right,
                   Align::right, Align::right, Align::right, Align::left});
  table.add({{"waits for", Ink::dim},
             {"critical in", Ink::dim},
             {"for", Ink::dim},
             {"slack else", Ink::dim},
             {"p95 without", Ink::dim},
             {"with half", Ink::dim},
             {"with twice", Ink::dim},
             {"begun early", Ink::dim},
             {"value", Ink::dim}});
  std::size_t shown = 0;
  for (const WhyRow& row : why.rows) {
    const bool matters = row.critical.hits > 0 || row.weight(why.p95) > 0;
    if (!matters || shown++ == most_rows) continue;
    if (shown > most_rows) break;
    std::string value = row.info.value;
    const std::string place = place_words(row.info.place);
    if (!row.info.provenance.empty()) value += ", " + row.info.provenance;
    if (!place.empty()) value += (value.empty() ? "" : ", ") + place;
    table.add({{one_line(row.info.name)},
               {row.critical.hits > 0 ? percent(row.critical.value()) : "–"},
               {row.critical.hits > 0 ? format_duration(from_seconds(row.critical_mean)) : "–"},
               {row.slack ? format_duration(from_seconds(*row.slack)) : "–"},
               {row.replayed_without ? replayed_words(row.replayed_without, why.p95)
                                     : bound_words(row.without, why.p95)},
               {row.replayed_less ? replayed_words(row.replayed_less, why.p95)
                                  : bound_words(row.half, why.p95)},
               {replayed_words(row.replayed_more, why.p95)},
               {replayed_words(row.replayed_early, why.p95)},
               {one_line(value), Ink::dim}});
  }
  table.write(page.out, page.pen, 4, page.width);
}

}  // namespace

void write_sweep_text(const SweepPart& sweep, std::ostream& out, const WriteOptions& options) {
  const Page page{out, Pen(options.colour), std::max(options.width, narrowest)};
  const study::SweepHead& head = sweep.head;
  out << "drdrill " << head.version << " · sweep · " << one_line(head.scenario);
  if (!head.variant.empty()) out << " (" << one_line(head.variant) << ")";
  out << " · " << one_line(head.platform) << " · seed " << head.seed << '\n';
  for (const std::string& pointer : head.pointers) out << "  varies " << one_line(pointer) << '\n';
  put_times(sweep, page);
  put_cells(sweep, page);
  const auto untouched = not_exercised(sweep);
  if (!untouched.empty()) {
    out << "\n  Not exercised:";
    for (const std::string& name : untouched) out << ' ' << name;
    out << '\n';
  }
  const auto whys = why_of(sweep);
  if (!whys.empty())
    out << "\n  " << page.pen(Ink::bold, "Why it takes that long")
        << " (first cell, changes of the p95: played again, or \"≥\" computed, what it would be at "
           "least;\n  half and twice of a whole number are whole, a switch is turned)\n";
  for (const Why& why : whys) put_why(why, page);
}

}  // namespace drdrill::reports
