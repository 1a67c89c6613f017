#pragma once

#include "reports/study_writer.hpp"
#include "sim/study/capacity.hpp"

/// What `drdrill capacity` found, written down.
namespace drdrill {

StudyWriters<study::Capacity> capacity_writers();

namespace reports {

// The writers, one for each file.
void write_capacity_text(const study::Capacity& capacity, std::ostream& out,
                         const WriteOptions& options);
void write_capacity_json(const study::Capacity& capacity, std::ostream& out,
                         const WriteOptions& options);
void write_capacity_csv(const study::Capacity& capacity, std::ostream& out,
                        const WriteOptions& options);

}  // namespace reports
}  // namespace drdrill
