#include "sim/drill/fault_schedule.hpp"

#include <algorithm>

namespace drdrill {

void FaultSchedule::start(std::span<const FaultSpec> faults, World& world, JournalWriter& journal) {
  faults_ = faults;
  world_ = &world;
  journal_ = &journal;
  states_.assign(faults.size(), {});
  last_change_ = world.now();
  touched_ = {};
}

void FaultSchedule::set_going(Offset began) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    states_[i].make_at = began + faults_[i].after;
    if (faults_[i].lasts) states_[i].undo_at = states_[i].make_at + *faults_[i].lasts;
  }
}

bool FaultSchedule::collect() {
  bool any = false;
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    State& fault = states_[i];
    if (!fault.made || fault.undone || (fault.took && !fault.undoing)) continue;
    const EffectState now = world_->state(fault.id);
    if (now.took_effect && !fault.took) {
      fault.took = any = true;
      touched_ = touched_ | now.touched;
      journal_->put(now.since, FaultTook{i, now.touched});
    }
    if (now.undone && fault.undoing) {
      fault.undone = any = true;
      last_change_ = std::max(last_change_, world_->now());
      journal_->put(world_->now(), FaultUndone{i});
    }
  }
  return any;
}

bool FaultSchedule::advance(Offset now) {
  bool any = false;
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    State& fault = states_[i];
    if (!fault.made && fault.make_at <= now) {
      fault.made = any = true;
      last_change_ = now;
      journal_->put(now, FaultInjected{i});
      fault.id = world_->inject(faults_[i].effect);
    }
    if (fault.made && !fault.undoing && fault.undo_at <= now) {
      any = true;
      undo(fault, now);
    }
  }
  return any;
}

void FaultSchedule::undo(State& fault, Offset now) {
  fault.undoing = true;
  last_change_ = now;
  world_->recover(fault.id);
}

bool FaultSchedule::undo_all(Offset now) {
  bool any = false;
  for (State& fault : states_) {
    if (!fault.made || fault.undone) continue;
    any = true;
    undo(fault, now);
  }
  return any;
}

bool FaultSchedule::all_made() const {
  return std::all_of(states_.begin(), states_.end(),
                     [](const State& s) { return s.made && (s.undo_at == never || s.undone); });
}

bool FaultSchedule::all_undone() const {
  return std::all_of(states_.begin(), states_.end(),
                     [](const State& s) { return !s.made || s.undone; });
}

Offset FaultSchedule::next_due() const {
  Offset next = never;
  for (const State& s : states_) {
    if (!s.made)
      next = std::min(next, s.make_at);
    else if (!s.undoing)
      next = std::min(next, s.undo_at);
  }
  return next;
}

}  // namespace drdrill
