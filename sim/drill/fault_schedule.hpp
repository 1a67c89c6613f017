#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/drill/journal_writer.hpp"
#include "sim/drill/scenario.hpp"
#include "sim/drill/world.hpp"

/// Makes the faults of a scenario at their times, undoes those that end by themselves, and at last
/// undoes everything that is left.
namespace drdrill {

class FaultSchedule {
 public:
  /// Begins anew, with nothing due. All arguments must outlive the schedule.
  void start(std::span<const FaultSpec> faults, World& world, JournalWriter& journal);
  /// Counts the faults' times from `began`.
  void set_going(Offset began);

  /// Takes note of faults that took effect or are gone. True when there was one.
  bool collect();
  /// Makes and undoes what is due. True when there was something.
  bool advance(Offset now);
  /// Undoes everything that was made. True when there was something.
  bool undo_all(Offset now);

  /// Every fault was made, and those with an end of their own have ended.
  bool all_made() const;
  bool all_undone() const;
  /// When the next fault is to be made or undone, or never.
  Offset next_due() const;
  /// The last time that a fault was made or undone.
  Offset last_change() const { return last_change_; }
  /// The components that faults have hit.
  ComponentSet touched() const { return touched_; }

 private:
  struct State {
    Offset make_at = never;
    Offset undo_at = never;
    bool made = false;
    bool took = false;
    bool undoing = false;
    bool undone = false;
    EffectId id{};
  };

  void undo(State& fault, Offset now);

  std::span<const FaultSpec> faults_;
  World* world_ = nullptr;
  JournalWriter* journal_ = nullptr;
  std::vector<State> states_;
  Offset last_change_{};
  ComponentSet touched_;
};

}  // namespace drdrill
