#include <string>

#include "sim/drill/checkers.hpp"

namespace drdrill {

namespace {

std::string sentence(const Change& change) {
  return std::string(name_of(change.before.component)) + ": " + change.before.name + " " +
         std::to_string(change.before.value) + " before, " + std::to_string(change.after.value) +
         " after";
}

Finding left_worse_finding(const Chronicle& chronicle, const Change& change) {
  Finding finding{.rule = "redundancy-not-restored",
                  .level = FindingLevel::error,
                  .text = sentence(change),
                  .at = chronicle.finished,
                  .component = change.before.component,
                  .step = last_step_that_touched(chronicle, change.before.component),
                  .place = {}};
  if (finding.step) {
    const Step& step = chronicle.scenario().runbook.steps[*finding.step];
    finding.place = step.place;
    finding.text += "; last touched by step \"" + step.id + "\"";
  } else {
    finding.text += "; no step touched it";
  }
  return finding;
}

Finding restored_by_undo_finding(const Chronicle& chronicle, const Change& change) {
  return {.rule = "redundancy-restored-by-undo",
          .level = FindingLevel::warning,
          .text = std::string(name_of(change.before.component)) + ": " + change.before.name + " " +
                  std::to_string(change.before.value) + " before, " +
                  std::to_string(change.after.value) +
                  " when the runbook was over; only the undo of the fault put it back",
          .at = chronicle.undo,
          .component = change.before.component,
          .step = last_step_that_touched(chronicle, change.before.component),
          .place = {}};
}

}  // namespace

void find_in_inventory(const Chronicle& chronicle, const Judgement& judgement,
                       std::vector<Finding>& findings) {
  for (const Change& change : judgement.left_worse)
    findings.push_back(left_worse_finding(chronicle, change));
  for (const Change& change : judgement.restored_by_undo)
    findings.push_back(restored_by_undo_finding(chronicle, change));
  for (const Change& change : judgement.residue)
    findings.push_back({.rule = "residue",
                        .level = FindingLevel::error,
                        .text = sentence(change) + "; drdrill made it and did not undo it",
                        .at = chronicle.finished,
                        .component = change.before.component,
                        .step = {},
                        .place = {}});
  for (const std::string& sentence : chronicle.journal->left_behind)
    findings.push_back({.rule = "residue",
                        .level = FindingLevel::error,
                        .text = sentence,
                        .at = chronicle.finished,
                        .component = {},
                        .step = {},
                        .place = {}});
}

}  // namespace drdrill
