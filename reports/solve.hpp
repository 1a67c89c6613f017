#pragma once

#include <string>
#include <vector>

#include "reports/study_writer.hpp"
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
  std::vector<study::SweepObjective> objectives;  ///< of the scenario
  study::Solution solution;
};

StudyWriters<SolveReport> solve_writers();

namespace reports {

// The writers, one for each file.
void write_solve_text(const SolveReport& report, std::ostream& out, const WriteOptions& options);
void write_solve_json(const SolveReport& report, std::ostream& out, const WriteOptions& options);
void write_solve_csv(const SolveReport& report, std::ostream& out, const WriteOptions& options);

// What they have in common.
std::string_view side_name(
    const study::Tried& tried);  ///< "meets", "fails", "undecided", "refused"
/// "POINTER=VALUE", once for each knob.
std::vector<std::string> settings_of(const SolveReport& report, const study::Tried& tried);

}  // namespace reports
}  // namespace drdrill
