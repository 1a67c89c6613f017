#include <algorithm>
#include <ostream>

#include "sim/cli/subcommand.hpp"

namespace drdrill::cli {
namespace {

std::string spelled(const OptionRow& row) {
  std::string out = "--" + std::string(row.name);
  if (!row.argument.empty()) out += " " + std::string(row.argument);
  return out;
}

void write_two_columns(std::ostream& out, const std::string& left, std::string_view right,
                       std::size_t width) {
  out << "  " << left << std::string(width - left.size() + 2, ' ') << right << '\n';
}

}  // namespace

void write_overview(std::ostream& out) {
  out << "drdrill rehearses disasters for a video platform: it runs a scenario (faults, a "
         "runbook,\n"
         "objectives) and says whether recovery meets its RTO and RPO targets, and why.\n\n"
         "  drdrill run node-failure            a shipped scenario, simulated; verdict on stdout\n"
         "  drdrill list scenarios              what is shipped\n\nCommands\n";
  for (const Subcommand& subcommand : subcommands())
    if (!subcommand.summary.empty())
      write_two_columns(out, std::string(subcommand.name), subcommand.summary, 10);
  out << "\n`drdrill NAME --help` teaches each with an example; `drdrill --version` tells the "
         "version.\n\n"
         "Exit codes: 0 pass · 1 fail · 2 inconclusive · 3 aborted, all undone · 4 residue: look "
         "now ·\n"
         "64 bad input · 69 target unreachable · 70 a bug of drdrill · 130 interrupted\n";
}

void write_help(const Subcommand& subcommand, std::ostream& out) {
  out << "drdrill " << subcommand.name << ' ' << subcommand.arguments;
  if (!subcommand.options.empty()) out << " [OPTION…]";
  out << "\n\n" << subcommand.teaching;
  if (subcommand.options.empty()) return;
  std::size_t width = 0;
  for (const OptionRow& row : subcommand.options) width = std::max(width, spelled(row).size());
  out << "\nOptions\n";
  for (const OptionRow& row : subcommand.options)
    write_two_columns(out, spelled(row), row.help, width);
}

}  // namespace drdrill::cli
