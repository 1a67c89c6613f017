#include <string>

#include "sim/drill/checkers.hpp"

namespace drdrill {

namespace {

std::string describe(const FaultSpec& fault) {
  return "fault \"" + fault.effect.id + "\" (" + fault.catalog_id + " " +
         to_string(fault.effect.target) + ")";
}

/// Steps that were to make a fault, by whether a run of theirs changed something.
bool changed_something(const Chronicle& chronicle, std::uint32_t step) {
  for (const StepRun& run : chronicle.runs)
    if (run.step == step && run.changed_something()) return true;
  return false;
}

}  // namespace

void find_faults_without_effect(const Chronicle& chronicle, std::vector<Finding>& findings) {
  if (!chronicle.drill) return;
  for (std::size_t i = 0; i < chronicle.faults.size(); ++i) {
    const FaultRecord& record = chronicle.faults[i];
    if (record.took) continue;
    const FaultSpec& fault = chronicle.scenario().faults[i];
    findings.push_back({.rule = "fault-without-effect",
                        .level = FindingLevel::warning,
                        .text = describe(fault) + (record.injected ? " was not seen to take effect"
                                                                   : " was never made"),
                        .at = record.injected,
                        .component = {},
                        .step = {},
                        .place = fault.place});
  }
  const auto& steps = chronicle.scenario().runbook.steps;
  for (std::uint32_t i = 0; i < steps.size(); ++i) {
    if (steps[i].phase != Phase::inject || steps[i].only_as_rollback) continue;
    if (changed_something(chronicle, i)) continue;
    findings.push_back(
        {.rule = "fault-without-effect",
         .level = FindingLevel::warning,
         .text = "step \"" + steps[i].id + "\" was to make a fault and changed nothing",
         .at = chronicle.last_end[i] ? std::optional(chronicle.last_end_at[i]) : std::nullopt,
         .component = {},
         .step = i,
         .place = steps[i].place});
  }
}

void find_faults_left(const Chronicle& chronicle, std::vector<Finding>& findings) {
  for (std::size_t i = 0; i < chronicle.faults.size(); ++i) {
    const FaultRecord& record = chronicle.faults[i];
    if (!record.injected || record.undone) continue;
    const FaultSpec& fault = chronicle.scenario().faults[i];
    findings.push_back({.rule = "residue",
                        .level = FindingLevel::error,
                        .text = describe(fault) + " was not seen to be undone",
                        .at = chronicle.finished,
                        .component = {},
                        .step = {},
                        .place = fault.place});
  }
}

}  // namespace drdrill
