#include <algorithm>
#include <ostream>

#include "reports/explore.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using study::Break;
using study::Coverage;

std::string number(std::uint64_t value) {
  return grouped(static_cast<double>(value));
}

std::string target_list(const ExploreReport& report, const std::vector<study::TargetId>& targets) {
  std::string out;
  for (const study::TargetId target : targets)
    out += (out.empty() ? "" : ", ") + spelled(report.scenario, target);
  return out;
}

/// "postgres.rto not recovered (30m)", once for each target.
std::string missed_words(const ExploreReport& report, const Break& made) {
  std::string out;
  for (std::size_t i = 0; i < made.targets.size(); ++i) {
    const study::TargetId target = made.targets[i];
    const auto& achieved = made.states[i].achieved;
    const Objective& objective = report.scenario.objectives[target.objective];
    if (i > 0) out += ", ";
    out += spelled(report.scenario, target) + " ";
    out += achieved ? format_duration(*achieved) : target.rpo ? "undefined" : "not recovered";
    if (made.replication[i] > 0) out += " in replication " + number(made.replication[i]);
    out += " (" + target_words(target.rpo ? objective.rpo : objective.rto) + ")";
  }
  return out;
}

std::string coverage_words(const Coverage& coverage) {
  if (coverage.all == 0 && coverage.looked_at == 0) return "none";
  return number(coverage.looked_at) + " of " + counted(coverage.all, "case") + ", " +
         (coverage.complete() ? "complete" : "cut by the budget");
}

void put_coverage(const ExploreReport& report, const Page& page) {
  const study::Exploration& found = report.exploration;
  TextTable table({Align::left, Align::left});
  const auto add = [&](const std::string& what, const std::string& words) {
    table.add({{what, Ink::dim}, {words}});
  };
  add("one", coverage_words(found.singles) + ": " +
                 counted(found.space.ingredients.size(), "fault") + " and circumstances at " +
                 counted(found.space.instants.size(), "instant"));
  std::string pairs = coverage_words(found.pairs);
  if (found.pairs.all > 0)
    pairs += ": " + counted(found.pairs_of_ingredients, "pair") + " that stand for " +
             number(found.pairs_of_ingredients + found.pairs_like_others) +
             ", each between any two events that it has to do with";
  add("two", pairs);
  if (found.pairs_left_out > 0)
    add("", counted(found.pairs_left_out, "pair") +
                " left out: no target is held that both have to do with and neither misses alone");
  if (found.pairs_of_nothing > 0)
    add("",
        counted(found.pairs_of_nothing, "pair") + " left out: one of the faults is never in force");
  add("further", found.guided.looked_at == 0 ? "none"
                                             : counted(found.guided.looked_at, "case") +
                                                   ", guided by what came nearest to a target");
  add("", counted(found.shrinking_runs, "run") + " more to shrink what was found");
  if (found.space.refused > 0)
    add("", counted(found.space.refused, "fault") + " that the simulated world cannot make");
  add("held",
      found.held.empty() ? "nothing that could be broken" : target_list(report, found.held));
  if (!found.missed.empty())
    add("missed", target_list(report, found.missed) + ", with nothing added");
  page.out << '\n';
  table.write(page.out, page.pen, 2, page.width, Last::wrapped);
}

void put_breaks(const ExploreReport& report, const Page& page) {
  const auto& breaks = report.exploration.breaks;
  if (report.exploration.held.empty()) {
    page.out << "\n  " << page.pen(Ink::red, "NOTHING HELD")
             << "  the scenario misses every target, or none can be judged, with nothing added\n";
    return;
  }
  if (breaks.empty()) {
    page.out << "\n  " << page.pen(Ink::green, "HOLDS")
             << "  nothing that was looked at breaks a target that the scenario meets\n";
    return;
  }
  page.out << "\n  " << page.pen(Ink::red, "BREAKS") << "  "
           << counted(breaks.size(), "combination") << ", the smallest first\n\n";
  TextTable table({Align::right, Align::left});
  for (std::size_t i = 0; i < breaks.size(); ++i) {
    const Break& made = breaks[i];
    std::string what = spelled(report.exploration.space, made.picks);
    if (made.instants_looked_at > 1)
      what += " (" + number(made.instants_missed) + " of " +
              counted(made.instants_looked_at, "instant") + ")";
    table.add({{std::to_string(i + 1), Ink::dim}, {what, Ink::bold}});
    table.add({{""}, {missed_words(report, made)}});
    if (!report.files.empty()) table.add({{""}, {one_line(report.files[i]), Ink::dim}});
  }
  table.write(page.out, page.pen, 2, page.width, Last::wrapped);
  if (report.files.empty()) {
    std::string again = "drdrill";
    for (const std::string& word : report.command) again += " " + shell_word(word);
    page.out << "\n  Next: " << again << " -o DIR writes each as a scenario\n";
  } else {
    page.out << "\n  Next: drdrill run " << shell_word(report.files.front()) << " --seed "
             << report.seed;
    if (breaks.front().replication.front() > 0)
      page.out << " --replication " << breaks.front().replication.front();
    page.out << '\n';
  }
}

}  // namespace

void write_explore_text(const ExploreReport& report, std::ostream& out,
                        const WriteOptions& options) {
  const Page page{out, Pen(options.colour), std::max(options.width, narrowest)};
  out << "drdrill " << drdrill_version() << " · explore · " << one_line(report.scenario.name)
      << " · " << one_line(report.platform) << " · seed " << report.seed;
  if (report.replications > 1) out << " · " << counted(report.replications, "replication");
  out << '\n';
  put_coverage(report, page);
  put_breaks(report, page);
}

}  // namespace drdrill::reports
