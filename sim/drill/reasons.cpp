#include <algorithm>
#include <string>

#include "sim/drill/checkers.hpp"

namespace drdrill {

namespace {

using Reasons = std::vector<std::string>;

std::string name(const ObjectiveResult& objective) {
  return std::string(name_of(objective.component));
}

bool has(const Judgement& judgement, std::string_view rule) {
  return std::any_of(judgement.findings.begin(), judgement.findings.end(),
                     [&](const Finding& f) { return f.rule == rule; });
}

void tell_findings(const Judgement& judgement, std::string_view rule, Reasons& reasons) {
  for (const Finding& finding : judgement.findings)
    if (finding.rule == rule) reasons.push_back(finding.text);
}

void tell_abort(const Chronicle& chronicle, Reasons& reasons) {
  if (!chronicle.aborted) return;
  const auto& why = std::get<Aborted>(chronicle.aborted->what);
  if (why.condition != Aborted::none) {
    const AbortCondition& condition = chronicle.scenario().aborts.at(why.condition);
    reasons.push_back("aborted: " + std::string(row_of(condition.probe).id) + " had failed for " +
                      format_duration(condition.failing_for));
  } else if (why.step != Aborted::none) {
    reasons.push_back("aborted: step \"" + chronicle.scenario().runbook.steps.at(why.step).id +
                      "\" failed, and its failure ends the drill");
  } else if (!why.world.empty()) {
    reasons.push_back("aborted: " + why.world);
  } else {
    reasons.emplace_back("aborted: the drill was interrupted");
  }
}

std::string why_not_evaluated(const Journal& journal, ComponentId component) {
  for (const UnaskedProbe& unasked : journal.unasked)
    if (steady_probe_of(component) == unasked.probe) return unasked.reason;
  return "its probe has no answer to go by";
}

std::string missed_rto(const Chronicle& chronicle, const ObjectiveResult& objective) {
  const RtoResult& rto = objective.rto;
  const std::string target = "; its RTO target is " + format_duration(*rto.target);
  if (rto.achieved)
    return name(objective) + " was down for " + format_duration(*rto.achieved) + target;
  auto open = std::find_if(rto.outages.begin(), rto.outages.end(),
                           [](const Outage& o) { return !o.ended; });
  return name(objective) + " had not recovered " +
         format_duration(end_of(chronicle, *open) - open->began) + " after it broke" + target;
}

std::string missed_rpo(const ObjectiveResult& objective) {
  const RpoResult& rpo = objective.rpo;
  const std::string target = "; its RPO target is " + format_duration(*rpo.target);
  if (rpo.at_least)
    return name(objective) + " lost acknowledged writes of at least " +
           format_duration(*rpo.at_least) +
           (rpo.unread > 0 ? ", and others could not be read back"
                           : ", and was still losing some when the drill ended") +
           target;
  if (!rpo.achieved) return name(objective) + " did not come back, so nor did its data" + target;
  return name(objective) + " lost " + std::to_string(rpo.lost_writes) + " acknowledged writes of " +
         format_duration(*rpo.achieved) + target;
}

void tell_misses(const Chronicle& chronicle, const Judgement& judgement, Reasons& reasons) {
  for (const ObjectiveResult& objective : judgement.objectives) {
    if (objective.rto.met == false) reasons.push_back(missed_rto(chronicle, objective));
    if (objective.rpo.met == false) reasons.push_back(missed_rpo(objective));
  }
}

void tell_unknowns(const Chronicle& chronicle, const Judgement& judgement, Reasons& reasons) {
  if (chronicle.unsteady)
    reasons.push_back("the steady state did not hold before the first fault: " +
                      std::string(row_of(chronicle.unsteady->probe).id) +
                      (chronicle.unsteady->answer == Answer::fails ? " failed" : " had no answer"));
  else if (!chronicle.drill && !chronicle.aborted)
    reasons.emplace_back("the drill never began");
  if (!chronicle.drill) return;
  tell_findings(judgement, "fault-without-effect", reasons);
  tell_findings(judgement, "checklist-item-not-evaluated", reasons);
  for (const ObjectiveResult& objective : judgement.objectives) {
    if (!objective.exercised) continue;
    const bool rto_open = objective.rto.target && !objective.rto.met;
    const bool rpo_open = objective.rpo.applicable && objective.rpo.target && !objective.rpo.met;
    if (!objective.evaluated)
      reasons.push_back(name(objective) + " could not be judged: " +
                        why_not_evaluated(*chronicle.journal, objective.component));
    else if (rto_open)
      reasons.push_back(name(objective) + " could not be judged: unanswered probes hide its RTO");
    else if (rpo_open)
      reasons.push_back(name(objective) + " could not be judged: " +
                        (objective.rpo.unread > 0
                             ? std::to_string(objective.rpo.unread) +
                                   " acknowledged writes could not be read back"
                             : std::string("no ledger of it was kept")));
  }
  const bool exercised = std::any_of(judgement.objectives.begin(), judgement.objectives.end(),
                                     [](const ObjectiveResult& o) { return o.exercised; });
  if (judgement.objectives.empty())
    reasons.emplace_back("the scenario states no objective");
  else if (!exercised)
    reasons.emplace_back("no fault touched anything that an objective is about");
}

}  // namespace

void conclude(const Chronicle& chronicle, Judgement& judgement) {
  Reasons& reasons = judgement.reasons;
  tell_findings(judgement, "residue", reasons);
  tell_abort(chronicle, reasons);
  const std::size_t before_failures = reasons.size();
  tell_misses(chronicle, judgement, reasons);
  tell_findings(judgement, "redundancy-not-restored", reasons);
  if (chronicle.scenario().checklist_required)
    tell_findings(judgement, "checklist-item-not-done", reasons);
  const std::size_t before_unknowns = reasons.size();
  tell_unknowns(chronicle, judgement, reasons);

  if (has(judgement, "residue"))
    judgement.verdict = Verdict::residue;
  else if (chronicle.aborted)
    judgement.verdict = Verdict::aborted;
  else if (before_unknowns > before_failures)
    judgement.verdict = Verdict::fail;
  else if (reasons.size() > before_unknowns)
    judgement.verdict = Verdict::inconclusive;
  else
    judgement.verdict = Verdict::pass;
}

}  // namespace drdrill
