#include "sim/live/clients/lab_dns.hpp"

#include <array>
#include <ostream>

#include "sim/cli/exit_code.hpp"
#include "sim/cli/subcommand.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 1> options{{
    {"options", "FILE", "what it answers for, and where"},
}};

int run_lab_dns(const Options& given, Context& context) {
  std::string why;
  const auto dns = live::read_lab_dns_options(given.value("options", ""), why);
  if (!dns) {
    context.err << "drdrill: " << why << '\n';
    return exit_bad_input;
  }
  return live::serve_lab_dns(*dns, context.err);
}

}  // namespace

constexpr Subcommand lab_dns_subcommand{
    "lab-dns",
    "",
    "",  // a lab runs it, nobody else
    "The name server of a lab, and its provider's API. `drdrill lab up` starts it.\n\n"
    "  drdrill lab-dns --options options.json\n",
    options,
    run_lab_dns};

}  // namespace drdrill::cli
