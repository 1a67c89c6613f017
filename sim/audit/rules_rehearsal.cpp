#include <algorithm>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/audit/rehearsal.hpp"

/// What becomes of procedures when they are run on the platform, in simulation.
namespace drdrill::audit {
namespace {

std::string first_line(std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::string low = lower(line);
    if (contains(low, "error") || contains(low, "not found") || contains(low, "refused") ||
        contains(low, "unknown") || contains(low, "failed") || contains(low, "no such"))
      return std::string(line.substr(0, 200));
  }
  return std::string(text.substr(0, std::min<std::size_t>(text.find('\n'), 200)));
}

std::string setting(const Scenario& scenario) {
  if (scenario.faults.empty()) return "rehearsed";
  const FaultSpec& fault = scenario.faults.front();
  return "rehearsed with " + fault.catalog_id + " of " + to_string(fault.effect.target);
}

/// The file that a step of the user's wants and the platform does not have: no fault of the step.
std::string missing_file(const StepEnded& end) {
  constexpr std::string_view before = "the path \"", after = "\" does not exist";
  const std::size_t at = end.output.find(before);
  const std::size_t stop = end.output.find(after, at == std::string::npos ? 0 : at);
  if (at == std::string::npos || stop == std::string::npos) return {};
  return std::string(end.output.substr(at + before.size(), stop - at - before.size()));
}

/// False when it has come to where the simulation knows no further.
bool tell_steps(Look& look, const Scenario& scenario, const Journal& journal) {
  std::set<std::uint32_t> said;
  const auto acts = std::find_if(scenario.runbook.steps.begin(), scenario.runbook.steps.end(),
                                 [](const Step& s) { return s.phase != Phase::watch; });
  const auto first_act = static_cast<std::uint32_t>(acts - scenario.runbook.steps.begin());
  for (const JournalEntry& entry : journal.entries) {
    const auto* end = std::get_if<StepEnded>(&entry.what);
    if (!end || said.count(end->step) != 0) continue;
    const Step& step = scenario.runbook.steps[end->step];
    if (step.place.line == 0) continue;
    if (const std::string path = missing_file(*end); !path.empty()) {
      look.report_as("not-rehearsed", step.place,
                     path + " is not among the files of " + look.input.platform->name +
                         ", so what comes of this step and of those behind it cannot be shown");
      return false;
    }
    if (end->why == StepEnded::Why::timed_out) {
      said.insert(end->step);
      look.report_as(
          "step-never-ends", step.place,
          setting(scenario) + ", it has not ended after " + format_duration(step.time_limit));
    } else if (end->why == StepEnded::Why::ended && end->exit_status != 0 && !end->output.empty()) {
      said.insert(end->step);
      // What was filled in for a place-holder is none of theirs.
      if (step.filled_in) continue;
      // A question that the disaster answers with an error has been answered.
      if (end->step < first_act && !scenario.faults.empty()) continue;
      if (step.phase == Phase::watch && end->exit_status == 1 &&
          !contains(lower(end->output), "error"))
        continue;
      look.report_as("step-fails", step.place,
                     setting(scenario) + ", it ends with status " +
                         std::to_string(end->exit_status) + ": " + first_line(end->output));
    } else if (!end->hidden_error.empty() &&
               !(step.phase == Phase::watch && contains(end->hidden_error, "No resources found"))) {
      said.insert(end->step);
      look.report_as("error-unseen", step.place,
                     setting(scenario) + ": " + first_line(end->hidden_error));
    }
  }
  return true;
}

std::string outcome_words(const ObjectiveResult& result) {
  std::string text(name_of(result.component));
  if (result.rto.achieved)
    text += " is back after " + format_duration(*result.rto.achieved);
  else
    text += " is not back after four hours";
  if (result.rpo.applicable && result.rpo.evaluated && result.rpo.achieved)
    text += " and has lost " + format_duration(*result.rpo.achieved);
  return text;
}

void tell_outcome(Look& look, const Scenario& scenario, const Rehearsal& done) {
  const SourcePlace& place = scenario.runbook.place;
  std::string missed, objective;
  const auto about = component_of_text(scenario.name + " " + scenario.title);
  for (const ObjectiveResult& result : done.judgement.objectives) {
    if (result.met() != std::optional(false)) continue;
    const bool rpo = result.rto.met == std::optional(true);
    missed += (missed.empty() ? "" : "; ") + outcome_words(result);
    if (result.component == about && look.objective_of(result.component)) objective.clear();
    if (const Objective* target = look.objective_of(result.component); target && objective.empty())
      objective = objective_words(*target, rpo);
  }
  if (!missed.empty())
    look.report_as("recovery-misses-objective", place, setting(scenario) + ": " + missed,
                   objective);
  // What was lost with a region is the disaster's doing, and what an autoscaler did nobody's.
  ComponentSet touched_by_steps;
  for (const JournalEntry& entry : done.journal.entries)
    if (const auto* end = std::get_if<StepEnded>(&entry.what))
      touched_by_steps = touched_by_steps | end->touched;
  const bool region =
      !scenario.faults.empty() && scenario.faults.front().effect.target.level == Level::region;
  for (const Change& change : done.judgement.left_worse) {
    if (region || !touched_by_steps.has(change.before.component)) continue;
    SourcePlace where = place;
    look.report_as("left-worse", where,
                   setting(scenario) + ": " + change.before.name + " of " +
                       std::string(name_of(change.before.component)) + " " +
                       std::to_string(change.before.value) + " before, " +
                       std::to_string(change.after.value) + " after");
  }
  const bool injects = std::any_of(scenario.runbook.steps.begin(), scenario.runbook.steps.end(),
                                   [](const Step& s) { return s.phase == Phase::inject; });
  const bool touched = std::any_of(
      done.journal.entries.begin(), done.journal.entries.end(), [&](const JournalEntry& entry) {
        const auto* end = std::get_if<StepEnded>(&entry.what);
        return end && scenario.runbook.steps[end->step].phase == Phase::inject &&
               end->changed_something;
      });
  if (injects && !touched)
    look.report_as(
        "drill-without-fault", place,
        setting(scenario) + ": none of its steps changed anything; nothing was exercised");
}

/// A scheduled job, started now.
void rehearse_job(Look& look, const Look::Scheduled& each, const ClusterSpec& cluster) {
  Scenario scenario;
  const std::string& name = each.job->meta.name;
  scenario.name = name;
  scenario.title = name;
  scenario.file = each.place.file;
  scenario.platform = look.input.platform->name;
  scenario.start = *parse_wall_time("2026-11-24T14:00:00+08:00");
  scenario.steady_for = scenario.stable_for = std::chrono::minutes(1);
  scenario.horizon = std::chrono::hours(3);
  scenario.runbook.name = name;
  const std::string ns = " -n " + cluster.home_namespace;
  Step step;
  step.id = step.title = "run";
  step.run = "kubectl create job audit --from=cronjob/" + name + ns +
             " && kubectl wait --for=condition=Complete job/audit --timeout=2h" + ns;
  scenario.runbook.steps.push_back(step);
  const Rehearsal done = look.input.rehearse(scenario);
  if (!done.refused.empty()) return;
  std::string why;
  bool failed = false;
  for (const JournalEntry& entry : done.journal.entries) {
    if (const auto* note = std::get_if<Note>(&entry.what);
        note && (note->kind == NoteKind::pod_cannot_start || note->kind == NoteKind::job_failed))
      if (why.empty() || note->kind == NoteKind::pod_cannot_start)
        why = std::string(subject_of(done.journal, *note));
    if (const auto* end = std::get_if<StepEnded>(&entry.what))
      failed = failed || end->exit_status != 0;
  }
  if (failed)
    look.report_as(
        "job-fails", each.place,
        "started in simulation, " + name + " does not complete" +
            (why.empty() || why == "audit" ? ": its pods end with an error until nobody tries again"
                                           : ": " + why));
}

void tell(Look& look, const Scenario& asked) {
  Scenario scenario = asked;
  Rehearsal done = look.input.rehearse(scenario);
  const bool followed = std::any_of(
      done.journal.entries.begin(), done.journal.entries.end(), [](const JournalEntry& entry) {
        const auto* end = std::get_if<StepEnded>(&entry.what);
        return end && (end->why == StepEnded::Why::ended || end->why == StepEnded::Why::timed_out);
      });
  if (done.refused.empty() && !followed && !scenario.faults.empty() &&
      !scenario.runbook.steps.empty() && !look.input.scenario) {
    scenario = unalarmed(std::move(scenario));
    done = look.input.rehearse(scenario);
  }
  if (!done.refused.empty())
    return look.report_as("not-rehearsed", scenario.runbook.place, done.refused);
  if (tell_steps(look, scenario, done.journal)) tell_outcome(look, scenario, done);
}

}  // namespace

void check_rehearsals(Look& look) {
  if (!look.input.platform || !look.input.rehearse) return;
  if (look.input.scenario) tell(look, *look.input.scenario);
  for (const Followed& followed : look.procedures) {
    if (followed.purpose != Followed::Purpose::recovery &&
        followed.purpose != Followed::Purpose::drill)
      continue;
    if (look.input.scenario &&
        followed.procedure->runbook.name == look.input.scenario->runbook.name)
      continue;
    const Scenario scenario = scenario_for(look, followed);
    tell(look, scenario);
  }
  const ClusterSpec& home = look.input.platform->clusters.front();
  for (const Look::Scheduled& each : look.scheduled) {
    const bool there =
        std::any_of(home.initial.cron_jobs.begin(), home.initial.cron_jobs.end(),
                    [&](const kube::CronJob& job) { return job.meta.name == each.job->meta.name; });
    if (there) rehearse_job(look, each, home);
  }
}

}  // namespace drdrill::audit
