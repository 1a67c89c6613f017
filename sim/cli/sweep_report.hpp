#pragma once

#include <string_view>
#include <vector>

#include "sim/cli/cli.hpp"
#include "sim/cli/report_files.hpp"
#include "sim/study/sweep.hpp"

namespace drdrill::cli {

/// The formats that a sweep's report can have.
std::vector<std::string_view> sweep_formats();

/// Text on stdout unless it is taken or not wanted; then all requested reports.
void write_sweep(const study::SweepPart& part, const ReportFiles& reports, bool quiet,
                 Context& context);

}  // namespace drdrill::cli
