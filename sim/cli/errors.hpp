#pragma once

#include <functional>
#include <span>
#include <string>

#include "sim/cli/cli.hpp"

namespace drdrill::cli {

/// Runs a command. What it throws becomes a message on `context.err` and an exit code: mistakes of
/// the user 64; everything else is a bug of ours, 70, told with all that finding it takes.
/// `arguments` are those of the whole program. Never throws.
int answered(std::span<const std::string> arguments, Context& context,
             const std::function<int()>& command);

}  // namespace drdrill::cli
