#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <unistd.h>
#include <utility>

#include "reports/summary.hpp"
#include "scenarios/loader.hpp"
#include "sim/base/problem.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/live_run.hpp"
#include "sim/cli/log.hpp"
#include "sim/cli/messages.hpp"
#include "sim/cli/people.hpp"
#include "sim/cli/report_files.hpp"
#include "sim/cli/signals.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/vary.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 11> options{{
    {"world", "WORLD", "where the drill takes place: simulated (default), or lab: real processes"},
    {"unattended", "",
     "live: nobody is asked; steps of people take as long as people.* of the platform says"},
    {"observe-only", "",
     "live: no fault, no step of the runbook; only the steady state is watched"},
    {"seed", "N", "what all random numbers come from (default: 1)"},
    {"replication", "K", "one run of the many that share a seed (default: 0)"},
    {"runbook", "FILE", "follow this runbook in place of the scenario's"},
    {"set", "POINTER=VALUE", "change one value of the files, by JSON pointer; may be repeated",
     true},
    {"parameters", "FILE",
     "a parameter file laid over the platform's, such as one that a drill measured; may be "
     "repeated",
     true},
    {"report", "FORMAT=FILE",
     "write a report (text, json, markdown, junit, journal, measured); \"-\" is stdout; may be "
     "repeated",
     true},
    {"quiet", "", "no text on stdout"},
    {"log-level", "LEVEL", "off, error, warn (default), info, debug; to stderr"},
}};

/// The verdict that goes first: residue, aborted, fail, inconclusive, pass.
Verdict weightier(Verdict a, Verdict b) {
  const auto weight = [](Verdict verdict) {
    constexpr std::array<int, 5> weights{0, 2, 1, 3, 4};  // in the order of the enumeration
    return weights[static_cast<std::size_t>(verdict)];
  };
  return weight(a) < weight(b) ? b : a;
}

class Stopwatch {
 public:
  std::string milliseconds() const {
    const std::chrono::duration<double, std::milli> passed = Clock::now() - start_;
    return std::to_string(passed.count()) + " ms";
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

/// A scenario that can start.
struct Ready {
  LoadedScenario loaded;
  std::unique_ptr<World> world;  ///< refers to `loaded`
  std::optional<ReportFiles> files;
};
using ReadyDrills = std::vector<std::unique_ptr<Ready>>;

std::vector<std::string> paths_of(const Options& given, const Context& context) {
  if (given.positional().empty())
    throw UsageError(
        "run needs a scenario: drdrill run node-failure, or a path; "
        "`drdrill list scenarios` shows those that are shipped");
  std::vector<std::string> paths;
  for (const std::string& name : given.positional()) paths.push_back(find_scenario(name, context));
  return paths;
}

void open_world(Ready& ready, const WorldRow& row, const DrillOptions& drill,
                const live::People& people = {}) {
  ready.world = row.open(ready.loaded, {drill.seed, drill.replication, people, drill.interrupted});
  if (Problems refused = preflight(ready.loaded.scenario, *ready.world); !refused.empty())
    throw InputError(std::move(refused));
}

/// The scenario as its files say it, in a world that can do all of it. Throws InputError.
std::unique_ptr<Ready> make_ready(const std::string& path, std::span<const Setting> settings,
                                  std::span<const std::string> parameter_files, const WorldRow& row,
                                  const DrillOptions& drill, bool observe_only) {
  auto ready = std::make_unique<Ready>();
  ready->loaded = load_scenario(path, settings, parameters_of_models(), parameter_files);
  if (observe_only) only_observe(ready->loaded.scenario);
  if (!row.live) open_world(*ready, row, drill);
  return ready;
}

/// What the command line changed in all scenarios, as it was written.
struct Changes {
  std::vector<std::string> settings;
  std::vector<std::string> parameter_files;
};

/// How one drill is run.
struct How {
  const WorldRow& row;
  DrillOptions drill;
  Changes changes;
  bool quiet = false;
  bool unattended = false;
};

/// One drill, with its reports and its text.
SummaryRow run_one(Ready& ready, const How& how, Context& context) {
  const Stopwatch watch;
  const WorldRow& row = how.row;
  const DrillOptions& drill = how.drill;
  const bool quiet = how.quiet || ready.files->takes_stdout();
  Journal journal;
  std::vector<study::Expected> expected;
  if (row.live) {
    expected = expect_simulated(ready.loaded, drill.seed);
    if (!quiet) write_expected(ready.loaded.scenario, expected, context.out);
    const PlatformSpec& platform = ready.loaded.platform;
    open_world(ready, row, drill,
               how.unattended ? unattended(platform, drill.seed, drill.replication)
                              : ask_on_terminal(context.err));
  }
  run_drill(ready.loaded.scenario, *ready.world, drill, journal);
  std::string audit;
  if (row.close) journal.left_behind = row.close(*ready.world, audit);
  journal.settings = how.changes.settings;
  journal.parameter_files = how.changes.parameter_files;
  const Judgement judgement = judge(journal);
  log_info(ready.loaded.scenario.file + ": " + std::to_string(journal.entries.size()) +
           " journal entries, judged after " + watch.milliseconds());
  const Report report{&journal, &judgement};
  write_reports(report, *ready.files, how.quiet, context.out, {context.colour, context.width});
  if (!quiet && row.live) write_beside(judgement, expected, context.out);
  if (!quiet && !audit.empty()) context.out << "\n  Residue: " << audit << '\n';
  return summary_row(report);
}

/// All drills and, when there are several, a table of them. The exit code is that of the weightiest
/// verdict.
int run_all(ReadyDrills& drills, const How& how, Context& context) {
  const bool quiet = how.quiet;
  std::vector<SummaryRow> rows;
  Verdict worst = Verdict::pass;
  for (const auto& ready : drills) {
    rows.push_back(run_one(*ready, how, context));
    worst = weightier(worst, rows.back().verdict);
    if (drills.size() > 1 && !quiet) context.out << '\n' << std::flush;
  }
  if (drills.size() > 1 && !quiet)
    write_summary(rows, context.out, {context.colour, context.width});
  return exit_code(worst);
}

/// A runbook that waits for people needs somebody who answers.
void check_people(const ReadyDrills& drills, bool unattended) {
  if (unattended || isatty(STDIN_FILENO) == 1) return;
  for (const auto& ready : drills)
    if (needs_people(ready->loaded.scenario.runbook))
      throw UsageError("steps of \"" + ready->loaded.scenario.name +
                       "\" are for people, and nobody is at a terminal; give --unattended to have "
                       "them take as long as the platform's parameters say");
}

int run_drill_command(const Options& given, Context& context) {
  const Stopwatch watch;
  if (given.has("log-level")) set_log_level(given.value("log-level", ""));
  const auto paths = paths_of(given, context);
  const WorldRow& row = find_world(given.value("world", "simulated"));
  for (const char* option : {"unattended", "observe-only"})
    if (given.has(option) && !row.live)
      throw UsageError("--" + std::string(option) + " is for live worlds: --world lab");
  Changes changes{given.values("set"), given.values("parameters")};
  // A path in a scenario is relative to the scenario, one on the command line to where we are.
  if (given.has("runbook"))
    changes.settings.push_back("/runbook=" +
                               std::filesystem::absolute(given.value("runbook", "")).string());
  const auto settings = settings_of(changes.settings);
  DrillOptions drill;
  drill.seed = given.natural("seed", drill.seed);
  drill.replication = given.natural("replication", drill.replication);
  const auto requests = given.values("report");
  check_requests(requests, paths.size());

  ReadyDrills drills;
  std::vector<Problems> mistakes;
  for (const std::string& path : paths) {
    try {
      drills.push_back(make_ready(path, settings, changes.parameter_files, row, drill,
                                  given.has("observe-only")));
    } catch (const InputError& error) {
      mistakes.push_back(error.problems());
    }
  }
  if (!mistakes.empty()) return write_problems(mistakes, context.err);
  std::vector<std::string> all_requests;
  for (const auto& ready : drills) {
    const auto own = requests_for(requests, ready->loaded.scenario.name);
    all_requests.insert(all_requests.end(), own.begin(), own.end());
    ready->files.emplace(own);
  }
  refuse_repeated(all_requests);
  log_info(counted(drills.size(), "scenario") + " ready in the " + std::string(row.name) +
           " world after " + watch.milliseconds());
  if (row.live) {
    check_people(drills, given.has("unattended"));
    drill.interrupted = &abort_on_signal();
  }
  try {
    return run_all(drills, {row, drill, changes, given.has("quiet"), given.has("unattended")},
                   context);
  } catch (const NotOpened& not_opened) {
    context.err << "drdrill: " << not_opened.why << '\n';
    return not_opened.exit_code;
  }
}

}  // namespace

constexpr Subcommand run_subcommand{
    "run",
    "SCENARIO…",
    "run drills and judge them",
    "Runs each scenario in a world and says whether recovery met its objectives: verdict, "
    "achieved\n"
    "RTO and RPO for each component, where the time went, a timeline, what users felt. SCENARIO "
    "is\n"
    "a file, or the name of a shipped scenario (`drdrill list scenarios`). The exit code is the\n"
    "verdict: 0 pass, 1 fail, 2 inconclusive, 3 aborted, 4 residue. The same seed gives the same\n"
    "report, byte for byte.\n\n"
    "Several scenarios are run one after the other, with a table of them at the end; nothing is "
    "run\n"
    "if one of them has a mistake. The exit code is that of the weightiest verdict: residue, "
    "aborted,\n"
    "fail, inconclusive, pass. \"{scenario}\" in the name of a report's file stands for the "
    "scenario's.\n\n"
    "  drdrill run node-failure\n"
    "  drdrill run scenarios/database-failover.json --seed 7 --report junit=drill.xml --report "
    "json=drill.json\n"
    "  drdrill run node-failure database-failover --report 'json={scenario}.json'\n"
    "  drdrill run database-failover --runbook imported/our-failover.json\n"
    "  drdrill run node-failure --set /horizon=1h --set /platform/load/meetings=2 --report "
    "json=-\n",
    options,
    run_drill_command};

}  // namespace drdrill::cli
