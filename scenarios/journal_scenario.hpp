#pragma once

#include "sim/base/reader.hpp"
#include "sim/drill/scenario.hpp"

/// The scenario within a journal: resolved, in nanoseconds. Internal to the journal's reader.
namespace drdrill {

Scenario read_stored_scenario(Reader& reader);

/// ["file", line]
SourcePlace read_stored_place(Reader& reader);

}  // namespace drdrill
