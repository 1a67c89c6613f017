#include "sim/cli/cli.hpp"

#include <array>
#include <ostream>
#include <vector>

#include "sim/base/problem.hpp"
#include "sim/cli/errors.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::cli {
namespace {

std::vector<std::string_view> subcommand_names() {
  std::vector<std::string_view> names;
  for (const Subcommand& subcommand : subcommands()) names.push_back(subcommand.name);
  return names;
}

const Subcommand& find_subcommand(const std::string& name) {
  for (const Subcommand& subcommand : subcommands())
    if (subcommand.name == name) return subcommand;
  throw UsageError("there is no command \"" + name + "\"" + suggestion(name, subcommand_names()));
}

bool asks_for_help(std::span<const std::string> arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--help" || argument == "-h") return true;
    if (argument == "--") return false;
  }
  return false;
}

int help(std::span<const std::string> arguments, Context& context) {
  if (arguments.empty())
    write_overview(context.out);
  else
    write_help(find_subcommand(arguments.front()), context.out);
  return exit_pass;
}

int dispatch(std::span<const std::string> arguments, Context& context) {
  if (arguments.empty()) {
    write_overview(context.err);
    return exit_bad_input;
  }
  const std::string& name = arguments.front();
  const auto rest = arguments.subspan(1);
  if (name == "--help" || name == "-h") return help({}, context);
  if (name == "help") return help(rest, context);
  if (name == "--version") {
    context.out << "drdrill " << drdrill_version() << '\n';
    return exit_pass;
  }
  const Subcommand& subcommand = find_subcommand(name);
  if (asks_for_help(rest)) return help(arguments.first(1), context);
  return subcommand.run(Options(subcommand.options, rest), context);
}

}  // namespace

std::span<const Subcommand> subcommands() {
  static const std::array<Subcommand, 21> table{
      run_subcommand,       check_subcommand,   list_subcommand,     judge_subcommand,
      replay_subcommand,    sweep_subcommand,   merge_subcommand,    solve_subcommand,
      explore_subcommand,   compare_subcommand, capacity_subcommand, import_subcommand,
      audit_subcommand,     graph_subcommand,   schema_subcommand,   validate_subcommand,
      calibrate_subcommand, lab_subcommand,     recover_subcommand,  lab_api_subcommand,
      lab_dns_subcommand};
  return table;
}

int run(std::span<const std::string> arguments, Context& context) {
  const int code = answered(arguments, context, [&] { return dispatch(arguments, context); });
  context.out.flush();
  if (context.out.good()) return code;
  context.err << "drdrill: cannot write to stdout\n";
  return code == exit_bug ? code : exit_bad_input;
}

}  // namespace drdrill::cli
