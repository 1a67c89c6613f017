#include "sim/cli/validate.hpp"

#include <array>
#include <ostream>
#include <vector>

#include "models/simulated_world.hpp"
#include "reports/validation.hpp"
#include "scenarios/loader.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/messages.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/report_files.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/validate_live.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 8> options{{
    {"seed", "N", "what all random numbers come from (default: 1)"},
    {"replications", "N", "so many simulated runs a comparison (default: what its file says)"},
    {"world", "lab", "run the scenarios of the lab live, and hold the models against that"},
    {"runs", "N", "live: each scenario so many times (default: 5)"},
    {"parameters", "FILE",
     "live: laid over the platform's to predict, as `drdrill calibrate` writes it; may be repeated",
     true},
    {"journals", "DIR", "live: where journals go; what is there is not run again (lab-journals)"},
    {"report", "FORMAT=FILE",
     "write a report (text, json, markdown, junit); \"-\" is stdout; may be repeated", true},
    {"quiet", "", "no text on stdout"},
}};

/// The shipped files: those of the first folder that has any.
std::vector<std::string> shipped_files(const Context& context) {
  for (const std::string& folder : scenario_folders(context))
    if (auto files = json_files(folder + "/validation"); !files.empty()) return files;
  throw UsageError("no shipped comparisons were found; name a file: drdrill validate FILE");
}

/// All comparisons of all files. Throws InputError with every mistake of each.
std::vector<Comparison> load_all(const std::vector<std::string>& files) {
  const auto known = parameters_of_models();
  std::vector<Comparison> all;
  Problems problems;
  for (const std::string& file : files) {
    try {
      for (Comparison& comparison : load_validation(file, known))
        all.push_back(std::move(comparison));
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems().all()) problems.add(problem);
    }
  }
  if (problems.empty()) problems = preflight_all(all);
  if (!problems.empty()) throw InputError(std::move(problems));
  return all;
}

std::vector<std::string_view> formats() {
  std::vector<std::string_view> ids;
  for (const ValidationWriterRow& row : validation_writers()) ids.push_back(row.id);
  return ids;
}

int validate_command(const Options& given, Context& context) {
  if (given.has("world")) return validate_live(given, context);
  constexpr std::uint64_t most_replications = 1'000'000;
  study::ValidationOptions what;
  what.seed = given.natural("seed", what.seed);
  what.closed_forms = given.positional().empty();
  const std::uint64_t replications = given.natural("replications", 0);
  if (replications > most_replications || (given.has("replications") && replications == 0))
    throw UsageError("--replications " + std::to_string(replications) + ": expected 1 to " +
                     std::to_string(most_replications));
  what.replications = static_cast<std::uint32_t>(replications);
  const auto files = given.positional().empty() ? shipped_files(context) : given.positional();
  const std::vector<Comparison> comparisons = load_all(files);
  const auto requests = given.values("report");
  const ReportFiles reports(requests, formats());

  study::Validation validation;
  {
    ProgressLine line(context.err, context.progress);
    validation = study::validate(
        comparisons, what, [&](std::string_view title, double share) { line.tell(title, share); });
  }
  constexpr std::size_t unbroken = 160;  // columns, where no terminal limits them
  if (!given.has("quiet") && !reports.takes_stdout())
    find_validation_writer("text")->write(
        validation, context.out, {context.colour, context.terminal ? context.width : unbroken});
  reports.write(
      [&](std::string_view format, std::ostream& out) {
        find_validation_writer(format)->write(validation, out, {});
      },
      context.out);
  return validation.agrees() ? exit_pass : exit_fail;
}

}  // namespace

Problems preflight_all(std::span<const Comparison> comparisons) {
  Problems problems;
  for (const Comparison& comparison : comparisons) {
    if (!comparison.not_comparable.empty()) continue;
    const SimulatedWorld world(comparison.platform, comparison.scenario.start);
    const Problems found = preflight(comparison.scenario, world);
    for (const Problem& problem : found.all()) problems.add(problem);
  }
  return problems;
}

constexpr Subcommand validate_subcommand{
    "validate",
    "[FILE…]",
    "hold the models against what is known",
    "Prints the model beside what is known, one row each: closed forms of queueing and "
    "reliability\n"
    "theory, and failovers that somebody measured or published, each with the scenario and the\n"
    "configuration that it had. Exit code 1 when a row is outside:\n"
    "  closed forms   the exact value lies outside of the simulated interval of 99.9 %\n"
    "  measurements   the median (or the only one) lies outside of 95 % of the simulated runs, or\n"
    "                 the least or the greatest outside of all runs\n"
    "Comparisons whose configuration is not known well enough are listed with the reason.\n\n"
    "Without FILE: all closed forms and the shipped comparisons (scenarios/validation). With "
    "FILE:\n"
    "the comparisons of these files, of your own measurements for example; `drdrill schema "
    "validation`\n"
    "describes them. The same seed gives the same bytes.\n\n"
    "With --world lab, FILE are scenarios (default: scenarios/lab): each is run live, and what "
    "came\n"
    "is printed beside what simulation predicts, verdicts too. The journals are kept, so that a "
    "batch that was\n"
    "interrupted goes on where it was.\n\n"
    "  drdrill validate\n"
    "  drdrill validate --world lab --runs 5 --journals lab-journals\n"
    "  drdrill validate scenarios/validation/redis.json --replications 5000 --report "
    "markdown=redis.md\n",
    options,
    validate_command};

}  // namespace drdrill::cli
