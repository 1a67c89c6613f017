#include "sim/cli/signals.hpp"

#include <array>
#include <csignal>
#include <unistd.h>

#include "sim/cli/exit_code.hpp"

namespace drdrill::cli {
namespace {

std::atomic<bool> asked{false};

void ask(int signal) {
  if (asked.exchange(true)) ::_exit(exit_signal + signal);
}

}  // namespace

const std::atomic<bool>& abort_on_signal() {
  for (const int signal : std::array{SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action = {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = ask;
    sigaction(signal, &action, nullptr);
  }
  return asked;
}

}  // namespace drdrill::cli
