#pragma once

/// What drdrill's exit status says. Verdicts have 0 to 4 (exit_code() of sim/drill/verdict.hpp).
namespace drdrill::cli {

enum ExitCode : int {
  exit_pass = 0,  ///< every exercised objective met; or a command that has no verdict is done
  exit_fail = 1,  ///< an objective missed, or something left worse than it was found
  exit_inconclusive = 2,  ///< the drill cannot tell; never to be read as a pass
  exit_aborted = 3,       ///< stopped, and all undone
  exit_residue = 4,       ///< drdrill left something behind: look now
  exit_bad_input =
      64,  ///< a mistake in a file, a name or an option; a report that cannot be written
  exit_unreachable = 69,  ///< what should be drilled does not answer
  exit_bug = 70,          ///< drdrill itself is wrong
  exit_signal = 128,      ///< plus its number, when a signal ended it: 130 for Ctrl-C
};

}  // namespace drdrill::cli
