#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/chronicle.hpp"
#include "sim/drill/verdict.hpp"

/// The checkers that judge() is made of. Each is a pure function of a journal, by way of its
/// Chronicle, and lies in a file of its own.
namespace drdrill {

// outages.cpp

/// How an unanswered question is read. `neither` is the definition; the other two bound what the
/// answer could have been.
enum class Unanswered : std::uint8_t { neither, as_holds, as_fails };

/// The stretches in which the component's steady state did not hold and that began at or after the
/// first injection, in order. An outage that began before the undo and was not over by then has no
/// end, even when the undo ended it. `parts` and `preceded_by` are empty.
std::vector<Outage> find_outages(const Chronicle& chronicle, ComponentId component,
                                 Unanswered unanswered = Unanswered::neither);
/// When an outage without end was looked at last: the undo, or the end of the drill if it began
/// after that.
Offset censored_at(const Chronicle& chronicle, const Outage& outage);
/// Its end, or when it was looked at last.
Offset end_of(const Chronicle& chronicle, const Outage& outage);
/// The fault, undo or changing step at or before the beginning of the outage: an index into
/// journal.entries.
std::optional<std::size_t> what_preceded(const Chronicle& chronicle, const Outage& outage);

// recovery_time.cpp

/// Is there an answer of the component's probe that the drill can be judged by?
bool is_evaluated(const Chronicle& chronicle, ComponentId component);
RtoResult recovery_time(const Chronicle& chronicle, const Objective& objective, bool evaluated);

// breakdown.cpp

/// Detect, decide, act and restore; they add up to the outage.
std::vector<PartOfOutage> break_down(const Chronicle& chronicle, ComponentId component,
                                     const Outage& outage);
// data_loss.cpp

/// `recovered`: the component's last outage is over.
RpoResult data_loss(const Chronicle& chronicle, const Objective& objective, bool recovered);

// severity.cpp

Severity severity_of(const UserImpact& impact);

// redundancy.cpp

/// Is a figure of `then` worse than it was `first`?
bool is_worse(const Inventory& first, const Inventory& then);
/// Figures of the inventory that are worse after the drill than before, by the tool.
std::vector<Change> residue(const Journal& journal);
/// By the runbook: after the undo, or before it where the undo took back what a runbook can take
/// back itself, and so hides that it did not.
std::vector<Change> left_worse(const Chronicle& chronicle);
/// Figures that were worse when faults and runbook were over, and are not any more: what a fault in
/// force kept away, and what the runbook did not make up for.
std::vector<Change> restored_by_undo(const Chronicle& chronicle);
/// The last step that changed something of the component at or before `at`.
std::optional<std::uint32_t> last_step_that_touched(const Chronicle& chronicle,
                                                    ComponentId component, Offset at = never);

// findings_*.cpp

void find_step_failures(const Chronicle& chronicle, std::vector<Finding>& findings);
/// Errors that exit statuses hid, the first one of each step.
void find_hidden_errors(const Chronicle& chronicle, std::vector<Finding>& findings);
/// Items of the checklist that are not done; those that could not be told when they are required.
void find_in_checklist(const Chronicle& chronicle, std::vector<Finding>& findings);
/// Faults, and steps that were to make one, that did not take effect.
void find_faults_without_effect(const Chronicle& chronicle, std::vector<Finding>& findings);
/// Faults that the tool made and that were not seen to be gone.
void find_faults_left(const Chronicle& chronicle, std::vector<Finding>& findings);
void find_in_notes(const Chronicle& chronicle, std::vector<Finding>& findings);
void find_in_inventory(const Chronicle& chronicle, const Judgement& judgement,
                       std::vector<Finding>& findings);

// reasons.cpp

/// Sets verdict and reasons from everything else that is in the judgement.
void conclude(const Chronicle& chronicle, Judgement& judgement);

}  // namespace drdrill
