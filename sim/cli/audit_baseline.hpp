#pragma once

#include <string>
#include <vector>

#include "sim/audit/audit.hpp"

/// What is known today and accepted, so that only what is new counts.
namespace drdrill::cli {

/// Accepts the findings that the file lists, each as often as it is listed; lines and figures do
/// not matter. Throws InputError.
void apply_baseline(const std::string& path, std::vector<audit::Finding>& findings);
/// Throws UsageError when it cannot be written.
void write_baseline(const std::string& path, const std::vector<audit::Finding>& findings);

}  // namespace drdrill::cli
