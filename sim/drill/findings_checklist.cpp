#include <string>

#include "sim/drill/checkers.hpp"

namespace drdrill {

/// What could not be told is in the list itself; it is a finding only where the scenario wants the
/// whole list, because then it stands in the way of a verdict.
void find_in_checklist(const Chronicle& chronicle, std::vector<Finding>& findings) {
  const bool required = chronicle.scenario().checklist_required;
  for (const ChecklistAnswer& answer : chronicle.journal->checklist) {
    const bool undone = answer.outcome == ChecklistAnswer::Outcome::not_done;
    const bool untold = answer.outcome == ChecklistAnswer::Outcome::not_evaluated;
    if (!undone && !(untold && required)) continue;
    const ChecklistRow& row = row_of(answer.item);
    Finding finding{.rule = undone ? "checklist-item-not-done" : "checklist-item-not-evaluated",
                    .level = required && undone ? FindingLevel::error : FindingLevel::warning,
                    .text = "checklist item " + std::string(row.id) +
                            (undone ? " is not done: " : " could not be evaluated: ") +
                            answer.detail,
                    .at = answer.at,
                    .component = row.component,
                    .step = {},
                    .place = {}};
    findings.push_back(std::move(finding));
  }
}

}  // namespace drdrill
