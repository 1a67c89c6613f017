#include "scenarios/schema.hpp"

#include <array>
#include <ostream>

#include "sim/base/problem.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/subcommand.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<std::string_view, 6> kinds{"scenario",   "platform", "runbook",
                                                "parameters", "report",   "validation"};

int print_schema(const Options& given, Context& context) {
  if (given.positional().size() != 1)
    throw UsageError("schema needs one kind of file" + suggestion("", kinds));
  const std::string& kind = given.positional().front();
  const auto text = schema_text(kind);
  if (!text) throw UsageError("there is no schema for \"" + kind + "\"" + suggestion(kind, kinds));
  context.out << *text;
  return exit_pass;
}

}  // namespace

constexpr Subcommand schema_subcommand{
    "schema",
    "scenario|platform|runbook|parameters|report|validation",
    "print a JSON Schema",
    "Prints the JSON Schema (draft 7) of a kind of file, for editors and validators. Shipped "
    "files\n"
    "name theirs in \"$schema\", so an editor completes and checks them as they are.\n\n"
    "  drdrill schema report > report.schema.json\n",
    {},
    print_schema};

}  // namespace drdrill::cli
