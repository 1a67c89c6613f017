#include "reports/solve.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>

#include "scenarios/loader.hpp"
#include "sim/base/problem.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/study_report.hpp"
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
     "what may change, by JSON pointer: a range, FROM:TO:STEP, V1,V2,… or a JSON array; one or two "
     "of them. A parameter of the platform needs no range: a tenth of its value to ten times",
     true},
    {"set", "POINTER=VALUE", "change one value of the files, by JSON pointer; may be repeated",
     true},
    {"parameters", "FILE",
     "a parameter file laid over the platform's, such as one that a drill measured; may be "
     "repeated",
     true},
    {"seed", "N", "what all random numbers come from (default: 1)"},
    {"threads", "N", "default: all cores"},
    report_option("write a report (text, json, csv); \"-\" is stdout; may be repeated"),
    {"quiet", "", "no text on stdout"},
}};

constexpr std::size_t points_of_one = 17;  // candidates where a range is given
constexpr std::size_t points_of_two = 9;   // of each of two
constexpr std::string_view of_parameters = "/platform/parameters/";

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

bool is_whole(double value) {
  return value == std::floor(value);
}

/// The parameter that the pointer sets; null when it sets something else.
const Parameter* parameter_of(const std::string& pointer, const ParameterTable& parameters) {
  if (!pointer.starts_with(of_parameters)) return nullptr;
  const ParameterId id = parameters.find(pointer.substr(of_parameters.size()));
  return id == ParameterId::none ? nullptr : &parameters[id];
}

/// What the pointer's value is now; and whether it can only be whole.
void find_present(const std::string& path, const std::vector<Setting>& settings,
                  const ParameterTable& parameters, study::Knob& knob) {
  if (const Parameter* parameter = parameter_of(knob.pointer, parameters)) {
    knob.present = mean(parameter->value);
    knob.present_words = describe(parameter->value, unit_symbol(parameter->unit));
    if (parameter->unit == ParameterUnit::count && is_whole(*knob.present)) knob.whole = true;
    return;
  }
  const auto value = load_value(path, settings, knob.pointer);
  if (!value) return;
  if (value->kind == Value::Kind::integer || value->kind == Value::Kind::number) {
    knob.present = value->number;
    knob.present_words = spell_number(value->number);
    knob.whole = knob.whole || value->kind == Value::Kind::integer;
  } else if (value->kind == Value::Kind::string) {
    knob.present_words = value->text;
    bool is_duration = false;
    knob.present = number_of(value->text, is_duration);
    if (knob.present && is_duration != knob.is_duration) knob.present.reset();
  }
}

/// A tenth of the parameter's mean to ten times.
std::string usual_range(const std::string& text, const ParameterTable& parameters) {
  const Parameter* parameter = parameter_of(text, parameters);
  if (!parameter) refuse(text, "this needs a range");
  const double value = mean(parameter->value);
  study::Knob knob;
  knob.is_duration = parameter->unit == ParameterUnit::seconds;
  constexpr double around = 10;
  double low = value / around, high = value * around;
  if (parameter->unit == ParameterUnit::count && is_whole(value))
    low = std::max(1.0, std::floor(low));
  if (parameter->unit == ParameterUnit::share) high = std::min(1.0, high);
  return spelled(knob, low) + ":" + spelled(knob, high);
}

/// Values that are no numbers: each is what it is, and nothing lies between two of them.
study::Knob knob_of_words(std::string pointer, std::vector<std::string> words) {
  study::Knob knob;
  knob.pointer = std::move(pointer);
  for (std::size_t i = 0; i < words.size(); ++i) knob.candidates.push_back(static_cast<double>(i));
  knob.words = std::move(words);
  return knob;
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
  const bool range = value.front() != '[' && std::count(value.begin(), value.end(), ':') == 1;
  const std::size_t colon = value.find(':');
  const auto words = range
                         ? std::vector<std::string>{value.substr(0, colon), value.substr(colon + 1)}
                         : parse_axis(text).values;
  bool whole = true;
  for (const std::string& word : words) {
    const auto number = number_of(word, knob.is_duration);
    if (!number && range) refuse(text, "\"" + word + "\" is neither a number nor a duration");
    if (!number) return knob_of_words(setting->pointer, words);
    knob.candidates.push_back(*number);
    whole = whole && word.find_first_not_of("0123456789") == std::string::npos;
  }
  std::sort(knob.candidates.begin(), knob.candidates.end());
  knob.whole = whole;
  if (!range) return knob;
  const Parameter* parameter = parameter_of(knob.pointer, parameters);
  if (parameter && parameter->unit == ParameterUnit::count)
    knob.whole = is_whole(mean(parameter->value));
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

  /// Null: as it is. Nothing when that is no sound scenario; the first such mistake is kept.
  std::optional<study::Variant> set(const std::vector<study::Knob>& knobs,
                                    const std::vector<double>* at) {
    std::vector<Setting> all = settings_;
    for (std::size_t i = 0; at && i < knobs.size(); ++i)
      all.push_back({knobs[i].pointer, spelled(knobs[i], (*at)[i]), {}, "--over"});
    try {
      load(all);
    } catch (const InputError& error) {
      if (mistakes_.empty()) mistakes_ = error.problems();
      return std::nullopt;
    }
    return study::Variant{&loaded_->scenario, &loaded_->platform};
  }
  /// When no setting at all was sound.
  [[noreturn]] void fail() const { throw InputError(Problems(mistakes_)); }

 private:
  void load(const std::vector<Setting>& settings) {
    auto loaded =
        std::make_unique<LoadedScenario>(load_scenario(path_, settings, known_, parameter_files_));
    const SimulatedWorld world(loaded->platform, loaded->scenario.start);
    Problems found = preflight(loaded->scenario, world);
    if (!found.empty()) throw InputError(std::move(found));
    loaded_ = std::move(loaded);
  }

  std::string path_;
  std::vector<Setting> settings_;
  std::vector<std::string> parameter_files_;
  std::vector<KnownParameter> known_;
  std::unique_ptr<LoadedScenario> loaded_;
  Problems mistakes_;
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

void add_knobs(const Options& given, const std::string& path, const ParameterTable& parameters,
               SolveReport& report) {
  const auto over = given.values("over");
  if (over.empty() || over.size() > 2) throw UsageError("say what may change: one --over, or two");
  const auto settings = settings_of(given.values("set"));
  for (const std::string& text : over) {
    study::Knob knob = knob_of(text, parameters, over.size() == 1 ? points_of_one : points_of_two);
    find_present(path, settings, parameters, knob);
    // What it is now is a candidate too, where that can be said.
    const auto word = std::find(knob.words.begin(), knob.words.end(), knob.present_words);
    if (!knob.words.empty())
      knob.present = word != knob.words.end()
                         ? std::optional(static_cast<double>(word - knob.words.begin()))
                         : std::nullopt;
    report.knobs.push_back(std::move(knob));
  }
  if (report.knobs.size() == 2 && report.knobs[0].pointer == report.knobs[1].pointer)
    throw UsageError("--over " + report.knobs[0].pointer + " is given twice");
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
  for (const Objective& objective : loader.loaded().scenario.objectives)
    report.objectives.push_back(
        {std::string(name_of(objective.component)), objective.rto, objective.rpo});
  add_knobs(given, path, loader.loaded().platform.parameters, report);
  const StudyReport<SolveReport> written(given, solve_writers());

  study::SolveOptions how;
  how.seed = report.seed;
  how.threads = threads_of(given);
  {
    ProgressLine line(context.err, context.progress);
    how.watch = [&](double share, std::size_t settings, std::uint64_t runs) {
      line.tell(std::to_string(settings) + " settings, " + std::to_string(runs) + " runs", share);
    };
    report.solution = study::solve(
        report.goals, report.knobs,
        [&](const std::vector<double>* at) { return loader.set(report.knobs, at); }, how);
  }
  const auto& tried = report.solution.tried;
  if (std::all_of(tried.begin(), tried.end(), [](const auto& each) { return each.refused; }))
    loader.fail();
  written.write(report, context);
  return report.solution.answer || report.solution.present_is_enough ? exit_pass : exit_fail;
}

}  // namespace

constexpr Subcommand solve_subcommand{
    "solve",
    "SCENARIO",
    "the setting that meets an objective",
    "Looks for the values of one or two settings with which an objective is met often enough, and\n"
    "names the cheapest, of several as cheap the nearest to what there is now, with the evidence "
    "on\n"
    "both sides of the boundary: how often it is met there, and how often right beside it. Every\n"
    "candidate is played a little; then, in that order, each until it meets the goals or fails\n"
    "them. So it need not be the more the better. It says what becomes of the other objectives.\n"
    "Intervals are widened so that all sides are right together with 99 % confidence. Exit code 1\n"
    "when nothing in range meets it.\n\n"
    "  drdrill solve database-failover-corrected --objective 'postgres.rto<=15m@99%' \\\n"
    "    --over /platform/parameters/people.acknowledge=1m:1h\n"
    "  drdrill solve point-in-time-recovery --objective 'postgres.rpo<=12h@99%' \\\n"
    "    --over '/platform/backups/postgres-backup/schedule=[\"0 2 * * *\", \"0 */6 * * *\"]'\n"
    "  drdrill solve node-failure-corrected --objective 'livekit-sfu.rto<=10s@95%' \\\n"
    "    --over /platform/parameters/livekit.media_setup\n",
    options,
    solve_command};

}  // namespace drdrill::cli
