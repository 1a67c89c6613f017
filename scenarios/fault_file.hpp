#pragma once

#include "sim/base/reader.hpp"
#include "sim/drill/platform.hpp"
#include "sim/drill/scenario.hpp"

/// The faults of a scenario. Internal to the loaders.
namespace drdrill {

/// Reads the array "faults"; the scenario's times are read already. `platform` is null where it
/// could not be read: targets are not looked up then.
void read_faults(Reader& root, const PlatformSpec* platform, Scenario& scenario);

}  // namespace drdrill
