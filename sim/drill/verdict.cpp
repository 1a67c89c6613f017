#include "sim/drill/verdict.hpp"

#include <algorithm>
#include <array>

#include "sim/drill/checkers.hpp"

namespace drdrill {

namespace {

constexpr std::array<std::string_view, 5> verdict_names{"pass", "fail", "inconclusive", "aborted",
                                                        "residue"};
constexpr std::array<std::string_view, 4> severity_names{"SEV-0", "SEV-1", "SEV-2", "SEV-3"};
constexpr std::array<std::string_view, 3> level_names{"note", "warning", "error"};

/// A component is exercised when a fault touched it or something that it depends on, and also when
/// it broke or lost data without that: then the runbook did it, or the dependencies are wrong.
ObjectiveResult judge_objective(const Chronicle& chronicle, const Objective& objective) {
  ObjectiveResult result;
  result.component = objective.component;
  result.evaluated = is_evaluated(chronicle, objective.component);
  result.rto = recovery_time(chronicle, objective, result.evaluated);
  result.rpo = data_loss(chronicle, objective, !result.rto.censored_at);
  result.exercised = chronicle.journal->exercised.has(objective.component) ||
                     !result.rto.outages.empty() || result.rpo.lost_writes > 0;
  if (!result.exercised || !result.evaluated) result.rto.met = result.rpo.met = std::nullopt;
  return result;
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  return verdict_names[static_cast<std::size_t>(verdict)];
}
int exit_code(Verdict verdict) {
  return static_cast<int>(verdict);
}
std::string_view severity_name(Severity severity) {
  return severity_names[static_cast<std::size_t>(severity)];
}
std::string_view level_name(FindingLevel level) {
  return level_names[static_cast<std::size_t>(level)];
}

std::optional<bool> ObjectiveResult::met() const {
  if (rto.met == false || rpo.met == false) return false;
  if (rto.met || rpo.met) return true;
  return std::nullopt;
}

Judgement judge(const Journal& journal) {
  const Chronicle chronicle(journal);
  Judgement judgement;
  judgement.first_fault = chronicle.first_fault;
  judgement.severity = severity_of(journal.impact);
  for (const Objective& objective : journal.scenario.objectives)
    judgement.objectives.push_back(judge_objective(chronicle, objective));
  judgement.residue = residue(journal);
  judgement.left_worse = left_worse(chronicle);
  judgement.restored_by_undo = restored_by_undo(chronicle);

  auto& findings = judgement.findings;
  find_step_failures(chronicle, findings);
  find_hidden_errors(chronicle, findings);
  find_faults_without_effect(chronicle, findings);
  find_in_notes(chronicle, findings);
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return a.at.value_or(never) < b.at.value_or(never);
  });
  find_faults_left(chronicle, findings);
  find_in_inventory(chronicle, judgement, findings);
  find_in_checklist(chronicle, findings);
  conclude(chronicle, judgement);
  return judgement;
}

}  // namespace drdrill
