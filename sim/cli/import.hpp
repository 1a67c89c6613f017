#pragma once

#include "sim/cli/cli.hpp"
#include "sim/cli/options.hpp"

namespace drdrill::cli {

/// `drdrill import runbook FILE…`; the positional arguments begin with "runbook".
int import_runbook(const Options& given, Context& context);
/// `drdrill import kubernetes PATH…`; the positional arguments begin with "kubernetes".
int import_kubernetes_files(const Options& given, Context& context);

}  // namespace drdrill::cli
