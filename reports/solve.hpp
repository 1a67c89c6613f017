#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "reports/report.hpp"
#include "sim/study/solve.hpp"

/// What `drdrill solve` found, written down.
namespace drdrill {

struct SolveReport {
  std::vector<std::string> command;  ///< without the program's name
  std::string scenario;
  std::string file;
  std::string platform;
  std::uint64_t seed = 1;
  std::vector<study::Goal> goals;
  std::vector<study::Knob> knobs;
  study::Solution solution;
};

namespace reports {

void write_solve_text(const SolveReport& report, std::ostream& out, const WriteOptions& options);
void write_solve_json(const SolveReport& report, std::ostream& out);

}  // namespace reports
}  // namespace drdrill
