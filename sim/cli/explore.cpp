#include "reports/explore.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "models/simulated_world.hpp"
#include "scenarios/loader.hpp"
#include "sim/base/problem.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/explore_files.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/study_report.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/sweep_plan.hpp"
#include "sim/cli/vary.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/drill.hpp"
#include "sim/kube/cron_times.hpp"
#include "sim/study/explore.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 11> options{{
    {"budget", "N", "look at so many cases at most (default: 10000)"},
    {"replications", "N", "play each case so often; missing a target once is enough (default: 1)"},
    {"together", "N", "add at most so many things at once, 1 to 8 (default: 4)"},
    {"only", "KIND",
     "add only this kind of fault (`drdrill list faults`), or load, lag or start; may be repeated",
     true},
    {"lasts", "DURATION",
     "how long faults last that pass by themselves, at most a quarter of the drill (default: 2m)"},
    {"set", "POINTER=VALUE", "change one value of the files, by JSON pointer; may be repeated",
     true},
    {"seed", "N", "what all random numbers come from, the search's too (default: 1)"},
    {"threads", "N", "default: all cores"},
    {"output", "DIR", "write each break as a scenario into this folder", false, 'o'},
    report_option("write a report (text, json, csv); \"-\" is stdout; may be repeated"),
    {"quiet", "", "no text on stdout"},
}};

constexpr std::array<std::string_view, 3> circumstances{"load", "lag", "start"};
constexpr std::uint64_t most_together = 8;
constexpr std::uint64_t most_cases = 100'000'000;

std::uint64_t between(const Options& given, std::string_view name, std::uint64_t fallback,
                      std::uint64_t most) {
  const std::uint64_t value = given.natural(name, fallback);
  if (value == 0 || value > most)
    throw UsageError("--" + std::string(name) + " " + std::to_string(value) + ": expected 1 to " +
                     std::to_string(most));
  return value;
}

std::vector<std::string> kinds_of(const Options& given) {
  std::vector<std::string_view> known(circumstances.begin(), circumstances.end());
  for (const FaultRow& row : fault_catalog()) known.push_back(row.id);
  const std::vector<std::string> kinds = given.values("only");
  for (const std::string& kind : kinds)
    if (std::find(known.begin(), known.end(), kind) == known.end())
      throw UsageError("--only " + kind + ": no fault, and not load, lag or start" +
                       suggestion(kind, known));
  return kinds;
}

std::optional<std::int64_t> next_firing(const kube::CronJob& job, std::int64_t after) {
  const auto times = kube::CronTimes::parse(job.schedule, job.time_zone);
  return times ? times->next_after(after) : std::nullopt;
}

study::ExploreOptions options_of(const Options& given) {
  study::ExploreOptions how;
  constexpr std::uint64_t usual_budget = 10'000;
  how.seed = given.natural("seed", how.seed);
  how.budget = between(given, "budget", usual_budget, most_cases);
  constexpr std::uint64_t most_replications = 10'000;
  how.replications = between(given, "replications", how.replications, most_replications);
  how.most = static_cast<unsigned>(between(given, "together", how.most, most_together));
  how.threads = threads_of(given);
  how.only = kinds_of(given);
  how.next_firing = next_firing;
  if (!given.has("lasts")) return how;
  const auto lasts = parse_duration(given.value("lasts", ""));
  if (!lasts || *lasts < std::chrono::seconds(1))
    throw UsageError("--lasts " + given.value("lasts", "") + ": expected a duration such as 90s");
  how.transient = *lasts;
  return how;
}

/// What the result depends on.
std::vector<std::string> command_of(const Options& given, const std::string& path) {
  std::vector<std::string> words{"explore", path};
  for (const char* name : {"budget", "replications", "together", "only", "lasts", "set", "seed"})
    for (const std::string& value : given.values(name)) {
      words.push_back("--" + std::string(name));
      words.push_back(value);
    }
  return words;
}

int explore_command(const Options& given, Context& context) {
  if (given.positional().size() != 1)
    throw UsageError("give one scenario: drdrill explore node-failure-corrected");
  const std::string path = find_scenario(given.positional().front(), context);
  study::ExploreOptions how = options_of(given);
  const auto settings = settings_of(given.values("set"));
  const StudyReport<ExploreReport> written(given, explore_writers());
  const LoadedScenario loaded = load_scenario(path, settings, parameters_of_models());
  if (Problems refused =
          preflight(loaded.scenario, SimulatedWorld(loaded.platform, loaded.scenario.start));
      !refused.empty())
    throw InputError(std::move(refused));
  const std::string folder = given.value("output", "");
  if (given.has("output")) prepare_folder(folder, loaded.scenario.name);

  ExploreReport report;
  report.command = command_of(given, path);
  report.scenario = loaded.scenario;
  report.platform = loaded.scenario.platform;
  report.seed = how.seed;
  report.replications = how.replications;
  {
    ProgressLine line(context.err, context.progress);
    how.watch = [&](std::uint64_t done, std::uint64_t all, std::size_t breaks) {
      line.tell(std::to_string(done) + " of at most " + std::to_string(all) + " cases, " +
                    std::to_string(breaks) + " breaks",
                static_cast<double>(done) / static_cast<double>(all));
    };
    report.exploration = study::explore(loaded.scenario, loaded.platform, how);
  }
  if (given.has("output"))
    report.files =
        write_breaks(folder, {path, settings, loaded.scenario, how.seed}, report.exploration);
  written.write(report, context);
  const study::Exploration& found = report.exploration;
  return found.breaks.empty() && !found.held.empty() ? exit_pass : exit_fail;
}

}  // namespace

constexpr Subcommand explore_subcommand{
    "explore",
    "SCENARIO",
    "what breaks an objective that the scenario meets",
    "Adds to the scenario what could happen beside it and looks for what breaks a target that is\n"
    "met without: every fault on every class of interchangeable targets between any two events of\n"
    "the undisturbed run, absent people, more load, replicas further behind, older backups; first\n"
    "one alone, then two, the second one between any two events of the run with the first, the "
    "most\n"
    "promising pairs first, then combinations of more, made from those that came nearest. It says\n"
    "how many of how many cases it looked at. Each break is "
    "shrunk\n"
    "to the smallest combination that still misses the target with this seed; --output writes it "
    "as\n"
    "a scenario for `drdrill run FILE --seed N`. Exit code 1 when something breaks one, or when "
    "there\nis none that could be broken.\n\n"
    "  drdrill explore node-failure-corrected\n"
    "  drdrill explore database-failover-corrected --only node-loss --only lag --together 2 -o "
    "found\n",
    options,
    explore_command};

}  // namespace drdrill::cli
