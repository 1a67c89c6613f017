#pragma once

#include "scenarios/import/told.hpp"

/// What Prometheus' own configuration says, and rules wherever they stand. Internal to the
/// importers.
namespace drdrill::importing {

/// The section `monitoring` of a platform file.
Value monitoring_section(Told& told);

}  // namespace drdrill::importing
