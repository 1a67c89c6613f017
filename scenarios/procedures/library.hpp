#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/procedures/shfmt.hpp"
#include "sim/drill/procedure.hpp"

/// A script that only defines functions: another one reads it in, or somebody types their names.
namespace drdrill::procedures {

/// A function of such a script that no other of its functions calls.
struct EntryFunction {
  std::string name;
  int line = 1;
  bool takes_arguments = false;
  /// What it needs of the script, as stretches of its statements: itself, the functions that it
  /// calls, and what is set outside of functions.
  std::vector<std::span<const Statement>> needs;
};

/// Empty: the script does something by itself, no function of it does more than print, or there is
/// too much of it. `syntax` is the script's, and must outlive the result.
std::vector<EntryFunction> entry_functions(std::string_view script, const ShellSyntax& syntax);

/// Appends what the function needs and the call of it, which is a step by hand where only whoever
/// calls it knows the arguments.
void add_entry(std::string_view script, const ShellSyntax& syntax, const EntryFunction& function,
               const std::string& file, Procedure& procedure, std::vector<ImportNotice>& notices);

}  // namespace drdrill::procedures
