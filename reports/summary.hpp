#pragma once

#include <iosfwd>
#include <span>
#include <string>

#include "reports/report.hpp"

/// Several drills at a glance: a table below their reports, one row each.
namespace drdrill {

struct SummaryRow {
  std::string scenario;
  Verdict verdict = Verdict::inconclusive;
  Duration lasted{};  ///< on the drill's own clock, so it is the same each time
  /// The RTO and the RPO that came nearest to their targets or furthest past them, and how many
  /// findings there are: "RTO redis 7.9 s of 5m, nothing lost, 2 findings".
  std::string worst;
};

SummaryRow summary_row(const Report& report);
void write_summary(std::span<const SummaryRow> rows, std::ostream& out,
                   const WriteOptions& options);

}  // namespace drdrill
