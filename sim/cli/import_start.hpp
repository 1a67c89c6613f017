#pragma once

#include <string>
#include <vector>

#include "sim/drill/platform.hpp"

namespace drdrill::cli {

/// What of an imported platform does not answer before anything has been done to it, and which
/// manifests keep it from that, a line each. Empty: all of its probes hold.
std::vector<std::string> why_not_steady(const PlatformSpec& platform);

}  // namespace drdrill::cli
