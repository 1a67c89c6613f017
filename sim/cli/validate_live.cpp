#include "sim/cli/validate_live.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <ostream>

#include "reports/validation.hpp"
#include "scenarios/journal.hpp"
#include "scenarios/loader.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/report_files.hpp"
#include "sim/cli/worlds.hpp"

namespace drdrill::cli {
namespace {

constexpr std::uint64_t default_runs = 5;
constexpr std::uint64_t default_replications = 1000;
constexpr double resolution = 0.1;  // seconds between two questions of a probe

struct Batch {
  std::string file;
  LoadedScenario loaded;
  std::vector<Journal> journals;
};

std::vector<std::string> scenarios_of(const Options& given, const Context& context) {
  std::vector<std::string> files;
  for (const std::string& name : given.positional()) files.push_back(find_scenario(name, context));
  if (!files.empty()) return files;
  for (const std::string& folder : scenario_folders(context))
    if (auto found = json_files(folder + "/lab"); !found.empty()) return found;
  throw UsageError("no scenarios of the lab were found; name a file");
}

std::string journal_of(const std::string& folder, const std::string& scenario, std::uint64_t run) {
  return folder + "/" + scenario + "-" + std::to_string(run) + ".journal.json";
}

/// Runs what is not there yet: a batch that was interrupted goes on where it was. False: a drill
/// left something behind, or came to no verdict.
bool run_missing(const Batch& batch, const std::string& folder, std::uint64_t runs,
                 Context& context) {
  for (std::uint64_t run = 0; run < runs; ++run) {
    const std::string journal = journal_of(folder, batch.loaded.scenario.name, run);
    if (std::filesystem::exists(journal)) continue;
    const std::vector<std::string> words{
        "run",      batch.file,          "--world", "lab",
        "--quiet",  "--unattended",      "--seed",  std::to_string(run + 1),
        "--report", "journal=" + journal};
    context.err << "live " << batch.loaded.scenario.name << ", " << run + 1 << " of " << runs
                << '\n';
    if (cli::run(words, context) >= exit_aborted) return false;
  }
  return true;
}

std::string seconds_text(double value) {
  if (!std::isfinite(value)) return "not recovered";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f s", value);
  return text.data();
}

/// A quantity of one objective, as the live drills had it.
struct Row {
  Comparison comparison;
  std::vector<double> values;
};

std::optional<Row> row_of(const Batch& batch, const Objective& objective, Quantity::Kind kind,
                          std::uint64_t replications) {
  Row row;
  Comparison& comparison = row.comparison;
  comparison.quantity.kind = kind;
  comparison.quantity.component = objective.component;
  std::size_t missing = 0;
  for (const Journal& journal : batch.journals) {
    const auto value = measure(journal, comparison.quantity);
    if (value) row.values.push_back(*value);
    missing += value ? 0 : 1;
  }
  if (row.values.empty()) return std::nullopt;
  std::sort(row.values.begin(), row.values.end());
  const std::string what = kind == Quantity::Kind::rto ? "RTO" : "RPO";
  comparison.id = batch.loaded.scenario.name + "-" + what;
  comparison.title =
      batch.loaded.scenario.name + ": " + what + " of " + std::string(name_of(objective.component));
  comparison.source = "live in the lab on this machine";
  Known known;
  known.median = row.values[row.values.size() / 2];
  known.least = row.values.front();
  known.most = row.values.back();
  known.count = row.values.size();
  known.resolution = resolution;
  comparison.known = known;
  comparison.replications = static_cast<std::uint32_t>(replications);
  comparison.scenario = batch.loaded.scenario;
  comparison.platform = batch.loaded.platform;
  if (missing > 0)
    comparison.remark =
        std::to_string(missing) +
        " live runs gave no figure (no recovery, or no steady state to begin from); ";
  return row;
}

/// How the prediction did: each live value, how many lie inside, and how far off the median is.
std::string words_on(const Row& row, const study::ValidationRow& judged) {
  std::string words = "live";
  std::size_t inside = 0;
  for (const double value : row.values) {
    words += " " + seconds_text(value);
    inside += judged.low && value >= *judged.low - resolution && value <= *judged.high + resolution
                  ? 1
                  : 0;
  }
  words += "; " + std::to_string(inside) + " of " + std::to_string(row.values.size()) +
           " inside of 95 % of the runs";
  if (!judged.predicted || !judged.known) return words;
  const double error = *judged.predicted - *judged.known;
  words +=
      "; the median is " + seconds_text(std::abs(error)) + (error < 0 ? " too low" : " too high");
  return words;
}

}  // namespace

int validate_live(const Options& given, Context& context) {
  if (given.value("world", "") != "lab") throw UsageError("--world: the only live world is lab");
  const std::uint64_t runs = given.natural("runs", default_runs);
  const std::string folder = given.value("journals", "lab-journals");
  std::filesystem::create_directories(folder);
  const auto requests = given.values("report");
  const auto parameter_files = given.values("parameters");
  std::vector<std::string_view> formats;
  for (const ValidationWriterRow& writer : validation_writers()) formats.push_back(writer.id);
  const ReportFiles reports(requests, formats);
  std::vector<Row> rows;
  study::Validation validation;
  validation.seed = given.natural("seed", 1);
  for (const std::string& file : scenarios_of(given, context)) {
    Batch batch{file, load_scenario(file, {}, parameters_of_models(), parameter_files), {}};
    if (!run_missing(batch, folder, runs, context)) return exit_residue;
    for (std::uint64_t run = 0; run < runs; ++run)
      batch.journals.push_back(load_journal(journal_of(folder, batch.loaded.scenario.name, run)));
    for (const Objective& objective : batch.loaded.scenario.objectives)
      for (const auto kind : {Quantity::Kind::rto, Quantity::Kind::rpo}) {
        if (kind == Quantity::Kind::rpo && !has_state_to_lose(objective.component)) continue;
        auto row =
            row_of(batch, objective, kind, given.natural("replications", default_replications));
        if (!row) continue;
        const auto prediction =
            study::predict(row->comparison, validation.seed, row->comparison.replications, {});
        for (study::ValidationRow& judged : study::compare(row->comparison, prediction)) {
          judged.remark += words_on(*row, judged);
          validation.rows.push_back(std::move(judged));
        }
      }
  }
  if (!given.has("quiet") && !reports.takes_stdout())
    find_validation_writer("text")->write(validation, context.out, {context.colour, context.width});
  reports.write(
      [&](std::string_view format, std::ostream& out) {
        find_validation_writer(format)->write(validation, out, {});
      },
      context.out);
  return validation.agrees() ? exit_pass : exit_fail;
}

}  // namespace drdrill::cli
