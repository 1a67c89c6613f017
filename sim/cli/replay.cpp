#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>

#include "reports/writers.hpp"
#include "scenarios/journal.hpp"
#include "scenarios/loader.hpp"
#include "sim/base/problem.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/messages.hpp"
#include "sim/cli/replay_text.hpp"
#include "sim/cli/report_files.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/vary.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 8> options{{
    {"notice-sooner", "DURATION", "had people been paged so much sooner; never before the fault"},
    {"step", "ID=DURATION", "had this step taken so long; may be repeated", true},
    {"set", "POINTER=VALUE", "had this value of the files been another; may be repeated", true},
    {"parameters", "FILE", "had the platform's parameters been these; may be repeated", true},
    {"scenario", "FILE", "where the journal's scenario is now (default: where it was)"},
    {"seed", "N", "for what the journal does not say (default: the journal's)"},
    {"report", "FORMAT=FILE",
     "as of drdrill run, of the changed drill, or of the replayed one when nothing is changed",
     true},
    {"quiet", "", "no text on stdout"},
}};

void add(Problems& problems, const std::string& file, const std::string& pointer,
         const std::string& message) {
  problems.add({file, {}, pointer, message});
}

/// A scenario that has changed since is another drill.
void compare(const Scenario& was, const Scenario& is, const std::string& file, Problems& problems) {
  const auto differ = [&](const std::string& pointer, const std::string& then,
                          const std::string& now) {
    if (then != now)
      add(problems, file, pointer,
          "is " + (now.empty() ? "not there" : now) + "; when the journal was written it was " +
              (then.empty() ? "not there" : then));
  };
  differ("/name", was.name, is.name);
  differ("/stable_for", format_duration(was.stable_for), format_duration(is.stable_for));
  differ("/horizon", format_duration(was.horizon), format_duration(is.horizon));
  const auto fault = [](const Scenario& scenario, std::size_t i) {
    if (i >= scenario.faults.size()) return std::string();
    const FaultSpec& one = scenario.faults[i];
    return one.catalog_id + " of " + to_string(one.effect.target) + " after " +
           format_duration(one.after);
  };
  for (std::size_t i = 0; i < std::max(was.faults.size(), is.faults.size()); ++i)
    differ("/faults/" + std::to_string(i), fault(was, i), fault(is, i));
  const auto step = [](const Scenario& scenario, std::size_t i) {
    if (i >= scenario.runbook.steps.size()) return std::string();
    const Step& one = scenario.runbook.steps[i];
    return "step " + one.id + ", for " + one.actor + ": " + one.words();
  };
  const std::size_t most = std::max(was.runbook.steps.size(), is.runbook.steps.size());
  for (std::size_t i = 0; i < most; ++i)
    differ("/runbook/steps/" + std::to_string(i), step(was, i), step(is, i));
  for (const Objective& objective : was.objectives)
    if (std::none_of(is.objectives.begin(), is.objectives.end(),
                     [&](const Objective& one) { return one.component == objective.component; }))
      add(problems, file, "/objectives",
          "has none for " + std::string(name_of(objective.component)) +
              "; when the journal was written it had");
}

std::string scenario_file(const Options& given, const Journal& journal, const Context& context) {
  if (given.has("scenario")) return find_scenario(given.value("scenario", ""), context);
  if (std::filesystem::exists(journal.scenario.file)) return journal.scenario.file;
  throw UsageError("the journal is of " + journal.scenario.file +
                   ", which is not here; --scenario FILE says where it is now");
}

/// What the command line changes, and in words.
struct Changes {
  study::ReplayChange change;
  std::string had;
  bool any = false;
};

void had(Changes& changes, const std::string& words) {
  changes.had += (changes.any ? " and " : "") + words;
  changes.any = true;
}

void add_steps(const Options& given, const Scenario& scenario, Changes& changes,
               Problems& problems) {
  std::vector<std::string_view> ids;
  for (const Step& step : scenario.runbook.steps) ids.push_back(step.id);
  for (const std::string& text : given.values("step")) {
    const auto equals = text.find('=');
    const std::string id = text.substr(0, equals);
    const auto found = std::find(ids.begin(), ids.end(), id);
    if (equals == std::string::npos) {
      add(problems, "--step " + text, "", "expected ID=DURATION, such as notice=20s");
      continue;
    }
    const auto takes = parse_duration(text.substr(equals + 1));
    if (found == ids.end())
      add(problems, "--step " + text, "", "there is no step \"" + id + "\"" + suggestion(id, ids));
    if (!takes)
      add(problems, "--step " + text, "",
          "\"" + text.substr(equals + 1) + "\" is no duration; expected such as 4m or 90s");
    if (found == ids.end() || !takes) continue;
    changes.change.steps.emplace_back(static_cast<std::uint32_t>(found - ids.begin()), *takes);
    had(changes, "step " + id + " taken " + format_duration(*takes));
  }
}

void add_sooner(const Options& given, const study::Replay& replay, Changes& changes,
                Problems& problems) {
  if (!given.has("notice-sooner")) return;
  const std::string text = given.value("notice-sooner", "");
  const auto wanted = parse_duration(text);
  const auto& people = replay.observed().times.people;
  if (!wanted) {
    add(problems, "--notice-sooner " + text, "", "is no duration; expected such as 4m or 90s");
  } else if (people.empty()) {
    add(problems, "--notice-sooner " + text, "",
        "nobody was called in this drill; a step that stands for noticing is changed with --step "
        "ID=DURATION");
  } else {
    changes.change.sooner = *wanted;
    std::string words = "the page come " + format_duration(*wanted) + " sooner";
    const std::vector<Duration> by = replay.sooner(*wanted);
    for (std::size_t i = 0; i < by.size(); ++i)
      if (by[i] < *wanted)
        words += " (for " + people[i].who + " " + format_duration(by[i]) +
                 ": then the first fault struck)";
    had(changes, words);
  }
}

int replay_journal(const Options& given, Context& context) {
  if (given.positional().size() != 1)
    throw UsageError(
        "replay needs one journal, as `drdrill run SCENARIO --report journal=FILE` writes it");
  const std::string& path = given.positional().front();
  const ReportFiles files(given.values("report"));
  const Journal journal = load_journal(path);
  Problems problems;
  if (const std::string why = study::why_no_replay(journal); !why.empty()) {
    add(problems, path, "", why);
    return write_problems(problems, context.err);
  }
  const std::string file = scenario_file(given, journal, context);
  const auto known = parameters_of_models();
  LoadedScenario loaded =
      load_scenario(file, settings_of(journal.settings), known, journal.parameter_files);
  compare(journal.scenario, loaded.scenario, file, problems);
  if (!problems.empty()) return write_problems(problems, context.err);

  const std::uint64_t seed = given.natural("seed", journal.seed);
  const study::Replay replay(journal, loaded.scenario, loaded.platform, seed);
  Changes changes;
  add_sooner(given, replay, changes, problems);
  add_steps(given, loaded.scenario, changes, problems);
  std::vector<std::string> settings = journal.settings;
  for (const std::string& setting : given.values("set")) {
    settings.push_back(setting);
    had(changes, "it been with " + setting);
  }
  std::vector<std::string> parameter_files = journal.parameter_files;
  for (const std::string& parameters : given.values("parameters")) {
    parameter_files.push_back(parameters);
    had(changes, "it been with the parameters of " + parameters);
  }
  LoadedScenario other;
  try {
    other = load_scenario(file, settings_of(settings), known, parameter_files);
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems().all()) problems.add(problem);
  }
  if (!problems.empty()) return write_problems(problems, context.err);

  std::optional<study::Replayed> changed;
  if (changes.any) changed = replay.changed(changes.change, other.scenario, other.platform);
  if (!given.has("quiet") && !files.takes_stdout())
    write_replay({journal, replay, changed ? &*changed : nullptr, changes.had}, context);
  const study::Replayed& shown = changed ? *changed : replay.same();
  const Report report{&shown.journal, &shown.judgement};
  files.write([&](std::string_view format,
                  std::ostream& out) { find_writer(format)->write(report, out, {}); },
              context.out);
  return exit_pass;
}

}  // namespace

constexpr Subcommand replay_subcommand{
    "replay",
    "JOURNAL",
    "a drill that took place, as it would have been otherwise",
    "Runs the drill of a journal, live or simulated, again in simulation with the durations that "
    "it\n"
    "holds: when faults struck, when people knew what to do, how long each step and each start of "
    "a\n"
    "container took. Shows how well that gives the RTO and RPO that were measured, which "
    "durations\n"
    "were used, which the journal does not have, and where those come from. With --notice-sooner,\n"
    "--step, --set or --parameters: what would have come of it then. A simulated drill's own seed\n"
    "gives the very same run. The journal's scenario must be as it was.\n\n"
    "  drdrill run region-failover-corrected --report journal=drill.journal.json\n"
    "  drdrill replay drill.journal.json\n"
    "  drdrill replay drill.journal.json --notice-sooner 4m\n"
    "  drdrill replay journals/region-failover-corrected-0.journal.json --step notice=20s\n",
    options,
    replay_journal};

}  // namespace drdrill::cli
