#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"

namespace drdrill::reports {

/// How finely a live drill was measured: a row for each probe, and for the ledgers of each
/// component. Empty for a world that need not measure.
struct PrecisionRow {
  std::string what;   ///< "postgres-write", "ledgers of postgres"
  std::string words;  ///< "asked every 100 ms, at most 103 ms apart"
};
std::vector<PrecisionRow> precision_of(const Journal& journal);

}  // namespace drdrill::reports
