#include "sim/cli/validate_live.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <ostream>

#include "reports/validation.hpp"
#include "scenarios/journal.hpp"
#include "scenarios/loader.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/report_files.hpp"
#include "sim/cli/validate_verdicts.hpp"
#include "sim/cli/worlds.hpp"

namespace drdrill::cli {
namespace {

constexpr std::uint64_t default_runs = 5;
constexpr std::uint64_t default_replications = 1000;
constexpr std::uint32_t verdict_runs = 200;
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

/// A quantity of one objective, as the live drills had it. Infinite: it did not recover.
struct Row {
  Comparison comparison;
  std::vector<double> values;
  bool fitted = false;  // parameters of the prediction come from drills of this scenario
};

/// How the prediction of a row did.
struct Coverage {
  std::string words;  // a row of the table
  std::size_t inside = 0, of = 0;
  bool median_near = false;
  bool narrow = false;
  bool fitted = false;
};

/// Did the steady state hold, so that something was done?
bool began(const Journal& journal) {
  return std::any_of(journal.entries.begin(), journal.entries.end(), [](const JournalEntry& e) {
    const auto* stage = std::get_if<StageBegan>(&e.what);
    return stage && stage->stage == StageBegan::Stage::drill;
  });
}

double median_of(const std::vector<double>& sorted) {
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/// A parameter that `drdrill calibrate` has fitted to journals of this scenario judges itself.
bool is_fitted(const Batch& batch) {
  const std::string drill = "/" + batch.loaded.scenario.name;
  const auto names_it = [&](const std::string& source) {
    for (auto at = source.find(drill); at != std::string::npos; at = source.find(drill, at + 1)) {
      const char next = at + drill.size() < source.size() ? source[at + drill.size()] : ')';
      if (next == ',' || next == ')') return true;
    }
    return false;
  };
  const std::vector<Parameter>& parameters = batch.loaded.platform.parameters.all();
  return std::any_of(parameters.begin(), parameters.end(), [&](const Parameter& one) {
    return one.provenance == Provenance::measured && names_it(one.source);
  });
}

std::optional<Row> row_of(const Batch& batch, const Objective& objective, Quantity::Kind kind,
                          std::uint64_t replications) {
  Row row;
  Comparison& comparison = row.comparison;
  comparison.quantity.kind = kind;
  comparison.quantity.component = objective.component;
  std::size_t missing = 0;
  for (const Journal& journal : batch.journals) {
    const auto value = measure(journal, comparison.quantity);
    missing += value ? 0 : 1;
    // What did not come back took for ever; of what it lost nothing is known.
    if (value || (kind == Quantity::Kind::rto && began(journal)))
      row.values.push_back(value.value_or(std::numeric_limits<double>::infinity()));
  }
  if (row.values.empty()) return std::nullopt;
  std::sort(row.values.begin(), row.values.end());
  row.fitted = is_fitted(batch);
  const std::string what = kind == Quantity::Kind::rto ? "RTO" : "RPO";
  comparison.id = batch.loaded.scenario.name + "-" + what;
  comparison.title =
      batch.loaded.scenario.name + ": " + what + " of " + std::string(name_of(objective.component));
  comparison.source = "live in the lab on this machine";
  Known known;
  known.median = median_of(row.values);
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
        " live runs gave no figure: it did not recover, or not all could be read back; ";
  return row;
}

/// The value that the share `p` of the runs does not pass.
double quantile(const std::vector<double>& sorted, double p) {
  const auto place = static_cast<std::size_t>(p * static_cast<double>(sorted.size()));
  return sorted[std::min(place, sorted.size() - 1)];
}

/// Near: the medians lie within 15 %, or half a second. Narrow: the interval is no wider than three
/// times what was measured spans, or than a second.
Coverage coverage_of(const Row& row, const study::Prediction& prediction) {
  constexpr double near_share = 0.15, near_seconds = 0.5, widest = 3, always_narrow = 1;
  const double low = quantile(prediction.values, 0.05), high = quantile(prediction.values, 0.95);
  const double known = *row.comparison.known->median, predicted = prediction.median;
  Coverage out;
  out.fitted = row.fitted;
  out.of = row.values.size();
  std::string measured;
  for (const double value : row.values) {
    measured += (measured.empty() ? "" : ", ") + seconds_text(value);
    out.inside += value >= low - resolution && value <= high + resolution ? 1 : 0;
  }
  const bool both = std::isfinite(known) && std::isfinite(predicted);
  const double error = both ? predicted - known : 0;
  out.median_near = both ? std::abs(error) <= std::max(near_share * known, near_seconds)
                         : std::isfinite(known) == std::isfinite(predicted);
  const double span = row.values.back() - row.values.front();
  out.narrow = !both || high - low <= std::max(widest * span, always_narrow);
  out.words = "| " + row.comparison.title + (row.fitted ? " (fitted)" : "") + " | " + measured +
              " | " + seconds_text(known) + " | " + seconds_text(predicted) + " | " +
              seconds_text(low) + " to " + seconds_text(high) + " | " + std::to_string(out.inside) +
              " of " + std::to_string(out.of) + " | " +
              (both ? (error < 0 ? "-" : "+") + seconds_text(std::abs(error)) : "") +
              (out.median_near ? "" : " far") + (out.narrow ? "" : ", wide") + " |\n";
  return out;
}

/// Why no live run gave a figure: nothing is left out in silence.
std::string not_compared(const Batch& batch, const Objective& objective, Quantity::Kind kind) {
  std::size_t unbegun = 0, unevaluated = 0, unread = 0, unrecovered = 0;
  for (const Journal& journal : batch.journals) {
    if (!began(journal)) {
      ++unbegun;
      continue;
    }
    for (const ObjectiveResult& result : judge(journal).objectives) {
      if (result.component != objective.component) continue;
      const bool evaluated =
          result.evaluated && (kind == Quantity::Kind::rto || result.rpo.evaluated);
      if (kind == Quantity::Kind::rpo && result.rpo.unread > 0)
        ++unread;
      else if (!evaluated)
        ++unevaluated;
      else
        ++unrecovered;
    }
  }
  std::string reasons;
  const auto say = [&](std::size_t runs, const char* why) {
    if (runs == 0) return;
    reasons += (reasons.empty() ? "" : ", ") + std::to_string(runs) + " " + why;
  };
  say(unbegun, "in which the steady state did not hold before the fault");
  say(unevaluated, "in which the lab has nothing that tells");
  say(unread, "in which not every record could be read back");
  say(unrecovered, "in which it did not recover");
  return batch.loaded.scenario.name + ": " + (kind == Quantity::Kind::rto ? "RTO" : "RPO") +
         " of " + std::string(name_of(objective.component)) + ": not compared; of " +
         std::to_string(batch.journals.size()) + " live runs " + reasons + "\n";
}

/// What was fitted is shown, and counts for nothing.
void print_table(const std::vector<Coverage>& rows, std::ostream& out) {
  out << "\n| live drill | measured | median | predicted | 90 % of runs | inside | error of the "
         "median |\n| --- | --- | --- | --- | --- | --- | --- |\n";
  std::size_t inside = 0, of = 0, near = 0, judged = 0, narrow = 0;
  for (const Coverage& row : rows) {
    out << row.words;
    if (row.fitted) continue;
    ++judged;
    inside += row.inside;
    of += row.of;
    near += row.median_near ? 1 : 0;
    narrow += row.narrow ? 1 : 0;
  }
  out << "\nOf " << judged << " rows that nothing was fitted to: " << near
      << " medians within 15 % or 0.5 s; " << narrow
      << " intervals no wider than three times what was measured, or a second; " << inside << " of "
      << of << " live values inside of 90 % of the runs\n";
}

Verdicts verdicts_of(const Batch& batch, std::uint64_t seed) {
  Verdicts out{batch.loaded.scenario.name, {}, {}};
  for (const Journal& journal : batch.journals)
    ++out.live[static_cast<std::size_t>(judge(journal).verdict)];
  out.simulated =
      study::expect_verdicts(batch.loaded.scenario, batch.loaded.platform, seed, verdict_runs);
  return out;
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
  std::vector<Coverage> covered;
  std::string without_figure;
  std::vector<Verdicts> verdicts;
  study::Validation validation;
  validation.seed = given.natural("seed", 1);
  for (const std::string& file : scenarios_of(given, context)) {
    Batch batch{file, load_scenario(file, {}, parameters_of_models(), parameter_files), {}};
    if (!run_missing(batch, folder, runs, context)) return exit_residue;
    for (std::uint64_t run = 0; run < runs; ++run)
      batch.journals.push_back(load_journal(journal_of(folder, batch.loaded.scenario.name, run)));
    verdicts.push_back(verdicts_of(batch, validation.seed));
    for (const Objective& objective : batch.loaded.scenario.objectives)
      for (const auto kind : {Quantity::Kind::rto, Quantity::Kind::rpo}) {
        if (kind == Quantity::Kind::rpo && !has_state_to_lose(objective.component)) continue;
        auto row =
            row_of(batch, objective, kind, given.natural("replications", default_replications));
        if (!row) {
          without_figure += not_compared(batch, objective, kind);
          continue;
        }
        const auto prediction =
            study::predict(row->comparison, validation.seed, row->comparison.replications, {});
        for (study::ValidationRow& judged : study::compare(row->comparison, prediction)) {
          if (row->fitted) judged.remark += "parameters were fitted to such drills; ";
          validation.rows.push_back(std::move(judged));
        }
        covered.push_back(coverage_of(*row, prediction));
      }
  }
  if (!given.has("quiet") && !reports.takes_stdout()) {
    find_validation_writer("text")->write(validation, context.out, {context.colour, context.width});
    print_table(covered, context.out);
    print_verdicts(verdicts, context.out);
    context.out << without_figure;
  }
  reports.write(
      [&](std::string_view format, std::ostream& out) {
        find_validation_writer(format)->write(validation, out, {});
      },
      context.out);
  return validation.agrees() ? exit_pass : exit_fail;
}

}  // namespace drdrill::cli
