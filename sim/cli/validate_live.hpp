#pragma once

#include "sim/cli/options.hpp"
#include "sim/cli/subcommand.hpp"

namespace drdrill::cli {

/// `drdrill validate --world lab`: live drills beside what simulation predicts of them.
int validate_live(const Options& given, Context& context);

}  // namespace drdrill::cli
