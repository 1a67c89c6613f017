#pragma once

#include "sim/audit/audit.hpp"

namespace drdrill::cli {

/// Runs the scenario on the platform in simulation, with seed 1, or says why it cannot be run.
audit::Rehearsal rehearse(const PlatformSpec& platform, const Scenario& scenario);

}  // namespace drdrill::cli
