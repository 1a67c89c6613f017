#pragma once

#include <span>
#include <string_view>

#include "sim/cli/cli.hpp"
#include "sim/cli/options.hpp"

/// The subcommands: one small file each, one row each. Parsing, help and the overview come from
/// this table.
namespace drdrill::cli {

struct Subcommand {
  std::string_view name;
  std::string_view arguments;  ///< "SCENARIO", "FILE…"
  std::string_view summary;    ///< one line
  std::string_view teaching;   ///< what it does, and an example; for `--help`
  std::span<const OptionRow> options;
  int (*run)(const Options& options, Context& context);
};

std::span<const Subcommand> subcommands();

// The rows, one for each file.
extern const Subcommand run_subcommand;
extern const Subcommand check_subcommand;
extern const Subcommand list_subcommand;
extern const Subcommand judge_subcommand;
extern const Subcommand schema_subcommand;
extern const Subcommand validate_subcommand;
extern const Subcommand lab_subcommand;
extern const Subcommand recover_subcommand;

/// `drdrill --help`
void write_overview(std::ostream& out);
/// `drdrill NAME --help`
void write_help(const Subcommand& subcommand, std::ostream& out);

}  // namespace drdrill::cli
