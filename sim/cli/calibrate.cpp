#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ostream>

#include <nlohmann/json.hpp>

#include "scenarios/journal.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/study/fit.hpp"

namespace drdrill::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::array<OptionRow, 2> options{{
    {"output", "DIR", "where measured.json goes; made when it is not there (default: .)", false,
     'o'},
    {"quiet", "", "no text on stdout"},
}};

std::string seconds_text(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4gs", value);
  return text.data();
}

ordered_json value_of(const Distribution& d) {
  if (d.shape == Shape::uniform) return {{"uniform", {seconds_text(d.a), seconds_text(d.b)}}};
  if (d.shape != Shape::lognormal) return seconds_text(d.a);
  std::array<char, 32> sigma{};
  std::snprintf(sigma.data(), sigma.size(), "%.3g", d.b);
  return {{"lognormal", {{"median", seconds_text(d.a)}, {"sigma", std::stod(sigma.data())}}}};
}

std::string source_of(const study::Measured& measured, const study::Fit& fit) {
  std::string drills;
  for (const std::string& where : measured.where) drills += (drills.empty() ? "" : ", ") + where;
  return std::to_string(measured.values.size()) + " live values (" + drills + "); " + fit.words;
}

std::vector<Journal> live_journals(const std::vector<std::string>& files) {
  if (files.empty())
    throw UsageError(
        "calibrate needs journals of live drills, as `drdrill run SCENARIO --world lab "
        "--report journal=FILE` writes them");
  std::vector<Journal> journals;
  for (const std::string& file : files) {
    journals.push_back(load_journal(file));
    if (journals.back().world == "simulated")
      throw UsageError(file + " is of a simulated drill; a model is not calibrated by itself");
  }
  return journals;
}

int run_calibrate(const Options& given, Context& context) {
  const auto measured = study::measured_phases(live_journals(given.positional()));
  if (measured.empty())
    throw UsageError(
        "nothing in these journals dates a phase: no container was restarted and no "
        "server promoted");
  ordered_json parameters;
  for (const study::Measured& one : measured) {
    const study::Fit fit = study::fit(one.values);
    const std::string source = source_of(one, fit);
    parameters[one.parameter] = {{"value", value_of(fit.distribution)},
                                 {"unit", "seconds"},
                                 {"provenance", "measured"},
                                 {"source", source}};
    if (!given.has("quiet"))
      context.out << one.parameter << " = " << describe(fit.distribution, "s") << "  (" << source
                  << ")\n";
  }
  const std::string folder = given.value("output", ".");
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  const std::string path = folder + "/measured.json";
  std::ofstream out(path);
  out << ordered_json{{"title", "Measured in live drills by drdrill calibrate"},
                      {"parameters", parameters}}
             .dump(2)
      << '\n';
  out.close();
  if (!out) throw UsageError("cannot write " + path);
  if (!given.has("quiet")) context.out << "written to " << path << '\n';
  return exit_pass;
}

}  // namespace

constexpr Subcommand calibrate_subcommand{
    "calibrate",
    "JOURNAL…",
    "parameters from what live drills took",
    "Fits how long each phase took in the journals of live drills (container starts by component,\n"
    "promotions) and writes a parameter file with provenance \"measured\": the likelier of\n"
    "lognormal and uniform, with the number of values and the drills that they come from.\n"
    "--parameters of run and validate lays it over a platform's. What was fitted must not be "
    "judged\n"
    "by the same drills: `drdrill validate --world lab` runs others.\n\n"
    "  drdrill calibrate journals/*.json -o measured\n"
    "  drdrill validate --world lab scenarios/lab/postgres-frozen.json --parameters "
    "measured/measured.json\n",
    options,
    run_calibrate};

}  // namespace drdrill::cli
