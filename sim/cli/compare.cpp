#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <ostream>
#include <set>
#include <utility>

#include "models/version.hpp"
#include "reports/regression.hpp"
#include "sim/cli/baseline.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/study_report.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/unfinished.hpp"
#include "sim/cli/versions.hpp"
#include "sim/cli/waivers.hpp"
#include "sim/drill/drill.hpp"
#include "sim/study/traces.hpp"

namespace drdrill::cli {
namespace {

using study::Outcome;
using study::Regression;
using study::ScenarioRegression;
using study::Variant;

constexpr std::uint32_t default_replications = 2000;
constexpr std::size_t most_changes = 24;  // that are tried one by one

constexpr std::array<OptionRow, 12> options{{
    {"scenario", "FILE", "lay the platforms or runbooks into this one; may be repeated", true},
    {"baseline", "FILE", "compare with a result that was kept, in place of BASE"},
    {"write-baseline", "FILE", "keep the result of HEAD with its files"},
    {"tolerance", "SHARE|TIME", "so much worse is no failure: 5%, 10s (default: 1%)"},
    {"level", "P", "probability of a false alarm in the whole comparison (default: 0.01)"},
    {"replications", "N", "runs of each version of each scenario (default: 2000)"},
    {"seed", "N", "what all random numbers come from (default: 1)"},
    {"threads", "N", "default: all cores"},
    {"waivers", "FILE", "differences that are accepted, each with a reason and a last day"},
    {"today", "DAY", "the day by which waivers expire (default: today, UTC)"},
    report_option("write a report (text, json, csv, junit, sarif, markdown); \"-\" is stdout; may "
                  "be repeated"),
    {"quiet", "", "no text on stdout"},
}};

double number_of(std::string_view option, const std::string& text) {
  double number = -1;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || !(number >= 0))
    throw UsageError("--" + std::string(option) + " " + text + ": expected a number from 0");
  return number;
}

study::Tolerance tolerance_of(const std::string& text) {
  if (text.ends_with('%'))
    return {number_of("tolerance", text.substr(0, text.size() - 1)) / 100, {}};
  if (const auto time = parse_duration(text)) return {0, *time};
  throw UsageError("--tolerance " + text + ": expected a share such as 5% or a time such as 10s");
}

/// Runs versions; says on a terminal which one.
class Runner {
 public:
  Runner(const Regression& what, unsigned threads, Scratch& scratch, Context& context)
      : what_(what), threads_(threads), scratch_(scratch), line_(context.err, context.progress) {}

  Variant run(const Bundle& bundle, const std::string& name, std::uint64_t count) {
    const LoadedScenario loaded = load_bundle(bundle, scratch_);
    // In pieces, so that the terminal hears of it.
    constexpr std::uint64_t piece = 256;
    Variant variant{loaded.scenario.objectives, {}};
    for (std::uint64_t first = 0; first < count; first += piece) {
      line_.tell(name, static_cast<double>(first) / static_cast<double>(count));
      auto rows = study::replicate(loaded.scenario, loaded.platform, what_.seed,
                                   {first, std::min(piece, count - first)}, threads_);
      std::move(rows.begin(), rows.end(), std::back_inserter(variant.outcomes));
    }
    return variant;
  }

  /// What the first replications depended on, by name, and their fingerprints.
  struct Traced {
    std::set<std::string> exercised;
    std::vector<std::uint64_t> fingerprints;
  };
  Traced trace(const Version& version, std::uint64_t count) {
    const LoadedScenario loaded = load_bundle(version.bundle, scratch_);
    line_.tell(version.name, 0);
    study::Traces traces =
        study::trace(loaded.scenario, loaded.platform, what_.seed, {0, count}, threads_);
    Traced traced{{}, std::move(traces.fingerprints)};
    for (const ParameterId id : traces.exercised)
      traced.exercised.insert(loaded.platform.parameters[id].id);
    return traced;
  }

  /// With the rows that were kept, where this program would give the same.
  Variant run(const Version& version) {
    if (version.kept.size() < what_.replications)
      return run(version.bundle, version.name, what_.replications);
    return {load_bundle(version.bundle, scratch_).scenario.objectives,
            {version.kept.begin(), version.kept.begin() + what_.replications}};
  }

 private:
  const Regression& what_;
  unsigned threads_;
  Scratch& scratch_;
  ProgressLine line_;
};

/// What was kept counts as long as the models are those that made it.
void drop_outdated(Baseline& baseline, Regression& regression) {
  const bool other_models = baseline.models != model_version();
  if (!other_models && baseline.seed == regression.seed) return;
  for (Version& version : baseline.versions) version.kept.clear();
  regression.remarks.push_back(
      "the baseline's files were run again: it was made with " +
      (other_models ? "the models " + baseline.models + ", not " + std::string(model_version())
                    : "seed " + std::to_string(baseline.seed)));
}

/// The parameters of which a value changed; nothing when something else did too.
std::optional<std::vector<std::string>> changed_parameters(const BundleDifference& difference) {
  std::vector<std::string> ids;
  for (const DocumentChange& change : difference.changes()) {
    const bool file = change.role.starts_with("parameters/");
    const std::string_view where = file ? "/parameters/" : "/overrides/";
    const std::string_view pointer = change.pointer;
    if ((!file && change.role != "platform" && !change.role.starts_with("base")) ||
        !pointer.starts_with(where))
      return std::nullopt;
    const std::string_view rest = pointer.substr(where.size());
    ids.emplace_back(rest.substr(0, rest.find('/')));
  }
  return ids;
}

/// A run that does not depend on what changed cannot change. That is looked at in the first
/// replications, and the very first ones are run on both sides to see that it is so: how many were
/// looked at; 0 when some run does depend on it, or may.
std::uint64_t looked_at_in_vain(const BundleDifference& difference, const Version& base,
                                const Version& head, const Regression& regression, Runner& runner) {
  constexpr std::uint64_t most = 256, on_both_sides = 32;
  const auto changed = changed_parameters(difference);
  if (!changed) return 0;
  const std::uint64_t count = std::min<std::uint64_t>(most, regression.replications);
  const auto before = runner.trace(base, count);
  for (const std::string& id : *changed)
    if (before.exercised.contains(id)) return 0;
  const auto after = runner.trace(head, std::min(count, on_both_sides));
  const bool same =
      std::equal(after.fingerprints.begin(), after.fingerprints.end(), before.fingerprints.begin());
  return same ? count : 0;
}

ScenarioRegression compare_pair(const Version& base, const Version& head,
                                const Regression& regression, std::uint32_t exchanges,
                                Runner& runner) {
  ScenarioRegression scenario;
  scenario.name = head.name;
  scenario.file = head.bundle.find("scenario")->file;
  const BundleDifference difference(base.bundle, head.bundle, most_changes);
  for (const DocumentChange& change : difference.changes())
    scenario.changes.push_back({change.pointer, change.before, change.after, change.place});
  if (scenario.changes.empty()) return scenario;
  scenario.independent_of_changes = looked_at_in_vain(difference, base, head, regression, runner);
  if (scenario.independent_of_changes > 0) return scenario;
  scenario.rows = compare_variants(runner.run(base), runner.run(head), regression.seed, exchanges);
  return scenario;
}

void explain(const Version& base, const Version& head, ScenarioRegression& scenario,
             const Regression& regression, Runner& runner) {
  const BundleDifference difference(base.bundle, head.bundle, most_changes);
  find_causes(scenario, [&](const std::vector<bool>& made, bool run) -> std::optional<Variant> {
    try {
      return runner.run(difference.mixed(made), head.name + ", a change at a time",
                        run ? regression.replications : 0);
    } catch (const InputError&) {
      return std::nullopt;  // a change that makes no sense without another
    }
  });
}

const Version* partner(const Version& version, const std::vector<Version>& own,
                       const std::vector<Version>& others) {
  if (own.size() == 1 && others.size() == 1) return &others.front();
  for (const Version& other : others)
    if (other.name == version.name) return &other;
  return nullptr;
}

ScenarioRegression alone(const Version& version, ScenarioRegression::Presence presence) {
  ScenarioRegression scenario;
  scenario.name = version.name;
  scenario.file = version.bundle.find("scenario")->file;
  scenario.presence = presence;
  return scenario;
}

/// A waiver that names no scenario of either side covers nothing that anybody meant.
void check_waivers(const Regression& regression) {
  std::vector<std::string_view> names;
  for (const ScenarioRegression& scenario : regression.scenarios) names.push_back(scenario.name);
  Problems problems;
  for (const study::Waiver& waiver : regression.waivers)
    if (!waiver.scenario.empty() &&
        std::find(names.begin(), names.end(), waiver.scenario) == names.end())
      problems.add({waiver.place.file,
                    {waiver.place.line, 1},
                    "/scenario",
                    "no scenario \"" + waiver.scenario + "\" is compared" +
                        suggestion(waiver.scenario, names)});
  if (!problems.empty()) throw InputError(std::move(problems));
}

void compare_all(const std::vector<Version>& base, const std::vector<Version>& head,
                 Regression& regression, Runner& runner) {
  using Presence = ScenarioRegression::Presence;
  std::vector<std::pair<const Version*, const Version*>> pairs;
  const auto add = [&](ScenarioRegression scenario, const Version* before, const Version* after) {
    regression.scenarios.push_back(std::move(scenario));
    pairs.emplace_back(before, after);
  };
  const std::uint32_t exchanges =
      study::exchanges_for(head.size() * component_count * 4, regression.level);
  for (const Version& version : head) {
    const Version* before = partner(version, head, base);
    if (before)
      add(compare_pair(*before, version, regression, exchanges, runner), before, &version);
    else
      add(alone(version, Presence::added), nullptr, &version);
  }
  for (const Version& version : base)
    if (!partner(version, base, head)) add(alone(version, Presence::removed), &version, nullptr);
  check_waivers(regression);
  settle(regression);
  for (std::size_t i = 0; i < pairs.size(); ++i)
    if (pairs[i].first && pairs[i].second)
      explain(*pairs[i].first, *pairs[i].second, regression.scenarios[i], regression, runner);
}

void write_baseline(const std::string& file, std::vector<Version> versions,
                    const Regression& regression, Runner& runner) {
  for (Version& version : versions)
    version.kept = runner.run(version.bundle, version.name, regression.replications).outcomes;
  std::ofstream out(file, std::ios::binary);
  out << to_text({std::string(model_version()), regression.head, regression.seed,
                  regression.replications, std::move(versions)});
  out.flush();
  if (!out) throw UsageError("cannot write the baseline " + file);
}

Regression asked_for(const Options& given) {
  Regression regression;
  regression.seed = given.natural("seed", regression.seed);
  constexpr std::uint64_t most = 1'000'000;
  const std::uint64_t replications = given.natural("replications", default_replications);
  if (replications == 0 || replications > most)
    throw UsageError("--replications: expected 1 to " + std::to_string(most));
  regression.replications = static_cast<std::uint32_t>(replications);
  if (given.has("tolerance")) regression.tolerance = tolerance_of(given.value("tolerance", ""));
  if (given.has("level")) regression.level = number_of("level", given.value("level", ""));
  return regression;
}

int compare_command(const Options& given, Context& context) {
  Regression regression = asked_for(given);
  const auto& names = given.positional();
  const bool kept = given.has("baseline"), keeps = given.has("write-baseline");
  if (names.size() != (kept ? 1 : 2) && !(keeps && !kept && names.size() == 1))
    throw UsageError(kept ? "compare --baseline FILE needs HEAD alone"
                          : "compare needs BASE and HEAD: drdrill compare origin/main HEAD");
  regression.base = kept ? given.value("baseline", "") : names.size() > 1 ? names.front() : "";
  regression.head = names.back();
  if (given.has("waivers"))
    regression.waivers =
        load_waivers(given.value("waivers", ""), day_or_today(given.value("today", "")));
  const StudyReport<Regression> report(given, regression_writers());
  const auto scenarios = given.values("scenario");

  Scratch scratch;
  constexpr std::uint64_t most_threads = 1024;
  const auto threads = static_cast<unsigned>(std::min(given.natural("threads", 0), most_threads));
  const auto head = find_versions(regression.head, regression.base, scenarios, scratch, context,
                                  regression.remarks);
  {
    Baseline baseline;
    if (kept) {
      baseline = load_baseline(regression.base);
      if (!given.has("seed")) regression.seed = baseline.seed;
      if (!given.has("replications")) regression.replications = baseline.replications;
    } else if (names.size() > 1) {
      std::vector<std::string> same_as_of_head;
      baseline.versions = find_versions(regression.base, regression.head, scenarios, scratch,
                                        context, same_as_of_head);
    }
    Runner runner(regression, threads, scratch, context);
    if (kept) drop_outdated(baseline, regression);
    if (kept || names.size() > 1) compare_all(baseline.versions, head, regression, runner);
    if (keeps) write_baseline(given.value("write-baseline", ""), head, regression, runner);
  }
  if (regression.base.empty()) return exit_pass;
  report.write(regression, context);
  return regression.holds() ? exit_pass : exit_fail;
}

}  // namespace

constexpr Subcommand compare_subcommand{
    "compare",
    "BASE HEAD",
    "fail when recovery got worse between two versions",
    "Runs both versions with the same random numbers and compares them pair by pair, for each\n"
    "objective: p95 of RTO and RPO, how often a target is missed, how often it is exercised at\n"
    "all. Exit code 1 when one is worse beyond chance and by more than the tolerance, when a "
    "target\n"
    "that held in 95 % of runs no longer does, when a scenario is gone, or when a waiver has\n"
    "expired. The values that were changed are tried one at a time, and the ones that explain at\n"
    "least half of a difference are named with file and line.\n\n"
    "BASE and HEAD are scenario files, folders of them, git revisions (\"origin/main\": the "
    "folder\n"
    "scenarios in it; \"v1.2:scenarios/node-failure.json\"), or platform or runbook files to be "
    "laid\n"
    "into each --scenario. The level is kept for the whole comparison (Holm's correction; "
    "exchange\n"
    "test for percentiles, exact sign test for shares). The same seed gives the same bytes.\n\n"
    "  drdrill compare origin/main HEAD --report sarif=drill.sarif --report markdown=drill.md\n"
    "  drdrill compare old.json new.json --scenario node-failure --tolerance 5%\n"
    "  drdrill compare scenarios --write-baseline baseline.json\n"
    "  drdrill compare scenarios --baseline baseline.json --waivers waivers.json\n",
    options,
    compare_command};

}  // namespace drdrill::cli
