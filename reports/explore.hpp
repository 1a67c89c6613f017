#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "reports/report.hpp"
#include "sim/study/explore.hpp"

/// What `drdrill explore` found, written down.
namespace drdrill {

struct ExploreReport {
  std::vector<std::string> command;  ///< without the program's name
  Scenario scenario;
  std::string platform;
  std::uint64_t seed = 1;
  study::Exploration exploration;
  std::vector<std::string> files;  ///< one for each break; empty when none was asked for
};

namespace reports {

void write_explore_text(const ExploreReport& report, std::ostream& out,
                        const WriteOptions& options);
void write_explore_json(const ExploreReport& report, std::ostream& out);

}  // namespace reports
}  // namespace drdrill
