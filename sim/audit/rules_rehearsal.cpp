#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "sim/audit/checks.hpp"
#include "sim/audit/graph.hpp"
#include "sim/audit/look.hpp"
#include "sim/audit/rehearsal.hpp"
#include "sim/audit/unshown.hpp"

/// What becomes of procedures when they are run on the platform, in simulation.
namespace drdrill::audit {
namespace {

/// How a procedure was rehearsed, as findings say it.
struct Run {
  Scenario scenario;
  std::string assumed;  ///< "with the API version mended"; empty: as it is written
  bool own = false;     ///< a scenario of the user's, which `run` judges just so
  Rehearsal done;
  bool chosen = false;  ///< one of several procedures that begin in the same line

  /// Of a step, which may be one of several procedures, without the name of this one.
  std::string words_of_step() const { return words_with("rehearsed"); }
  std::string words() const {
    return words_with(chosen ? "rehearsed as " + scenario.name : "rehearsed");
  }
  bool passes() const { return own && done.judgement.verdict == Verdict::pass; }

  std::string words_with(std::string text) const {
    if (!scenario.faults.empty()) {
      const FaultSpec& fault = scenario.faults.front();
      text += " with " + fault.catalog_id + " of " + to_string(fault.effect.target);
    }
    return text + (assumed.empty() ? "" : ", " + assumed);
  }
};

/// The last end of each step: a step that is tried again has failed when it fails at last.
std::map<std::uint32_t, const StepEnded*> ends_of(const Journal& journal) {
  std::map<std::uint32_t, const StepEnded*> ends;
  for (const JournalEntry& entry : journal.entries)
    if (const auto* end = std::get_if<StepEnded>(&entry.what))
      if (!end->verifying) ends[end->step] = end;
  return ends;
}

/// The file that a step of the user's wants and the platform does not have: no fault of the step.
std::string missing_file(const StepEnded& end) {
  constexpr std::string_view before = "the path \"", after = "\" does not exist";
  const std::size_t at = end.told().output.find(before);
  const std::size_t stop = end.told().output.find(after, at == std::string::npos ? 0 : at);
  if (at == std::string::npos || stop == std::string::npos) return {};
  return std::string(end.told().output.substr(at + before.size(), stop - at - before.size()));
}

/// The first step that wanted what nobody gave, and what that is.
std::pair<std::string, std::uint32_t> first_not_given(const Look& look, const Run& run) {
  if (!run.own)
    for (const auto& [step, end] : ends_of(run.done.journal))
      if (std::string why = not_given(look, run.scenario.runbook.steps[step], *end); !why.empty())
        return {std::move(why), step};
  return {"", std::numeric_limits<std::uint32_t>::max()};
}

/// The first such file, with the step that wants it.
std::pair<std::string, std::uint32_t> file_missed(const Run& run) {
  for (const auto& [step, end] : ends_of(run.done.journal))
    if (std::string path = missing_file(*end); !path.empty()) return {std::move(path), step};
  return {"", std::numeric_limits<std::uint32_t>::max()};
}

void tell_step(Look& look, const Run& run, std::uint32_t index, const StepEnded& end,
               bool before_acting) {
  const Step& step = run.scenario.runbook.steps[index];
  const bool looks = step.phase == Phase::watch;
  if (end.why == StepEnded::Why::timed_out)
    return look.report_as(
        "step-never-ends", step.place,
        run.words_of_step() + ", it has not ended after " + format_duration(step.time_limit));
  if (end.why == StepEnded::Why::ended && end.exit_status != 0 && !end.told().output.empty()) {
    // What was filled in for a place-holder is none of theirs, and what a program that is not known
    // here would have said to the others nobody knows.
    if (step.filled_in || (!end.understood && contains(end.told().output, "not known here")))
      return;
    // A question that the disaster answers with an error has been answered.
    if (before_acting && !run.scenario.faults.empty()) return;
    if (looks && end.exit_status == 1 && !contains(lower(end.told().output), "error")) return;
    return look.report_as("step-fails", step.place,
                          run.words_of_step() + ", it ends with status " +
                              std::to_string(end.exit_status) + ": " +
                              first_line(end.told().output));
  }
  const bool nothing_there = looks && contains(end.told().hidden_error, "No resources found");
  if (!end.told().hidden_error.empty() && !nothing_there)
    look.report_as("error-unseen", step.place,
                   run.words_of_step() + ": " + first_line(end.told().hidden_error));
}

/// Steps before `stop`; what comes of those behind it is not known.
void tell_steps(Look& look, const Run& run, std::uint32_t stop) {
  const auto& steps = run.scenario.runbook.steps;
  const auto acts = std::find_if(steps.begin(), steps.end(),
                                 [](const Step& s) { return s.phase != Phase::watch; });
  const auto first_act = static_cast<std::uint32_t>(acts - steps.begin());
  for (const auto& [step, end] : ends_of(run.done.journal)) {
    if (steps[step].place.line == 0 || step >= stop) continue;
    // A drill that passes has shown that what failed in it does not matter.
    if (run.passes() && end->exit_status != 0) continue;
    tell_step(look, run, step, *end, step < first_act);
  }
}

std::string outcome_words(const ObjectiveResult& result) {
  std::string text(name_of(result.component));
  text += " is back after " + format_duration(*result.rto.achieved);
  if (result.rpo.applicable && result.rpo.evaluated && result.rpo.achieved)
    text += " and has lost " + format_duration(*result.rpo.achieved);
  return text;
}

void tell_missed(Look& look, const Run& run) {
  std::string missed, lost, objective;
  const ComponentSet own = own_components(*look.input.platform);
  const auto about = component_of_text(run.scenario.name + " " + run.scenario.title);
  for (const ObjectiveResult& result : run.done.judgement.objectives) {
    if (result.met() != std::optional(false) || !own.has(result.component)) continue;
    const bool rpo = result.rto.met == std::optional(true);
    if (result.rto.achieved)
      missed += (missed.empty() ? "" : "; ") + outcome_words(result);
    else
      lost += (lost.empty() ? "" : ", ") + std::string(name_of(result.component));
    if (result.component == about && look.objective_of(result.component)) objective.clear();
    if (const Objective* target = look.objective_of(result.component); target && objective.empty())
      objective = objective_words(*target, rpo);
  }
  if (!lost.empty())
    missed += (missed.empty() ? "" : "; ") + lost + " not back when the drill ends";
  if (!missed.empty())
    look.report_as("recovery-misses-objective", run.scenario.runbook.place,
                   run.words() + ": " + missed, objective);
}

/// What was lost with a region is the disaster's doing, and what an autoscaler did nobody's.
void tell_left_worse(Look& look, const Run& run) {
  ComponentSet touched_by_steps;
  for (const JournalEntry& entry : run.done.journal.entries)
    if (const auto* end = std::get_if<StepEnded>(&entry.what))
      touched_by_steps = touched_by_steps | end->touched;
  const auto& faults = run.scenario.faults;
  const bool region = !faults.empty() && faults.front().effect.target.level == Level::region;
  if (region || run.passes()) return;
  for (const Change& change : run.done.judgement.left_worse)
    if (touched_by_steps.has(change.before.component))
      look.report_as("left-worse", run.scenario.runbook.place,
                     run.words() + ": " + change.before.name + " of " +
                         std::string(name_of(change.before.component)) + " " +
                         std::to_string(change.before.value) + " before, " +
                         std::to_string(change.after.value) + " after");
}

void tell_exercise(Look& look, const Run& run) {
  const auto& steps = run.scenario.runbook.steps;
  const auto injects = [](const Step& step) { return step.phase == Phase::inject; };
  const bool restores = contains(lower(run.scenario.name + " " + run.scenario.title), "restor");
  if (run.passes() || restores || std::none_of(steps.begin(), steps.end(), injects)) return;
  const auto& entries = run.done.journal.entries;
  // Of a command that no model knows, nobody knows what it changes.
  bool ran = false, touched = false;
  for (const JournalEntry& entry : entries) {
    const auto* end = std::get_if<StepEnded>(&entry.what);
    if (!end || !injects(steps[end->step])) continue;
    const Step& step = steps[end->step];
    // One that stops half-way, at what was not given to it, is no exercise without a fault.
    if (end->exit_status != 0 && step.on_failure == OnFailure::stop) return;
    // What people do by hand is not known to change nothing.
    ran = ran || (says_more_than_remarks(step.run) && !step.by_hand);
    touched = touched || end->changed_something || !end->understood;
  }
  if (ran && !touched)
    look.report_as("drill-without-fault", run.scenario.runbook.place,
                   run.words() + ": none of its steps changed anything; nothing was exercised");
}

/// Did any step do something, as far as models know?
bool acted(const Run& run) {
  const auto& entries = run.done.journal.entries;
  return std::any_of(entries.begin(), entries.end(), [&](const JournalEntry& entry) {
    const auto* end = std::get_if<StepEnded>(&entry.what);
    if (!end) return false;
    const bool looks = run.scenario.runbook.steps[end->step].phase == Phase::watch;
    return end->changed_something || !end->understood || end->why == StepEnded::Why::timed_out ||
           (end->exit_status != 0 && !looks);
  });
}

void tell_outcome(Look& look, const Run& run) {
  const std::string figures = figures_of(run.done.judgement, own_components(*look.input.platform));
  // Commands that only look into a disaster are not to blame for one that ends by no other means.
  if (!run.own && !run.scenario.faults.empty() && contains(figures, "not recovered")) {
    if (!acted(run)) return;
    for (const auto& [step, end] : ends_of(run.done.journal)) {
      const Step& unseen = run.scenario.runbook.steps[step];
      if (!may_repair_unseen(unseen, *end)) continue;
      return look.report_as("not-rehearsed",
                            unseen.place.line > 0 ? unseen.place : run.scenario.runbook.place,
                            run.words() +
                                ": what this step does no model knows, and whether it "
                                "brings back what is lost was not shown");
    }
  }
  tell_missed(look, run);
  if (!figures.empty())
    look.report_as("rehearsed", run.scenario.runbook.place, run.words() + ": " + figures);
}

bool took_steps(const Journal& journal) {
  const auto ends = ends_of(journal);
  return std::any_of(ends.begin(), ends.end(), [](const auto& each) {
    return each.second->why == StepEnded::Why::ended ||
           each.second->why == StepEnded::Why::timed_out;
  });
}

/// Does the path lead to what makes a whole platform: a folder, or a file that is called so?
bool is_whole_platform(const std::string& path) {
  const std::string leaf = path.substr(path.rfind('/', path.size() - 2) + 1);
  const bool folder = path.ends_with('/') || leaf.find('.') == std::string::npos;
  return folder || contains(leaf, "manifests") || contains(leaf, "all.");
}

/// Runs it again with what it needs and the platform's files do not have, where that is known.
void give_files(const Look& look, Run& run) {
  const std::string path = file_missed(run).first;
  if (path.empty() || !is_whole_platform(path)) return;
  const std::string folder = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  const std::string leaf = folder.substr(folder.rfind('/') + 1);
  const bool is_file = leaf.find('.') != std::string::npos;
  Run again = run;
  again.done = look.input.rehearse(
      run.scenario, {{is_file ? path : folder + "/all.yaml", own_manifests(*look.input.platform)}});
  if (!again.done.refused.empty() || file_missed(again).first == path) return;
  again.assumed = "with " + path + " taken to hold what " + look.input.platform->name + " has";
  run = std::move(again);
}

/// What a drill would do once its here-documents name versions that exist.
void tell_mended(Look& look, const Run& run) {
  const auto ends = ends_of(run.done.journal);
  const bool unknown = std::any_of(ends.begin(), ends.end(), [](const auto& each) {
    return contains(each.second->told().output, "no matches for kind");
  });
  Run mended{run.scenario, "with the API version mended", run.own, {}, run.chosen};
  if (!unknown || !mend_versions(mended.scenario)) return;
  mended.done = look.input.rehearse(mended.scenario, {});
  if (mended.done.refused.empty()) tell_outcome(look, mended);
}

void tell(Look& look, Run run, const std::vector<FaultSpec>& otherwise) {
  run.done = look.input.rehearse(run.scenario, {});
  if (!run.done.refused.empty() && !otherwise.empty()) {
    run.scenario.faults = otherwise;
    run.done = look.input.rehearse(run.scenario, {});
  }
  const bool waits = run.done.refused.empty() && !took_steps(run.done.journal);
  if (waits && !run.scenario.faults.empty() && !run.scenario.runbook.steps.empty() && !run.own) {
    run.scenario = unalarmed(std::move(run.scenario));
    run.done = look.input.rehearse(run.scenario, {});
  }
  if (run.done.refused.empty()) give_files(look, run);
  if (!run.done.refused.empty())
    return look.report_as("not-rehearsed", run.scenario.runbook.place, run.done.refused);
  const auto [why, missed] = first_not_given(look, run);
  tell_steps(look, run, missed);
  if (!why.empty())
    return look.report_as(
        "not-rehearsed", run.scenario.runbook.steps[missed].place,
        why + ", so what comes of this step and of those behind it cannot be shown");
  tell_left_worse(look, run);
  tell_exercise(look, run);
  tell_outcome(look, run);
  tell_mended(look, run);
}

void rehearse_procedure(Look& look, const Followed& followed) {
  const auto& steps = followed.procedure->runbook.steps;
  const bool makes_it_itself = std::any_of(
      steps.begin(), steps.end(), [](const Step& step) { return step.phase == Phase::inject; });
  Disaster disaster;
  if (!makes_it_itself && followed.purpose == Followed::Purpose::recovery)
    disaster = disaster_of(look, followed);
  if (!disaster.none.empty())
    look.report_as("not-rehearsed", followed.procedure->runbook.place,
                   disaster.none +
                       ": its steps were run on a platform that is well, and whether they repair "
                       "anything was not shown");
  const SourcePlace& place = followed.procedure->runbook.place;
  const bool lost =
      !disaster.faults.empty() && disaster.faults.front().effect.target.level == Level::region;
  if (lost && is_imported(look) && look.input.platform->clusters.size() == 1)
    return look.report_as("not-rehearsed", place,
                          "the manifests are those of one cluster: with its region nothing is "
                          "left, and what it is to go on in was not given");
  const bool chosen =
      std::count_if(look.procedures.begin(), look.procedures.end(), [&](const Followed& other) {
        return other.file == followed.file && other.procedure->runbook.place.line == place.line;
      }) > 1;
  tell(look, {scenario_for(look, followed, disaster), "", false, {}, chosen}, disaster.otherwise);
}

}  // namespace

std::string figures_of(const Judgement& judgement, ComponentSet components) {
  std::string back, lost;
  for (const ObjectiveResult& result : judgement.objectives) {
    if (!result.exercised || !result.evaluated || !components.has(result.component)) continue;
    const std::string name(name_of(result.component));
    if (!result.rto.achieved) {
      lost += (lost.empty() ? "" : ", ") + name;
      continue;
    }
    back += (back.empty() ? "" : "; ") + name + " RTO " + format_duration(*result.rto.achieved);
    if (result.rpo.applicable && result.rpo.evaluated)
      back += ", RPO " + (result.rpo.achieved ? format_duration(*result.rpo.achieved)
                                              : std::string("undefined"));
  }
  if (!lost.empty()) lost = "no RTO or RPO, for not recovered: " + lost;
  return back + (back.empty() || lost.empty() ? "" : "; ") + lost;
}

void check_rehearsals(Look& look) {
  if (!look.input.no_platform.empty() && !look.input.manifests.empty())
    look.report_as("not-rehearsed", {look.input.manifests.front().file, 0},
                   "the manifests make no platform to rehearse on: " + look.input.no_platform);
  if (!look.input.platform || !look.input.rehearse) return;
  const Scenario* own = look.input.scenario;
  if (own) tell(look, {*own, "", true, {}, false}, {});
  for (const Followed& followed : look.procedures) {
    const bool wanted = followed.purpose == Followed::Purpose::recovery ||
                        followed.purpose == Followed::Purpose::drill;
    if (followed.of_manifest || !wanted) continue;
    if (own && followed.procedure->runbook.name == own->runbook.name) continue;
    rehearse_procedure(look, followed);
  }
}

}  // namespace drdrill::audit
