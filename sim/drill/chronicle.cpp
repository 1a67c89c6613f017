#include "sim/drill/chronicle.hpp"

#include <algorithm>

namespace drdrill {

bool overlap(ComponentSet a, ComponentSet b) {
  for (std::size_t i = 0; i < component_count; ++i) {
    const auto c = static_cast<ComponentId>(i);
    if (a.has(c) && b.has(c)) return true;
  }
  return false;
}

Chronicle::Chronicle(const Journal& from) : journal(&from) {
  faults.resize(scenario().faults.size());
  last_end.assign(scenario().runbook.steps.size(), nullptr);
  last_end_at.assign(last_end.size(), Offset{});
  starts.assign(last_end.size(), 0);
  if (!from.entries.empty()) undo = finished = from.entries.back().at;
  for (std::size_t i = 0; i < from.entries.size(); ++i) take(i, from.entries[i]);
}

void Chronicle::take(std::size_t index, const JournalEntry& entry) {
  const Offset at = entry.at;
  if (const auto* sample = std::get_if<Sample>(&entry.what)) {
    take_sample(*sample);
  } else if (const auto* note = std::get_if<Note>(&entry.what)) {
    notes.push_back(note);
  } else if (const auto* stage = std::get_if<StageBegan>(&entry.what)) {
    take_stage(*stage, at);
  } else if (const auto* made = std::get_if<FaultInjected>(&entry.what)) {
    faults.at(made->fault).injected = at;
    injection(at);
  } else if (const auto* took = std::get_if<FaultTook>(&entry.what)) {
    faults.at(took->fault).took = at;
    faults.at(took->fault).touched = took->touched;
    in_force(at);
  } else if (const auto* undone = std::get_if<FaultUndone>(&entry.what)) {
    faults.at(undone->fault).undone = at;
  } else if (const auto* start = std::get_if<StepStarted>(&entry.what)) {
    take_start(index, *start, at);
  } else if (const auto* end = std::get_if<StepEnded>(&entry.what)) {
    take_end(index, *end, at);
  } else if (std::holds_alternative<Aborted>(entry.what) && !aborted) {
    aborted = entry;
  }
}

void Chronicle::take_stage(const StageBegan& stage, Offset at) {
  using Stage = StageBegan::Stage;
  if (stage.stage == Stage::drill) drill = at;
  if (stage.stage == Stage::undo) undo = at;
  if (stage.stage == Stage::finished) finished = at;
}

void Chronicle::take_start(std::size_t index, const StepStarted& start, Offset at) {
  if (scenario().runbook.steps.at(start.step).phase == Phase::inject) injection(at);
  if (!start.verifying) ++starts[start.step];
  runs.push_back(
      {.step = start.step, .verifying = start.verifying, .began = at, .began_entry = index});
}

void Chronicle::take_end(std::size_t index, const StepEnded& end, Offset at) {
  const bool injects = scenario().runbook.steps.at(end.step).phase == Phase::inject;
  if (injects && end.changed_something) in_force(at);
  last_end[end.step] = &end;
  last_end_at[end.step] = at;
  auto run = std::find_if(runs.rbegin(), runs.rend(), [&](const StepRun& r) {
    return r.step == end.step && r.verifying == end.verifying && !r.result;
  });
  if (run == runs.rend()) return;  // it ended before it began: skipped, or nobody came
  run->ended = at;
  run->ended_entry = index;
  run->result = &end;
}

void Chronicle::take_sample(const Sample& sample) {
  Answers& of = answers[static_cast<std::size_t>(sample.probe)];
  of.asked = true;
  if (first_injection) {
    of.samples.push_back(sample);
    return;
  }
  of.before = sample.answer;
  if (sample.answer != Answer::holds && !unsteady) unsteady = sample;
}

void Chronicle::injection(Offset at) {
  if (!first_injection) first_injection = at;
}

void Chronicle::in_force(Offset at) {
  first_fault = first_fault ? std::min(*first_fault, at) : at;
}

ComponentSet Chronicle::with_dependencies(ComponentId component) const {
  ComponentSet set;
  set.add(component);
  for (std::size_t i = 0; i < component_count; ++i)
    if (journal->dependents[i].has(component)) set.add(static_cast<ComponentId>(i));
  return set;
}

}  // namespace drdrill
