#pragma once

#include <iosfwd>

#include "sim/drill/platform.hpp"
#include "sim/drill/scenario.hpp"

/// Graphviz of platforms and runbooks. The same input gives the same bytes.
namespace drdrill::audit {

/// Components and what they need; regions, zones and the workloads in them; single points red.
void write_dot(const PlatformSpec& platform, std::ostream& out);

/// Steps and their needs; the critical path red: the longest chain by time limits (a step without
/// one counts a minute).
void write_dot(const Runbook& runbook, std::ostream& out);

}  // namespace drdrill::audit
