#pragma once

#include <span>

#include "scenarios/procedures/markdown.hpp"
#include "sim/drill/procedure.hpp"

namespace drdrill::procedures {

/// Reads the RTO and RPO targets of a document into `out.objectives`: columns and rows of tables,
/// "**RTO**: 4 hours", "a 15-minute RTO", `rto: 5m` in a block of settings. The component is the
/// one that the row, the line or the nearest heading names, else the whole platform. The first
/// target of a component holds. What is given and cannot be read, or says otherwise, becomes a
/// notice.
void read_objectives(std::span<const Block> blocks, ProcedureDocument& out);

}  // namespace drdrill::procedures
