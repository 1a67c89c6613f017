#include "sim/cli/program.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vector>

#include "sim/cli/cli.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/unfinished.hpp"

namespace {

/// A simulation has nothing to undo, so a signal ends the program where it stands, and what is not
/// whole yet goes. Whoever closed the pipe that we write to (SIGPIPE) needs no message.
void end_at_once(int signal) {
  drdrill::cli::remove_unfinished();
  constexpr std::string_view words =
      "\ndrdrill: interrupted; reports that were not finished are not written\n";
  if (signal != SIGPIPE) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, words.data(), words.size());
  }
  ::_exit(drdrill::cli::exit_signal + signal);
}

/// Signals that we were started to ignore (nohup, a job in the background) stay ignored.
void catch_signals() {
  for (const int signal : std::array{SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    struct sigaction action = {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = end_at_once;
    sigaction(signal, &action, nullptr);
  }
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// Of several or of one: its first rank gets a terminal of mpirun's, wherever the output goes in
/// the end.
bool started_by_mpirun() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE"})
    if (std::getenv(name) != nullptr) return true;
  return false;
}

std::size_t terminal_width() {
  winsize size = {};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

}  // namespace

namespace drdrill::cli {

int run_program(int count, char** values, std::ostream& err, study::Ranks* ranks) {
  std::ios::sync_with_stdio(false);
  catch_signals();
  const bool alone = !started_by_mpirun();
  const bool terminal = alone && isatty(STDOUT_FILENO) == 1;
  const bool colour = terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  Context context{std::cout,
                  err,
                  colour,
                  terminal,
                  terminal ? terminal_width() : 100,
                  environment("DRDRILL_SCENARIOS"),
                  alone && isatty(STDERR_FILENO) == 1,
                  ranks};
  const std::vector<std::string> arguments(values + (count > 0 ? 1 : 0), values + count);
  return run(arguments, context);
}

}  // namespace drdrill::cli
