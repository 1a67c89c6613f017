#include <ostream>

#include "scenarios/loader.hpp"
#include "sim/audit/dot.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/worlds.hpp"

namespace drdrill::cli {
namespace {

int graph_command(const Options& given, Context& context) {
  if (given.positional().size() != 1)
    throw UsageError("graph needs one platform, runbook or scenario: drdrill graph gomeet-500");
  const auto known = parameters_of_models();
  const std::string& name = given.positional().front();
  const bool is_path = name.find('/') != std::string::npos || name.ends_with(".json");
  std::string path = name;
  if (!is_path) {
    try {
      path = find_platform(name, context);
    } catch (const UsageError&) {
      path = find_scenario(name, context);
    }
  }
  const Checked checked = check_file(path, known);
  if (!checked.problems.empty()) throw InputError(checked.problems);
  switch (*checked.kind) {
    case FileKind::platform:
      audit::write_dot(load_platform(path, {}, known), context.out);
      return exit_pass;
    case FileKind::runbook:
      audit::write_dot(load_runbook(path), context.out);
      return exit_pass;
    case FileKind::scenario:
      audit::write_dot(load_scenario(path, {}, known).scenario.runbook, context.out);
      return exit_pass;
    case FileKind::parameters:
    case FileKind::validation:
      break;
  }
  throw UsageError(path + " is neither a platform nor a runbook");
}

}  // namespace

constexpr Subcommand graph_subcommand{
    "graph",
    "PLATFORM|RUNBOOK",
    "draw a platform or a runbook, for Graphviz",
    "Writes Graphviz: of a platform who needs whom and which workload lies in which failure "
    "domain,\n"
    "with single points of failure in red; of a runbook (or a scenario's) the steps and what each\n"
    "waits for, with the longest chain in red, by time limits where steps have them and by number "
    "of\n"
    "steps otherwise.\n\n"
    "  drdrill graph gomeet-500 | dot -Tsvg > platform.svg\n"
    "  drdrill graph scenarios/runbooks/region-failover-corrected.json | dot -Tsvg > runbook.svg\n",
    {},
    graph_command};

}  // namespace drdrill::cli
