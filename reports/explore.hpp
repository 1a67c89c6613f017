#pragma once

#include <string>
#include <vector>

#include "reports/study_writer.hpp"
#include "sim/study/explore.hpp"

/// What `drdrill explore` found, written down.
namespace drdrill {

struct ExploreReport {
  std::vector<std::string> command;  ///< without the program's name
  Scenario scenario;
  std::string platform;
  std::uint64_t seed = 1;
  std::uint64_t replications = 1;  ///< of each case
  study::Exploration exploration;
  std::vector<std::string> files;  ///< one for each break; empty when none was asked for
};

StudyWriters<ExploreReport> explore_writers();

namespace reports {

// The writers, one for each file.
void write_explore_text(const ExploreReport& report, std::ostream& out,
                        const WriteOptions& options);
void write_explore_json(const ExploreReport& report, std::ostream& out,
                        const WriteOptions& options);
void write_explore_csv(const ExploreReport& report, std::ostream& out, const WriteOptions& options);

}  // namespace reports
}  // namespace drdrill
