#include "sim/cli/cli.hpp"

#include <array>
#include <exception>
#include <ostream>
#include <vector>

#include "sim/base/ensure.hpp"
#include "sim/base/problem.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/messages.hpp"
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

int report_bug(const std::string& what, std::span<const std::string> arguments, Context& context) {
  context.err
      << "drdrill: this is a bug of drdrill, not of your files. Please report it with these "
         "three lines:\n  "
      << what << "\n  drdrill " << drdrill_version() << "\n  drdrill";
  for (const std::string& argument : arguments) context.err << ' ' << argument;
  context.err << '\n';
  return exit_bug;
}

int guarded(std::span<const std::string> arguments, Context& context) {
  try {
    return dispatch(arguments, context);
  } catch (const UsageError& error) {
    context.err << "drdrill: " << error.message() << '\n';
    if (!arguments.empty()) context.err << "drdrill --help shows what there is\n";
    return exit_bad_input;
  } catch (const InputError& error) {
    return write_problems(error.problems(), context.err);
  } catch (const Bug& bug) {
    return report_bug(bug.what(), arguments, context);
  } catch (const std::exception& error) {
    return report_bug(error.what(), arguments, context);
  }
}

}  // namespace

std::span<const Subcommand> subcommands() {
  static const std::array<Subcommand, 5> table{run_subcommand, check_subcommand, list_subcommand,
                                               judge_subcommand, schema_subcommand};
  return table;
}

int run(std::span<const std::string> arguments, Context& context) {
  const int code = guarded(arguments, context);
  context.out.flush();
  if (context.out.good()) return code;
  context.err << "drdrill: cannot write to stdout\n";
  return code == exit_bug ? code : exit_bad_input;
}

}  // namespace drdrill::cli
