#include "reports/solve.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <ostream>

#include "scenarios/loader.hpp"
#include "sim/base/problem.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/report_files.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/sweep_plan.hpp"
#include "sim/cli/vary.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/drill.hpp"
#include "sim/study/solve.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 8> options{{
    {"objective", "GOAL",
     "COMPONENT.rto<=DURATION@PERCENT% or COMPONENT.rpo<=…; may be repeated: all are to be met",
     true},
    {"over", "POINTER=FROM:TO",
     "what may change, by JSON pointer: a range, FROM:TO:STEP or V1,V2,…; one or two of them. A "
     "parameter of the platform needs no range: a tenth of its value to ten times",
     true},
    {"set", "POINTER=VALUE", "change one value of the files, by JSON pointer; may be repeated",
     true},
    {"parameters", "FILE",
     "a parameter file laid over the platform's, such as one that a drill measured; may be "
     "repeated",
     true},
    {"seed", "N", "what all random numbers come from (default: 1)"},
    {"threads", "N", "default: all cores"},
    {"report", "FORMAT=FILE", "write a report (text, json); \"-\" is stdout; may be repeated",
     true},
    {"quiet", "", "no text on stdout"},
}};

constexpr std::array<std::string_view, 2> formats{"text", "json"};
constexpr std::size_t points_of_one = 17;  // candidates where a range is given
constexpr std::size_t points_of_two = 9;   // of each of two

std::optional<double> number_of(const std::string& text, bool& is_duration) {
  if (const auto duration = parse_duration(text); duration && text != "0") {
    is_duration = true;
    return to_seconds(*duration);
  }
  double number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw UsageError("--over " + text + ": " + why +
                   "; write for example --over /platform/parameters/people.acknowledge=1m:1h");
}

/// A tenth of the parameter's mean to ten times.
std::string usual_range(const std::string& text, const ParameterTable& parameters) {
  const std::string prefix = "/platform/parameters/";
  const ParameterId id =
      text.starts_with(prefix) ? parameters.find(text.substr(prefix.size())) : ParameterId::none;
  if (id == ParameterId::none) refuse(text, "this needs a range");
  const double value = mean(parameters[id].value);
  const bool is_duration = parameters[id].unit == ParameterUnit::seconds;
  study::Knob knob;
  knob.is_duration = is_duration;
  constexpr double around = 10;
  return spelled(knob, value / around) + ":" + spelled(knob, value * around);
}

study::Knob knob_of(const std::string& given, const ParameterTable& parameters,
                    std::size_t points) {
  std::string text = given;
  if (text.find('=') == std::string::npos) text += "=" + usual_range(text, parameters);
  const auto setting = parse_setting(text);
  if (!setting) refuse(text, "not POINTER=FROM:TO");
  study::Knob knob;
  knob.pointer = setting->pointer;
  const std::string& value = setting->value;
  const bool range = std::count(value.begin(), value.end(), ':') == 1;
  const std::size_t colon = value.find(':');
  const auto words = range
                         ? std::vector<std::string>{value.substr(0, colon), value.substr(colon + 1)}
                         : parse_axis(text).values;
  knob.whole = true;
  for (const std::string& word : words) {
    const auto number = number_of(word, knob.is_duration);
    if (!number) refuse(text, "\"" + word + "\" is neither a number nor a duration");
    knob.candidates.push_back(*number);
    knob.whole = knob.whole && word.find_first_not_of("0123456789") == std::string::npos;
  }
  std::sort(knob.candidates.begin(), knob.candidates.end());
  if (!range) return knob;
  const double low = knob.candidates.front(), high = knob.candidates.back();
  if (!(low < high)) refuse(text, "a range goes from less to more");
  knob.refine = true;
  knob.candidates = study::candidates_between(low, high, knob.whole, points);
  return knob;
}

std::vector<study::Goal> goals_of(const Options& given, const Scenario& scenario) {
  std::vector<study::Goal> goals;
  for (const std::string& text : given.values("objective")) {
    const auto goal = study::parse_goal(text);
    if (!goal)
      throw UsageError("--objective " + text +
                       ": expected COMPONENT.rto<=DURATION@PERCENT% with less than 100 %, such as "
                       "'postgres.rpo<=15m@99%'");
    const bool there = std::any_of(
        scenario.objectives.begin(), scenario.objectives.end(),
        [&](const Objective& objective) { return objective.component == goal->component; });
    if (!there)
      throw UsageError("--objective " + text + ": the scenario has no objective of " +
                       std::string(name_of(goal->component)));
    goals.push_back(*goal);
  }
  if (goals.empty()) throw UsageError("say what is to be met: --objective 'postgres.rpo<=15m@99%'");
  return goals;
}

/// Loads the scenario with the knobs set so, and keeps it until the next one.
class Loader {
 public:
  Loader(std::string path, std::vector<Setting> settings, std::vector<std::string> parameter_files)
      : path_(std::move(path)),
        settings_(std::move(settings)),
        parameter_files_(std::move(parameter_files)),
        known_(parameters_of_models()) {
    load(settings_);
  }

  const LoadedScenario& loaded() const { return *loaded_; }

  study::Variant set(const std::vector<study::Knob>& knobs, const std::vector<double>& at) {
    std::vector<Setting> all = settings_;
    for (std::size_t i = 0; i < knobs.size(); ++i)
      all.push_back({knobs[i].pointer, spelled(knobs[i], at[i]), {}});
    load(all);
    return {&loaded_->scenario, &loaded_->platform};
  }

 private:
  void load(const std::vector<Setting>& settings) {
    loaded_ =
        std::make_unique<LoadedScenario>(load_scenario(path_, settings, known_, parameter_files_));
    const SimulatedWorld world(loaded_->platform, loaded_->scenario.start);
    Problems found = preflight(loaded_->scenario, world);
    if (!found.empty()) throw InputError(std::move(found));
  }

  std::string path_;
  std::vector<Setting> settings_;
  std::vector<std::string> parameter_files_;
  std::vector<KnownParameter> known_;
  std::unique_ptr<LoadedScenario> loaded_;
};

std::vector<std::string> command_of(const Options& given, const std::string& path) {
  std::vector<std::string> words{"solve", path};
  for (const char* name : {"objective", "over", "set", "parameters", "seed"})
    for (const std::string& value : given.values(name)) {
      words.push_back("--" + std::string(name));
      words.push_back(value);
    }
  return words;
}

int solve_command(const Options& given, Context& context) {
  if (given.positional().size() != 1)
    throw UsageError("give one scenario: drdrill solve SCENARIO …");
  const std::string path = find_scenario(given.positional().front(), context);
  Loader loader(path, settings_of(given.values("set")), given.values("parameters"));
  SolveReport report;
  report.command = command_of(given, path);
  report.scenario = loader.loaded().scenario.name;
  report.platform = loader.loaded().scenario.platform;
  report.file = path;
  report.seed = given.natural("seed", 1);
  report.goals = goals_of(given, loader.loaded().scenario);
  const auto over = given.values("over");
  if (over.empty() || over.size() > 2) throw UsageError("say what may change: one --over, or two");
  for (const std::string& text : over)
    report.knobs.push_back(knob_of(text, loader.loaded().platform.parameters,
                                   over.size() == 1 ? points_of_one : points_of_two));
  const auto requests = given.values("report");
  const ReportFiles reports(requests, formats);

  study::SolveOptions how;
  how.seed = report.seed;
  how.threads = threads_of(given);
  {
    ProgressLine line(context.err, context.progress);
    how.watch = [&](std::size_t tried, std::size_t runs) {
      line.tell(std::to_string(tried) + " settings, " + std::to_string(runs) + " runs", 0);
    };
    report.solution = study::solve(
        report.goals, report.knobs,
        [&](const std::vector<double>& at) { return loader.set(report.knobs, at); }, how);
  }
  const auto write = [&](std::string_view format, std::ostream& out, const WriteOptions& style) {
    format == "json" ? reports::write_solve_json(report, out)
                     : reports::write_solve_text(report, out, style);
  };
  constexpr std::size_t unbroken = 200;
  if (!given.has("quiet") && !reports.takes_stdout())
    write("text", context.out, {context.colour, context.terminal ? context.width : unbroken});
  reports.write([&](std::string_view format, std::ostream& out) { write(format, out, {}); },
                context.out);
  return report.solution.answer ? exit_pass : exit_fail;
}

}  // namespace

constexpr Subcommand solve_subcommand{
    "solve",
    "SCENARIO",
    "the setting that meets an objective",
    "Looks for the values of one or two settings with which an objective is met often enough, and "
    "names\n"
    "the cheapest, with the evidence on both sides of the boundary: how often it is met there, and "
    "how\n"
    "often right beside it, with intervals of 99 %. Candidates over the whole range are played, so "
    "it\n"
    "need not be the more the better; wherever two neighbours differ the boundary between them is\n"
    "narrowed down. A setting is given 500 to 16,000 runs, until it is on one side. Exit code 1 "
    "when\n"
    "nothing in range meets it.\n\n"
    "  drdrill solve database-failover-corrected --objective 'postgres.rto<=15m@99%' \\\n"
    "    --over /platform/parameters/people.acknowledge=1m:1h\n"
    "  drdrill solve node-failure-corrected --objective 'livekit-sfu.rto<=10s@95%' \\\n"
    "    --over /platform/parameters/livekit.media_setup\n",
    options,
    solve_command};

}  // namespace drdrill::cli
