#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vector>

#include "sim/cli/cli.hpp"

namespace {

// Signal handlers reach nothing but globals.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<bool> interrupted{false};

void interrupt(int) {
  interrupted.store(true);
}

/// The first signal aborts and undoes; a second one ends the program at once.
void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::size_t terminal_width() {
  winsize size = {};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

}  // namespace

int main(int count, char** values) {
  std::ios::sync_with_stdio(false);
  catch_signals();
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const bool colour = terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  drdrill::cli::Context context{std::cout,
                                std::cerr,
                                colour,
                                terminal ? terminal_width() : 100,
                                environment("DRDRILL_SCENARIOS"),
                                &interrupted};
  const std::vector<std::string> arguments(values + (count > 0 ? 1 : 0), values + count);
  return drdrill::cli::run(arguments, context);
}
