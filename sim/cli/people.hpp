#pragma once

#include <iosfwd>

#include "sim/drill/platform.hpp"
#include "sim/drill/scenario.hpp"
#include "sim/live/people.hpp"

/// How people are asked in a live drill.
namespace drdrill::cli {

/// Does the runbook need anybody?
bool needs_people(const Runbook& runbook);

/// Asks on the terminal: Enter when it is done, or "s" and a reason to skip it.
live::People ask_on_terminal(std::ostream& out);

/// Nobody is asked: it takes as long as the platform's parameters say (people.*).
live::People unattended(const PlatformSpec& platform, std::uint64_t seed,
                        std::uint64_t replication);

}  // namespace drdrill::cli
