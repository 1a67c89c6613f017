#pragma once

#include <atomic>

namespace drdrill::cli {

/// From now on SIGINT, SIGTERM and SIGHUP are asked for politely: the flag is set, and the drill
/// aborts and undoes everything. A second one ends the program at once; a lab's guardian then does
/// the rest.
const std::atomic<bool>& abort_on_signal();

}  // namespace drdrill::cli
