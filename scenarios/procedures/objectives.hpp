#pragma once

#include <span>

#include "scenarios/procedures/markdown.hpp"
#include "sim/drill/procedure.hpp"

namespace drdrill::procedures {

/// Tables that have a column RTO or RPO are objectives: "30 minutes", "< 1 h", "15 min", "0".
void read_objectives(std::span<const Block> blocks, ProcedureDocument& out);

}  // namespace drdrill::procedures
