#include <array>
#include <chrono>

#include "reports/report.hpp"
#include "scenarios/loader.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/log.hpp"
#include "sim/cli/messages.hpp"
#include "sim/cli/report_files.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 7> options{{
    {"world", "WORLD", "where the drill takes place (default: simulated)"},
    {"seed", "N", "what all random numbers come from (default: 1)"},
    {"replication", "K", "one run of the many that share a seed (default: 0)"},
    {"set", "POINTER=VALUE", "change one value of the files, by JSON pointer; may be repeated",
     true},
    {"report", "FORMAT=FILE",
     "write a report (text, json, markdown, junit, journal); \"-\" is stdout; may be repeated",
     true},
    {"quiet", "", "no text on stdout"},
    {"log-level", "LEVEL", "off, error, warn (default), info, debug; to stderr"},
}};

std::vector<Setting> settings_of(const std::vector<std::string>& texts) {
  std::vector<Setting> settings;
  for (const std::string& text : texts) {
    std::optional<Setting> setting = parse_setting(text);
    if (!setting)
      throw UsageError("--set " + text +
                       ": not POINTER=VALUE; write for example --set /horizon=1h");
    settings.push_back(std::move(*setting));
  }
  return settings;
}

std::string only_scenario(const Options& given) {
  if (given.positional().empty())
    throw UsageError(
        "run needs a scenario: drdrill run node-failure, or a path; "
        "`drdrill list scenarios` shows those that are shipped");
  if (given.positional().size() > 1)
    throw UsageError("run takes one scenario, not also \"" + given.positional()[1] + "\"");
  return given.positional().front();
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

int run_drill_command(const Options& given, Context& context) {
  const Stopwatch watch;
  if (given.has("log-level")) set_log_level(given.value("log-level", ""));
  const std::string path = find_scenario(only_scenario(given), context);
  const WorldRow& row = find_world(given.value("world", "simulated"));
  const auto setting_texts = given.values("set");
  const auto settings = settings_of(setting_texts);
  DrillOptions drill{given.natural("seed", 1), given.natural("replication", 0),
                     context.interrupted};
  const auto requests = given.values("report");
  const ReportFiles files(requests);

  const LoadedScenario loaded = load_scenario(path, settings, parameters_of_models());
  log_info(path + " read after " + watch.milliseconds());
  const auto world = row.open(loaded, drill.seed, drill.replication);
  if (Problems refused = preflight(loaded.scenario, *world); !refused.empty())
    return write_problems(refused, context.err);
  log_info("the " + std::string(row.name) + " world is ready after " + watch.milliseconds());

  Journal journal;
  run_drill(loaded.scenario, *world, drill, journal);
  const Judgement judgement = judge(journal);
  log_info(std::to_string(journal.entries.size()) + " journal entries, judged after " +
           watch.milliseconds());
  return write_reports({&journal, &judgement, setting_texts}, files, given.has("quiet"),
                       context.out, {context.colour, context.width});
}

}  // namespace

constexpr Subcommand run_subcommand{
    "run",
    "SCENARIO",
    "run one drill and judge it",
    "Runs the scenario in a world and says whether recovery met its objectives: verdict, achieved\n"
    "RTO and RPO for each component, where the time went, a timeline, what users felt. SCENARIO "
    "is\n"
    "a file, or the name of a shipped scenario (`drdrill list scenarios`). The exit code is the\n"
    "verdict: 0 pass, 1 fail, 2 inconclusive, 3 aborted, 4 residue. The same seed gives the same\n"
    "report, byte for byte.\n\n"
    "  drdrill run node-failure\n"
    "  drdrill run scenarios/database-failover.json --seed 7 --report junit=drill.xml --report "
    "json=drill.json\n"
    "  drdrill run node-failure --set /horizon=1h --set /platform/load/meetings=2 --report "
    "json=-\n",
    options,
    run_drill_command};

}  // namespace drdrill::cli
