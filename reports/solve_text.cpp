#include <algorithm>
#include <array>
#include <charconv>
#include <ostream>

#include "reports/solve.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using study::ObjectiveTally;
using study::Side;
using study::Tried;

std::string figure(double value) {
  constexpr int digits = 4;
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, digits);
  return {buffer.data(), end.ptr};
}

std::string share_words(const SolveReport& report, const study::Share& share) {
  if (share.of == 0) return "not exercised";
  const study::Interval interval = study::wilson(share, report.solution.z);
  return figure(share.value()) + " (" + figure(interval.low) + " to " + figure(interval.high) + ")";
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : std::string(between)) + word;
  return out;
}

std::string evidence(const SolveReport& report, const Tried& tried) {
  std::vector<std::string> shares;
  for (std::size_t i = 0; i < report.goals.size(); ++i)
    shares.push_back(spelled(report.goals[i]) + " in " + share_words(report, tried.shares[i]) +
                     " of " + grouped(static_cast<double>(tried.shares[i].of)) + " runs");
  return joined(shares, ", ");
}

std::string cost_words(const Tried& tried) {
  return tried.usd_per_month ? grouped(*tried.usd_per_month) : "–";
}

Ink ink_of(const Tried& tried) {
  if (tried.refused || tried.side == Side::undecided) return Ink::yellow;
  return tried.side == Side::meets ? Ink::green : Ink::red;
}

std::vector<Cell> row_of(const SolveReport& report, const Tried& tried,
                         const std::vector<std::string>& values) {
  std::vector<Cell> row;
  row.reserve(values.size() + report.goals.size() + 3);
  for (const std::string& value : values) row.push_back({one_line(value)});
  row.push_back({std::string(side_name(tried)), ink_of(tried)});
  for (std::size_t i = 0; i < report.goals.size(); ++i)
    row.push_back({tried.refused ? "–" : share_words(report, tried.shares[i])});
  row.push_back({grouped(static_cast<double>(tried.tally.runs))});
  row.push_back({cost_words(tried)});
  return row;
}

void put_table(const SolveReport& report, const Page& page) {
  std::vector<Align> aligns(report.knobs.size() + 1, Align::left);
  aligns.insert(aligns.end(), report.goals.size() + 2, Align::right);
  TextTable table(aligns);
  std::vector<Cell> head;
  for (const study::Knob& knob : report.knobs)
    head.push_back({one_line(knob.pointer.substr(knob.pointer.rfind('/') + 1)), Ink::dim});
  head.push_back({""});
  for (const study::Goal& goal : report.goals) head.push_back({spelled(goal), Ink::dim});
  head.push_back({"runs", Ink::dim});
  head.push_back({"$ a month", Ink::dim});
  table.add(head);
  std::vector<std::string> now;
  for (const study::Knob& knob : report.knobs)
    now.push_back("now" + (knob.present_words.empty() ? "" : ": " + knob.present_words));
  table.add(row_of(report, report.solution.present, now));
  for (const Tried& tried : report.solution.tried) {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < report.knobs.size(); ++i)
      values.push_back(spelled(report.knobs[i], tried.at[i]));
    table.add(row_of(report, tried, values));
  }
  page.out << '\n';
  table.write(page.out, page.pen, 2, page.width);
  page.out << "\n  Intervals hold for all goals and settings together with 99 % confidence.\n";
}

void put_line(const SolveReport& report, Ink ink, const char* word, const std::string& what,
              const Tried& tried, const Page& page) {
  page.out << "  " << page.pen(ink, word) << "  " << what << ": " << evidence(report, tried)
           << '\n';
}

std::string time_words(const study::Series& times, bool rpo) {
  if (times.count() == 0) return "–";
  const auto p95 = times.quantile(0.95);
  return p95 ? format_duration(Duration(*p95)) : rpo ? "undefined" : "not recovered";
}

/// What the answer does to everything else that the scenario asks for.
void put_others(const SolveReport& report, const Tried& answer, const Page& page) {
  const Tried& now = report.solution.present;
  TextTable table({Align::left, Align::right, Align::right, Align::right, Align::right});
  table.add({{"objective, p95", Ink::dim},
             {"now", Ink::dim},
             {"met", Ink::dim},
             {"then", Ink::dim},
             {"met", Ink::dim}});
  const auto met = [](const study::Share& share) {
    return share.of > 0 ? percent(share.value()) : std::string("–");
  };
  bool any = false;
  for (std::size_t i = 0; i < report.objectives.size(); ++i) {
    const ObjectiveTally& before = now.tally.objectives.at(i);
    const ObjectiveTally& after = answer.tally.objectives.at(i);
    for (const bool rpo : {false, true}) {
      const study::Series& was = rpo ? before.rpo : before.rto;
      const study::Series& is = rpo ? after.rpo : after.rto;
      const study::Share& was_met = rpo ? before.rpo_met : before.rto_met;
      const study::Share& is_met = rpo ? after.rpo_met : after.rto_met;
      if (was.count() + is.count() == 0) continue;
      any = true;
      table.add({{report.objectives[i].component + (rpo ? " RPO" : " RTO")},
                 {time_words(was, rpo)},
                 {met(was_met)},
                 {time_words(is, rpo)},
                 {met(is_met), is_met.value() < was_met.value() ? Ink::red : Ink::plain}});
    }
  }
  if (!any) return;
  page.out << '\n';
  table.write(page.out, page.pen, 2, page.width);
}

void put_next(const SolveReport& report, const Tried& answer, const Page& page) {
  std::string next = "drdrill sweep " + shell_word(report.file);
  for (const std::string& setting : settings_of(report, answer))
    next += " --set " + shell_word(setting);
  page.out << "\n  Next: " << next << '\n';
}

void put_none(const SolveReport& report, const Page& page) {
  const study::Solution& solution = report.solution;
  if (!solution.closest) {
    page.out << "\n  " << page.pen(Ink::yellow, "NOT EXERCISED")
             << "  no run of any setting has anything to do with the goals\n";
    return;
  }
  const Tried& tried = solution.tried[*solution.closest];
  const bool undecided =
      std::any_of(solution.tried.begin(), solution.tried.end(),
                  [](const Tried& t) { return !t.refused && t.side == Side::undecided; });
  page.out << "\n  " << page.pen(Ink::red, "NONE")
           << (undecided ? "  no setting in range surely meets it; closest: "
                         : "  no setting in range meets it; closest: ")
           << joined(settings_of(report, tried), ", ") << " with " << evidence(report, tried)
           << '\n';
}

void put_answer(const SolveReport& report, const Page& page) {
  const study::Solution& solution = report.solution;
  if (solution.present_is_enough) {
    page.out << '\n';
    put_line(report, Ink::green, "MEETS", "as it is", solution.present, page);
    page.out << "         nothing that was tried "
             << (solution.priced ? "costs less and meets it too\n" : "need be changed\n");
    return;
  }
  if (!solution.answer) return put_none(report, page);
  const Tried& answer = solution.tried[*solution.answer];
  page.out << '\n';
  put_line(report, Ink::green, "MEETS", joined(settings_of(report, answer), ", "), answer, page);
  bool bounded = false;
  for (const study::Boundary& boundary : solution.boundaries) {
    if (boundary.meets != *solution.answer) continue;
    const Tried& other = solution.tried[boundary.fails];
    bounded = true;
    put_line(report, Ink::red, "FAILS", joined(settings_of(report, other), ", "), other, page);
  }
  if (!bounded) page.out << "         no setting next to it fails, as far as the range goes\n";
  put_line(report, ink_of(solution.present), "NOW", "as it is", solution.present, page);
  const bool same_cost =
      std::all_of(solution.tried.begin(), solution.tried.end(),
                  [&](const Tried& tried) { return tried.usd_per_month == answer.usd_per_month; });
  if (!solution.priced)
    page.out << "         what they cost is not known of every setting, so costs do not count; of "
                "what meets it, this is the nearest to what there is now\n";
  else if (same_cost)
    page.out << "         none of these settings changes what the platform costs; of what meets "
                "it, this is the nearest to what there is now\n";
  put_others(report, answer, page);
  put_next(report, answer, page);
}

}  // namespace

void write_solve_text(const SolveReport& report, std::ostream& out, const WriteOptions& options) {
  const Page page{out, Pen(options.colour), std::max(options.width, narrowest)};
  out << "drdrill " << drdrill_version() << " · solve · " << one_line(report.scenario) << " · "
      << one_line(report.platform) << " · seed " << report.seed << '\n';
  put_table(report, page);
  put_answer(report, page);
}

}  // namespace drdrill::reports
