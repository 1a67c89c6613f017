#include "sim/drill/runbook_machine.hpp"

#include <algorithm>

namespace drdrill {

void RunbookMachine::start(const Runbook& runbook, World& world, JournalWriter& journal) {
  runbook_ = &runbook;
  world_ = &world;
  journal_ = &journal;
  states_.assign(runbook.steps.size(), {});
  roles_.clear();
  open_ = runbook.steps.size();
  last_change_ = world.now();
  aborting_.reset();
  injected_ = {};
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const Step& step = runbook.steps[i];
    states_[i].enabled = !step.only_as_rollback;
    if (step.actor != "automation") states_[i].role = role_index(step.actor);
  }
}

std::uint32_t RunbookMachine::role_index(std::string_view name) {
  auto found = std::find_if(roles_.begin(), roles_.end(), [&](auto& r) { return r.name == name; });
  auto index = static_cast<std::uint32_t>(found - roles_.begin());
  if (found == roles_.end()) roles_.push_back({.name = name});
  return index;
}

bool RunbookMachine::busy(const StepState& s) const {
  return s.stage == Stage::summoning || s.stage == Stage::running || s.stage == Stage::verifying;
}

Offset RunbookMachine::next_deadline() const {
  Offset next = never;
  for (const StepState& s : states_)
    if (s.stage != Stage::over) next = std::min(next, s.deadline);
  return next;
}

bool RunbookMachine::collect() {
  bool any = false;
  for (std::uint32_t i = 0; i < states_.size(); ++i)
    if (busy(states_[i])) any |= collect(i);
  return any;
}

bool RunbookMachine::collect(std::uint32_t step) {
  StepState& s = state(step);
  const ActionState action = world_->state(s.action);
  if (!action.ended) return false;
  last_change_ = std::max(last_change_, action.at);
  const bool succeeded = action.exit_status == 0;
  if (s.stage == Stage::summoning) {
    Role& role = roles_[s.role];
    role.being_summoned = false;
    role.here = succeeded;
    if (succeeded) {
      make_ready(step, action.at);
    } else {
      write_end(step, StepEnded::Why::ended, action.at, &action);
      end(step, true);
    }
    return true;
  }
  write_end(step, StepEnded::Why::ended, action.at, &action);
  if (s.role != nobody) roles_[s.role].busy = false;
  if (!succeeded) {
    attempt_failed(step);
  } else if (s.stage == Stage::running && !runbook_->steps[step].verify.empty()) {
    s.stage = Stage::to_verify;
  } else {
    end(step, false);
  }
  return true;
}

bool RunbookMachine::advance(const ProbeWatch& probes, bool faults_made, Offset now) {
  bool changed = false;
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    if (states_[i].stage == Stage::over) continue;
    changed |= time_is_up(i, now);
    while (try_to_move(i, probes, faults_made, now)) changed = true;
  }
  return changed;
}

bool RunbookMachine::time_is_up(std::uint32_t step, Offset now) {
  StepState& s = state(step);
  if (now < s.deadline) return false;
  if (!busy(s)) {
    write_end(step, StepEnded::Why::timed_out, now, nullptr);
    end(step, true);
    return true;
  }
  const ActionState action = world_->state(s.action);
  if (action.ended) return false;  // in time after all: the next collect() sees it
  write_end(step, StepEnded::Why::timed_out, now, &action);
  world_->cancel(s.action);
  if (s.role != nobody) roles_[s.role].busy = false;
  end(step, true);
  return true;
}

bool RunbookMachine::try_to_move(std::uint32_t step, const ProbeWatch& probes, bool faults_made,
                                 Offset now) {
  const StepState& s = state(step);
  const bool has_a_hand_free = s.role == nobody || !roles_[s.role].busy;
  switch (s.stage) {
    case Stage::waiting:
      return leave_waiting(step, faults_made, now);
    case Stage::ready: {
      const auto& precondition = runbook_->steps[step].wait_for;
      if (precondition && probes.answer(*precondition) != Answer::holds) return false;
      if (!has_a_hand_free) return false;
      begin(step, false, now);
      return true;
    }
    case Stage::to_verify:
      if (!has_a_hand_free) return false;
      begin(step, true, now);
      return true;
    default:
      return false;
  }
}

bool RunbookMachine::leave_waiting(std::uint32_t step, bool faults_made, Offset now) {
  StepState& s = state(step);
  const Step& what = runbook_->steps[step];
  if (!s.enabled) {
    if (!never_needed(step)) return false;
    end(step, false);
    return true;
  }
  if (!needs_are_over(step)) return false;
  if (must_be_skipped(step)) {
    write_end(step, StepEnded::Why::skipped, now, nullptr);
    s.skipped = true;
    end(step, false);
    return true;
  }
  const bool closes_the_drill =
      what.phase == Phase::end && what.needs.empty() && !what.only_as_rollback;
  if (closes_the_drill && !(faults_made && others_are_over())) return false;
  if (s.role == nobody || roles_[s.role].here) {
    make_ready(step, now);
    return true;
  }
  if (roles_[s.role].being_summoned) return false;
  summon(step);
  return true;
}

bool RunbookMachine::needs_are_over(std::uint32_t step) const {
  const StepState& s = states_[step];
  if (s.after != nobody && states_[s.after].stage != Stage::over) return false;
  const auto& needs = runbook_->steps[step].needs;
  return std::all_of(needs.begin(), needs.end(),
                     [&](auto n) { return states_[n].stage == Stage::over; });
}

bool RunbookMachine::must_be_skipped(std::uint32_t step) const {
  const Step& what = runbook_->steps[step];
  if (what.only_as_rollback) return false;
  return std::any_of(what.needs.begin(), what.needs.end(), [&](auto n) {
    const StepState& needed = states_[n];
    return needed.skipped || (needed.failed && runbook_->steps[n].on_failure != OnFailure::proceed);
  });
}

bool RunbookMachine::never_needed(std::uint32_t step) const {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto& rollback = runbook_->steps[i].rollback;
    const bool names_it = std::find(rollback.begin(), rollback.end(), step) != rollback.end();
    if (names_it && states_[i].stage != Stage::over) return false;
  }
  return true;
}

bool RunbookMachine::others_are_over() const {
  for (std::size_t i = 0; i < states_.size(); ++i)
    if (runbook_->steps[i].phase != Phase::end && states_[i].stage != Stage::over) return false;
  return true;
}

void RunbookMachine::summon(std::uint32_t step) {
  StepState& s = state(step);
  s.stage = Stage::summoning;
  roles_[s.role].being_summoned = true;
  s.action =
      world_->begin({.kind = Action::Kind::summon, .actor = roles_[s.role].name, .step = step});
}

void RunbookMachine::make_ready(std::uint32_t step, Offset now) {
  StepState& s = state(step);
  const Duration limit = runbook_->steps[step].time_limit;
  s.stage = Stage::ready;
  s.deadline = limit > Duration{} ? now + limit : never;
}

void RunbookMachine::begin(std::uint32_t step, bool verifying, Offset now) {
  StepState& s = state(step);
  const Step& what = runbook_->steps[step];
  if (!verifying) ++s.attempt;
  s.stage = verifying ? Stage::verifying : Stage::running;
  if (s.role != nobody) roles_[s.role].busy = true;
  const bool by_hand = !verifying && what.manual();
  s.action = world_->begin(
      {.kind = by_hand ? Action::Kind::manual : Action::Kind::command,
       .command = verifying ? what.verify : what.words(),
       .actor = what.actor,
       .step = step,
       .verifying = verifying,
       .pace = what.pace,
       .shift = s.begun < what.shifts.size() ? what.shifts[s.begun] : Duration::zero()});
  ++s.begun;
  // Live a fault that was decided on together with the step is in force before the step begins.
  const Offset began = std::max(now, world_->state(s.action).began);
  last_change_ = std::max(last_change_, began);
  journal_->put(began, StepStarted{step, s.attempt, verifying});
}

void RunbookMachine::attempt_failed(std::uint32_t step) {
  StepState& s = state(step);
  if (s.attempt <= runbook_->steps[step].retries)
    s.stage = Stage::ready;
  else
    end(step, true);
}

void RunbookMachine::end(std::uint32_t step, bool failed) {
  StepState& s = state(step);
  s.stage = Stage::over;
  s.failed = failed;
  --open_;
  if (!failed) return;
  const Step& what = runbook_->steps[step];
  if (what.on_failure == OnFailure::abort && !aborting_) aborting_ = step;
  std::uint32_t before = nobody;
  for (std::uint32_t r : what.rollback) {
    if (states_[r].stage != Stage::waiting || states_[r].enabled) continue;
    states_[r].enabled = true;
    states_[r].after = before;
    before = r;
  }
}

void RunbookMachine::write_end(std::uint32_t step, StepEnded::Why why, Offset at,
                               const ActionState* action) {
  StepEnded entry;
  entry.step = step;
  entry.why = why;
  entry.verifying = state(step).stage == Stage::verifying || state(step).stage == Stage::to_verify;
  if (action) {
    entry.exit_status = action->exit_status;
    entry.changed_something = action->changed_something;
    entry.understood = action->understood;
    entry.touched = action->touched;
    const bool told = !action->output.empty() || !action->hidden_error.empty() ||
                      action->spent.front().parameter != ParameterId::none;
    if (told)
      entry.said = std::make_shared<const StepTold>(
          StepTold{std::string(cut_output(action->output)),
                   std::string(cut_output(action->hidden_error)), action->spent});
    if (runbook_->steps[step].phase == Phase::inject && action->changed_something)
      injected_ = injected_ | action->touched;
  }
  last_change_ = std::max(last_change_, at);
  journal_->put(at, std::move(entry));
}

void RunbookMachine::cut_off(Offset now) {
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    StepState& s = states_[i];
    if (s.stage == Stage::over) continue;
    if (busy(s)) {
      const ActionState action = world_->state(s.action);
      write_end(i, StepEnded::Why::cut_off, now, &action);
      world_->cancel(s.action);
    } else if (s.enabled) {
      write_end(i, StepEnded::Why::cut_off, now, nullptr);
    }
    s.stage = Stage::over;
  }
  open_ = 0;
}

}  // namespace drdrill
