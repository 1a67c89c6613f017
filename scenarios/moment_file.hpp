#pragma once

#include "sim/base/reader.hpp"
#include "sim/drill/measurement.hpp"

/// What a comparison measures. Internal to the loaders.
namespace drdrill {

/// {"from": MOMENT, "to": MOMENT, "last": true}, {"rto": COMPONENT}, {"rpo": COMPONENT} or
/// {"lost": COMPONENT}. Faults, steps and objectives must be the scenario's; null: they are not
/// looked up.
Quantity read_quantity_measured(Reader& reader, const Scenario* scenario);

}  // namespace drdrill
