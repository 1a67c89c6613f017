#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Where the statements of a shell script begin and end, as shfmt's syntax tree has it. shfmt runs
/// as a child with a deadline and bounds on memory, so no script can hold or exhaust us.
namespace drdrill::procedures {

/// A statement of the outermost level: a loop, a function or a pipeline is one, with its
/// here-documents. Several on one line are one.
struct Statement {
  enum class Kind { command, assignment, function, compound };
  Kind kind = Kind::command;
  std::size_t begin = 0;  ///< bytes into the script
  std::size_t end = 0;
  int line = 1;  ///< of the script
};

/// A stretch of the script: bytes [begin, end).
struct Quoted {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct ShellSyntax {
  std::vector<Statement> statements;
  std::vector<Quoted> quoted;     ///< by '…', marks included
  std::vector<Quoted> documents;  ///< here-documents in which nothing is expanded
  std::string error;              ///< why there are none; empty: the script is sound
  int error_line = 1;
  bool out_of_bounds = false;  ///< it is too large or takes too long: no use in trying again
};

struct ShellLimits {
  std::chrono::milliseconds time{1000};               ///< of the processor
  std::size_t bytes = std::size_t{1} << 20;           ///< of a script
  std::size_t tree_bytes = std::size_t{24} << 20;     ///< of its syntax tree as JSON
  std::size_t memory_bytes = std::size_t{384} << 20;  ///< that the child may use for data
};

/// Throws InputError when there is no shfmt to ask.
ShellSyntax read_syntax(std::string_view script, const ShellLimits& limits = {});

/// The syntax of many scripts, each as read_syntax() has it. As few children as can be read them
/// together; `limits.time` is for all of them, and what it does not suffice for says out_of_time.
std::vector<ShellSyntax> read_syntaxes(std::span<const std::string> scripts,
                                       const ShellLimits& limits = {});
inline constexpr std::string_view out_of_time = "there was no time left to read it";

/// What `shfmt --to-json` says of a script; whatever it says, it is read or refused.
ShellSyntax read_tree(const std::string& json, std::string_view script);

}  // namespace drdrill::procedures
