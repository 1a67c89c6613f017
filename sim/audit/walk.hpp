#pragma once

#include "sim/audit/look.hpp"

namespace drdrill::audit {

/// Puts the commands, variables, loops and choices of a procedure into `look`.
void walk(Look& look, std::size_t procedure);

}  // namespace drdrill::audit
