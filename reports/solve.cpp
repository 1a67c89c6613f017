#include "reports/solve.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ostream>

#include "reports/json_writer.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using study::Side;
using study::Tried;

std::string figure(double value) {
  constexpr int digits = 4;
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, digits);
  return {buffer.data(), end.ptr};
}

std::string_view side_name(Side side) {
  constexpr std::array<std::string_view, 3> names{"meets", "fails", "undecided"};
  return names.at(static_cast<std::size_t>(side));
}

std::string share_words(const study::Share& share) {
  if (share.of == 0) return "not exercised";
  const study::Interval interval = study::wilson(share, study::normal_99);
  return figure(share.value()) + " (" + figure(interval.low) + " to " + figure(interval.high) + ")";
}

/// "POINTER=VALUE", once for each knob.
std::vector<std::string> settings_of(const SolveReport& report, const Tried& tried) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < report.knobs.size(); ++i)
    out.push_back(report.knobs[i].pointer + "=" + spelled(report.knobs[i], tried.at[i]));
  return out;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : std::string(between)) + word;
  return out;
}

std::string evidence(const SolveReport& report, const Tried& tried) {
  std::vector<std::string> shares;
  for (std::size_t i = 0; i < report.goals.size(); ++i)
    shares.push_back(spelled(report.goals[i]) + " in " + share_words(tried.shares[i]) + " of " +
                     grouped(static_cast<double>(tried.shares[i].of)) + " runs");
  return joined(shares, ", ");
}

void put_table(const SolveReport& report, const Page& page) {
  std::vector<Align> aligns(report.knobs.size() + 1, Align::left);
  aligns.insert(aligns.end(), report.goals.size() + 2, Align::right);
  TextTable table(aligns);
  std::vector<Cell> head;
  for (const study::Knob& knob : report.knobs)
    head.push_back({one_line(knob.pointer.substr(knob.pointer.rfind('/') + 1)), Ink::dim});
  head.push_back({""});
  for (const study::Goal& goal : report.goals) head.push_back({spelled(goal) + ", 99 %", Ink::dim});
  head.push_back({"runs", Ink::dim});
  head.push_back({"$ a month", Ink::dim});
  table.add(head);
  for (const Tried& tried : report.solution.tried) {
    std::vector<Cell> row;
    for (std::size_t i = 0; i < report.knobs.size(); ++i)
      row.push_back({spelled(report.knobs[i], tried.at[i])});
    row.push_back({std::string(side_name(tried.side)), tried.side == Side::meets   ? Ink::green
                                                       : tried.side == Side::fails ? Ink::red
                                                                                   : Ink::yellow});
    std::uint64_t runs = 0;
    for (const study::Share& share : tried.shares) {
      row.push_back({share_words(share)});
      runs = std::max(runs, share.of);
    }
    row.push_back({grouped(static_cast<double>(runs))});
    row.push_back({tried.usd_per_month ? grouped(*tried.usd_per_month) : "–"});
    table.add(std::move(row));
  }
  page.out << '\n';
  table.write(page.out, page.pen, 2, page.width);
}

void put_answer(const SolveReport& report, const Page& page) {
  const study::Solution& solution = report.solution;
  if (!solution.answer) {
    page.out << "\n  " << page.pen(Ink::red, "NONE") << "  no setting in range meets it";
    if (solution.closest) {
      const Tried& tried = solution.tried[*solution.closest];
      page.out << "; closest: " << joined(settings_of(report, tried), ", ") << " with "
               << evidence(report, tried);
    }
    page.out << '\n';
    return;
  }
  const Tried& answer = solution.tried[*solution.answer];
  page.out << "\n  " << page.pen(Ink::green, "MEETS") << "  "
           << joined(settings_of(report, answer), ", ") << ": " << evidence(report, answer) << '\n';
  bool bounded = false;
  for (const study::Boundary& boundary : solution.boundaries) {
    if (boundary.meets != *solution.answer) continue;
    const Tried& other = solution.tried[boundary.fails];
    bounded = true;
    page.out << "  " << page.pen(Ink::red, "FAILS") << "  "
             << joined(settings_of(report, other), ", ") << ": " << evidence(report, other) << '\n';
  }
  if (!bounded) page.out << "         no setting next to it fails, as far as the range goes\n";
  const bool same_cost =
      std::all_of(solution.tried.begin(), solution.tried.end(),
                  [&](const Tried& tried) { return tried.usd_per_month == answer.usd_per_month; });
  if (same_cost)
    page.out
        << "         none of these settings changes what the nodes cost; of what meets it, this "
           "is one that gives no more than is asked for\n";
  std::string next = "drdrill sweep " + shell_word(report.file);
  for (const std::string& setting : settings_of(report, answer))
    next += " --set " + shell_word(setting);
  page.out << "\n  Next: " << next << '\n';
}

}  // namespace

void write_solve_text(const SolveReport& report, std::ostream& out, const WriteOptions& options) {
  const Page page{out, Pen(options.colour), std::max(options.width, narrowest)};
  out << "drdrill " << drdrill_version() << " · solve · " << one_line(report.scenario) << " · "
      << one_line(report.platform) << " · seed " << report.seed << '\n';
  put_table(report, page);
  put_answer(report, page);
}

void write_solve_json(const SolveReport& report, std::ostream& out) {
  using Layout = JsonWriter::Layout;
  JsonWriter json;
  const auto put_settings = [&](const Tried& tried) {
    json.begin_array(Layout::one_line);
    for (const std::string& setting : settings_of(report, tried)) json.string(setting);
    json.end_array();
  };
  json.begin_object();
  json.key("format").string("drdrill-solve-1");
  json.key("version").string(drdrill_version());
  json.key("command").begin_array(Layout::one_line);
  for (const std::string& word : report.command) json.string(word);
  json.end_array();
  json.key("goals").begin_array(Layout::one_line);
  for (const study::Goal& goal : report.goals) json.string(spelled(goal));
  json.end_array();
  const auto& solution = report.solution;
  json.key("answer");
  solution.answer ? put_settings(solution.tried[*solution.answer]) : void(json.null());
  json.key("tried").begin_array();
  for (const Tried& tried : solution.tried) {
    json.begin_object(Layout::one_line);
    json.key("settings");
    put_settings(tried);
    json.key("side").string(side_name(tried.side));
    json.key("usd_per_month");
    tried.usd_per_month ? json.number(*tried.usd_per_month) : json.null();
    json.key("goals").begin_array();
    for (const study::Share& share : tried.shares) {
      const study::Interval interval = study::wilson(share, study::normal_99);
      json.begin_object();
      json.key("met").natural(share.hits);
      json.key("runs").natural(share.of);
      json.key("low").number(interval.low);
      json.key("high").number(interval.high);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.key("boundaries").begin_array();
  for (const study::Boundary& boundary : solution.boundaries) {
    json.begin_object(Layout::one_line);
    json.key("meets");
    put_settings(solution.tried[boundary.meets]);
    json.key("fails");
    put_settings(solution.tried[boundary.fails]);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
