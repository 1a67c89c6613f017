#pragma once

#include <iosfwd>

#include "reports/report.hpp"
#include "sim/study/capacity.hpp"

/// What `drdrill capacity` found, written down.
namespace drdrill::reports {

void write_capacity_text(const study::Capacity& capacity, std::ostream& out,
                         const WriteOptions& options);
void write_capacity_json(const study::Capacity& capacity, std::ostream& out);

}  // namespace drdrill::reports
