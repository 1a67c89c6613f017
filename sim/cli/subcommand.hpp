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
  std::string_view summary;    ///< one line; empty: not in the overview
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
extern const Subcommand sweep_subcommand;
extern const Subcommand merge_subcommand;
extern const Subcommand solve_subcommand;
extern const Subcommand explore_subcommand;
extern const Subcommand schema_subcommand;
extern const Subcommand validate_subcommand;
extern const Subcommand capacity_subcommand;
extern const Subcommand compare_subcommand;
extern const Subcommand lab_subcommand;
extern const Subcommand recover_subcommand;
extern const Subcommand lab_api_subcommand;
extern const Subcommand lab_dns_subcommand;
extern const Subcommand calibrate_subcommand;
extern const Subcommand replay_subcommand;
extern const Subcommand import_subcommand;
extern const Subcommand audit_subcommand;
extern const Subcommand graph_subcommand;

/// `drdrill --help`
void write_overview(std::ostream& out);
/// `drdrill NAME --help`
void write_help(const Subcommand& subcommand, std::ostream& out);

}  // namespace drdrill::cli
