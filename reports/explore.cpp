#include "reports/explore.hpp"

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
  if (found.pairs_left_out > 0)
    pairs += "; " + number(found.pairs_left_out) +
             " left out: between them they miss every target alone";
  add("two", pairs);
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
             << report.seed << '\n';
  }
}

void put_strings(JsonWriter& json, const std::vector<std::string>& words) {
  json.begin_array(JsonWriter::Layout::one_line);
  for (const std::string& word : words) json.string(word);
  json.end_array();
}

void put_coverage(JsonWriter& json, std::string_view key, const Coverage& coverage) {
  json.key(key).begin_object(JsonWriter::Layout::one_line);
  json.key("looked_at").natural(coverage.looked_at);
  json.key("all").natural(coverage.all);
  json.key("complete").boolean(coverage.complete());
  json.end_object();
}

void put_picks(JsonWriter& json, const ExploreReport& report, const study::Combination& picks) {
  json.begin_array(JsonWriter::Layout::one_line);
  for (const study::Pick& pick : picks) {
    json.begin_object();
    json.key("what").string(report.exploration.space.ingredients[pick.ingredient].words);
    json.key("after_s");
    report.exploration.space.timed(pick.ingredient) ? json.seconds(pick.after) : json.null();
    json.end_object();
  }
  json.end_array();
}

void put_break(JsonWriter& json, const ExploreReport& report, std::size_t index) {
  const Break& made = report.exploration.breaks[index];
  json.begin_object();
  json.key("combination");
  put_picks(json, report, made.picks);
  json.key("found_as");
  put_picks(json, report, made.found_as);
  json.key("missed").begin_array(JsonWriter::Layout::one_line);
  for (std::size_t i = 0; i < made.targets.size(); ++i) {
    json.begin_object();
    json.key("target").string(spelled(report.scenario, made.targets[i]));
    json.key("achieved_s").seconds(made.states[i].achieved);
    json.end_object();
  }
  json.end_array();
  json.key("fingerprint").string(hex(made.fingerprint));
  json.key("instants_missed").natural(made.instants_missed);
  json.key("instants_looked_at").natural(made.instants_looked_at);
  json.key("file");
  report.files.empty() ? json.null() : json.string(report.files[index]);
  json.end_object();
}

}  // namespace

void write_explore_text(const ExploreReport& report, std::ostream& out,
                        const WriteOptions& options) {
  const Page page{out, Pen(options.colour), std::max(options.width, narrowest)};
  out << "drdrill " << drdrill_version() << " · explore · " << one_line(report.scenario.name)
      << " · " << one_line(report.platform) << " · seed " << report.seed << '\n';
  put_coverage(report, page);
  put_breaks(report, page);
}

void write_explore_json(const ExploreReport& report, std::ostream& out) {
  const study::Exploration& found = report.exploration;
  JsonWriter json;
  json.begin_object();
  json.key("format").string("drdrill-explore-1");
  json.key("version").string(drdrill_version());
  json.key("command");
  put_strings(json, report.command);
  json.key("scenario").string(report.scenario.name);
  json.key("platform").string(report.platform);
  json.key("seed").natural(report.seed);
  const auto put_targets = [&](std::string_view key, const std::vector<study::TargetId>& targets) {
    std::vector<std::string> words;
    for (const study::TargetId target : targets) words.push_back(spelled(report.scenario, target));
    json.key(key);
    put_strings(json, words);
  };
  put_targets("held", found.held);
  put_targets("missed_anyway", found.missed);
  json.key("ingredients").natural(found.space.ingredients.size());
  json.key("refused").natural(found.space.refused);
  json.key("instants_s").begin_array(JsonWriter::Layout::one_line);
  for (const Duration instant : found.space.instants) json.seconds(instant);
  json.end_array();
  put_coverage(json, "one", found.singles);
  put_coverage(json, "two", found.pairs);
  json.key("pairs_left_out").natural(found.pairs_left_out);
  json.key("guided").natural(found.guided.looked_at);
  json.key("shrinking_runs").natural(found.shrinking_runs);
  json.key("breaks").begin_array();
  for (std::size_t i = 0; i < found.breaks.size(); ++i) put_break(json, report, i);
  json.end_array();
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
