#include <array>
#include <ostream>
#include <utility>
#include <vector>

#include "scenarios/loader.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/messages.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/validate.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 1> options{{
    {"world", "WORLD",
     "also check that every fault, step and probe is possible there (default: simulated)"},
}};

/// What is wrong with the file; for a scenario that is sound in itself, what the world refuses.
Problems problems_of(const std::string& path, const WorldRow& row,
                     std::span<const KnownParameter> known) {
  Checked checked = check_file(path, known);
  if (checked.kind == FileKind::validation && checked.problems.empty())
    return preflight_all(load_validation(path, known));
  if (checked.kind != FileKind::scenario || !checked.problems.empty())
    return std::move(checked.problems);
  const LoadedScenario loaded = load_scenario(path, {}, known);
  return preflight(loaded.scenario, *row.open(loaded, {}));
}

int check_files(const Options& given, Context& context) {
  const WorldRow& row = find_world(given.value("world", "simulated"));
  const auto& names = given.positional();
  if (names.empty()) throw UsageError("check needs files: drdrill check scenarios/*.json");
  const auto known = parameters_of_models();
  std::vector<Problems> found;
  for (const std::string& name : names)
    if (Problems problems = problems_of(find_scenario(name, context), row, known);
        !problems.empty())
      found.push_back(std::move(problems));
  if (!found.empty()) return write_problems(found, context.err);
  context.out << counted(names.size(), "file") << ", no mistakes\n";
  return exit_pass;
}

}  // namespace

constexpr Subcommand check_subcommand{
    "check",
    "FILE…",
    "find all mistakes in files without running anything",
    "Reads scenarios, platforms, runbooks, parameter and validation files (their content says "
    "which) and tells\n"
    "everything that can be known without running: syntax, names, units, what cannot be reached, "
    "and\n"
    "for a scenario whether every fault, step and probe is possible in the world. All mistakes at\n"
    "once, each with file, line, column and JSON pointer; exit code 64.\n\n"
    "  drdrill check scenarios/*.json\n"
    "  scenarios/mine.json:12:18: /faults/0/target: there is no \"postgres-primry\"; did you mean "
    "…\n",
    options,
    check_files};

}  // namespace drdrill::cli
