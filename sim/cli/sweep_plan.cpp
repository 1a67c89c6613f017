#include "sim/cli/sweep_plan.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "models/version.hpp"
#include "reports/words.hpp"
#include "scenarios/bundle.hpp"
#include "sim/base/problem.hpp"
#include "sim/base/random.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/vary.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/drill.hpp"
#include "sim/drill/platform_cost.hpp"
#include "sim/study/parallel.hpp"

namespace drdrill::cli {
namespace {

constexpr std::uint64_t most_replications = 100'000'000;
constexpr std::uint64_t why_replications = 1'000;

std::uint64_t replications_of(const Options& given) {
  constexpr std::uint64_t usual = 1'000, until_precise = 1'000'000;
  const std::uint64_t n =
      given.natural("replications", given.has("until-ci") ? until_precise : usual);
  if (n == 0 || n > most_replications)
    throw UsageError("--replications " + std::to_string(n) + ": expected 1 to " +
                     std::to_string(most_replications));
  return n;
}

/// What the undivided sweep is called with, so that any part can be done again.
std::vector<std::string> command_of(const Options& given, const std::string& path) {
  std::vector<std::string> words{"sweep", path};
  for (const char* name : {"replications", "seed", "set", "parameters", "vary", "until-ci"})
    for (const std::string& value : given.values(name)) {
      words.push_back("--" + std::string(name));
      words.push_back(value);
    }
  if (given.has("why")) words.emplace_back("--why");
  return words;
}

/// Loads the cells of the grid; every mistake of each is in `problems`.
void load_cells(SweepPlan& plan, const std::string& path, const std::vector<Setting>& settings,
                const std::vector<std::string>& parameter_files, const std::vector<Axis>& axes,
                Problems& problems) {
  const auto known = parameters_of_models();
  for (const auto& cell : grid_of(axes)) {
    std::vector<Setting> all = settings;
    all.insert(all.end(), cell.begin(), cell.end());
    try {
      plan.loaded.push_back(
          std::make_unique<LoadedScenario>(load_scenario(path, all, known, parameter_files)));
      const LoadedScenario& loaded = *plan.loaded.back();
      study::SweepCell row;
      for (const Setting& setting : cell) row.values.push_back(setting.value);
      for (const Objective& objective : loaded.scenario.objectives)
        row.objectives.push_back(
            {std::string(name_of(objective.component)), objective.rto, objective.rpo});
      row.usd_per_month = monthly_cost(loaded.platform).total();
      row.inputs = inputs_of(path, loaded, all, parameter_files);
      plan.head.cells.push_back(std::move(row));
      plan.variants.push_back({&loaded.scenario, &loaded.platform});
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems().all()) problems.add(problem);
    }
  }
}

bool same_components(const study::SweepCell& a, const study::SweepCell& b) {
  return std::equal(a.objectives.begin(), a.objectives.end(), b.objectives.begin(),
                    b.objectives.end(),
                    [](const auto& x, const auto& y) { return x.component == y.component; });
}

/// What was loaded, and what replication 0 of each cell comes to: so programs whose models differ
/// are told apart too. Adds what a world cannot do.
std::string fingerprint_of(const SweepPlan& plan, Problems& problems) {
  std::uint64_t print = 0;
  for (std::size_t i = 0; i < plan.variants.size(); ++i) {
    const study::Variant& variant = plan.variants[i];
    print = mix_bits(print ^ plan.head.cells[i].inputs);
    study::Replicator replicator(*variant.scenario, *variant.platform);
    const Problems found = preflight(*variant.scenario, replicator.world());
    for (const Problem& problem : found.all()) problems.add(problem);
    if (!found.empty()) continue;
    replicator.run(plan.head.seed, 0);
    print = mix_bits(print ^ replicator.journal().fingerprint);
  }
  return reports::hex(print);
}

}  // namespace

double share_of(const Options& given, std::string_view name, double fallback) {
  if (!given.has(name)) return fallback;
  const std::string text = given.value(name, "");
  double share = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), share);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || !(share > 0 && share < 1))
    throw UsageError("--" + std::string(name) + " " + text + ": expected a number between 0 and 1");
  return share;
}

unsigned threads_of(const Options& given) {
  constexpr std::uint64_t most = 1024;
  const std::uint64_t asked = given.natural("threads", 0);
  if (asked > most || (asked == 0 && given.has("threads")))
    throw UsageError("--threads " + std::to_string(asked) + ": expected 1 to " +
                     std::to_string(most));
  if (asked > 0) return static_cast<unsigned>(asked);
  // Ranks on one machine share its cores.
  const char* neighbours = std::getenv("OMPI_COMM_WORLD_LOCAL_SIZE");
  const int local = neighbours != nullptr ? std::max(1, std::atoi(neighbours)) : 1;
  return std::max(1U, study::thread_count(0) / static_cast<unsigned>(local));
}

SweepPlan plan_sweep(const Options& given, Context& context, unsigned threads) {
  if (given.positional().size() != 1)
    throw UsageError("give one scenario: drdrill sweep node-failure --replications 1000");
  const std::string path = find_scenario(given.positional().front(), context);
  const auto settings = settings_of(given.values("set"));
  std::vector<Axis> axes;
  for (const std::string& text : given.values("vary")) axes.push_back(parse_axis(text));

  SweepPlan plan;
  study::SweepHead& head = plan.head;
  head.version = drdrill_version();
  head.models = model_version();
  head.command = command_of(given, path);
  head.seed = given.natural("seed", 1);
  head.until_ci = share_of(given, "until-ci", 0);
  for (const Axis& axis : axes) head.pointers.push_back(axis.pointer);
  const std::uint64_t replications = replications_of(given);

  Problems problems;
  load_cells(plan, path, settings, given.values("parameters"), axes, problems);
  if (problems.empty()) head.inputs = fingerprint_of(plan, problems);
  if (!problems.empty()) throw InputError(std::move(problems));
  for (study::SweepCell& cell : head.cells) cell.replications = replications;

  const Scenario& first = plan.loaded.front()->scenario;
  head.scenario = first.name;
  head.variant = first.variant;
  head.file = first.file;
  head.platform = first.platform;
  for (const study::SweepCell& cell : head.cells)
    if (!same_components(cell, head.cells.front()))
      throw UsageError("--vary: the cells of a sweep must have objectives of the same components");
  if (!given.has("why")) return plan;
  plan.altered = study::what_ifs(first, plan.loaded.front()->platform, head.seed,
                                 std::min(replications, why_replications), threads);
  for (const study::Altered& altered : plan.altered) {
    head.cells.push_back(altered.cell);
    head.cells.back().values = head.cells.front().values;
    head.cells.back().objectives = head.cells.front().objectives;
    plan.variants.push_back(altered.variant());
  }
  return plan;
}

}  // namespace drdrill::cli
