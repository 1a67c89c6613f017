#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/shell_run.hpp"
#include "sim/drill/shell_state.hpp"

/// The text tools that recovery scripts put behind a pipe: functions of their arguments and input.
namespace drdrill::shell {

/// Standard input that is read once.
struct Input {
  std::string text;
  std::size_t at = 0;

  std::string_view rest() const { return std::string_view(text).substr(at); }
  std::string_view take_rest() {
    const std::string_view all = rest();
    at = text.size();
    return all;
  }
};

struct ToolCall {
  std::span<const std::string> argv;
  Input* input = nullptr;  ///< null: nothing is there to read
  const Files& files;
  Budget& budget;
};

/// Runs a tool. Nothing when it is none, or has an option or file that is not known here: then it
/// is the host's to answer.
std::optional<Result> run_tool(ToolCall& call);

using Tool = std::optional<Result> (*)(ToolCall&);
Tool find_tool(std::string_view name);

struct ConditionOutcome {
  int status = 0;  ///< 0 true, 1 false, 2 not understood
  std::string error;
  std::vector<std::string> matched;  ///< by =~: the whole and its groups
};
/// test, [ and [[. Throws BadExpansion where [[ calculates.
ConditionOutcome evaluate_condition(std::span<const std::string> argv, ShellState& state);

// What tools share.

/// "./x" is "x".
std::string_view plain_path(std::string_view path);
/// The text that a tool works on: the named files one after the other ("-" is the input), or the
/// input. Nothing when a file is not known.
std::optional<std::string> text_of(ToolCall& call, std::span<const std::string> names);
/// Without the line ends.
std::vector<std::string_view> lines_of(std::string_view text);
std::optional<long long> to_number(std::string_view text);
Result failure(std::string message, int status = 2);
/// With \n, \t, \x41 and the like replaced, as echo -e does; printf's format also takes \101.
std::string unescaped(std::string_view text, bool format = false);

/// Options as getopt reads them: letters, those followed by ':' in `known` take a value.
struct Switches {
  std::vector<std::pair<char, std::string>> given;
  std::vector<std::string> operands;
  bool has(char letter) const;
  const std::string* value(char letter) const;
};
std::optional<Switches> read_options(std::span<const std::string> argv, std::string_view known);

std::optional<Result> tool_grep(ToolCall& call);
std::optional<Result> tool_sed(ToolCall& call);
std::optional<Result> tool_awk(ToolCall& call);
std::optional<Result> tool_base64(ToolCall& call);
std::optional<Result> tool_jq(ToolCall& call);
std::optional<Result> tool_printf(ToolCall& call);
std::optional<Result> tool_sort(ToolCall& call);
std::optional<Result> tool_tr(ToolCall& call);

}  // namespace drdrill::shell
