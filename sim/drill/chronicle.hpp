#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/drill/journal.hpp"

/// What checkers look up in a journal again and again, found in one pass. Points into the journal,
/// which must outlive it.
namespace drdrill {

/// One run of a step's command (or of its verification).
struct StepRun {
  std::uint32_t step = 0;
  bool verifying = false;
  Offset began{};
  Offset ended = never;
  std::size_t began_entry = 0;
  std::size_t ended_entry = 0;
  const StepEnded* result = nullptr;  ///< null: it never ended

  bool changed_something() const { return result && result->changed_something; }
  ComponentSet touched() const { return result ? result->touched : ComponentSet{}; }
};

struct FaultRecord {
  std::optional<Offset> injected, took, undone;
  ComponentSet touched;
};

/// The answers of one probe.
struct Answers {
  bool asked = false;
  Answer before = Answer::unanswered;  ///< the last one before the first injection
  std::vector<Sample> samples;         ///< from the first injection on
};

struct Chronicle {
  explicit Chronicle(const Journal& journal);

  const Journal* journal;
  const Scenario& scenario() const { return journal->scenario; }

  std::optional<Offset> drill;  ///< absent: the drill stage was never reached
  Offset undo{};                ///< the tool began to undo, or the journal ends
  Offset finished{};
  /// When the first fault, or the first step that is to make one, began. What breaks from here on
  /// is an outage; what broke before was no steady state.
  std::optional<Offset> first_injection;
  /// When the first fault was in force: a fault as the world says, a step when it ended.
  std::optional<Offset> first_fault;
  /// The first sample before any injection that was no "holds".
  std::optional<Sample> unsteady;
  std::optional<JournalEntry> aborted;

  std::vector<FaultRecord> faults;         ///< by number
  std::vector<StepRun> runs;               ///< in order of their beginning
  std::vector<const StepEnded*> last_end;  ///< by step; null: none
  std::vector<Offset> last_end_at;         ///< by step
  std::vector<std::uint32_t> starts;       ///< by step: how often its command was begun
  std::vector<const Note*> notes;          ///< in order of time
  std::array<Answers, probe_table.size()> answers;

  /// The component and everything that it depends on, directly or not.
  ComponentSet with_dependencies(ComponentId component) const;

 private:
  void take(std::size_t index, const JournalEntry& entry);
  void take_stage(const StageBegan& stage, Offset at);
  void take_start(std::size_t index, const StepStarted& start, Offset at);
  void take_end(std::size_t index, const StepEnded& end, Offset at);
  void take_sample(const Sample& sample);
  void injection(Offset at);
  void in_force(Offset at);
};

/// Do the sets have a component in common?
bool overlap(ComponentSet a, ComponentSet b);

}  // namespace drdrill
