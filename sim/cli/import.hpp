#pragma once

#include <string>
#include <vector>

#include "sim/cli/cli.hpp"
#include "sim/cli/options.hpp"

namespace drdrill::cli {

/// `drdrill import runbook FILE…`; the positional arguments begin with "runbook".
int import_runbook(const Options& given, Context& context);
/// `drdrill import kubernetes PATH…`; the positional arguments begin with "kubernetes".
int import_kubernetes_files(const Options& given, Context& context);

/// The shipped parameter files, as a file in `folder` names them: relative where both lie below the
/// working directory.
std::vector<std::string> shipped_parameter_files(const std::string& folder, const Context& context);

}  // namespace drdrill::cli
