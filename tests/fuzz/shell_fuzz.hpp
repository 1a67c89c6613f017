#pragma once

#include <string_view>

namespace drdrill::test {

/// Parses the input as shell and runs it on a host that answers every command with a little text.
/// It ends within its bounds, whatever it is.
void run_any_shell(std::string_view input);

/// Checks the input as a scenario, platform, runbook, parameter or validation file.
void check_any_file(std::string_view input);

}  // namespace drdrill::test
