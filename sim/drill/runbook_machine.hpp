#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/drill/journal_writer.hpp"
#include "sim/drill/probe_watch.hpp"
#include "sim/drill/scenario.hpp"
#include "sim/drill/world.hpp"

/// Walks a runbook: which step may begin, what its end means for the others. Pure bookkeeping over
/// World::begin, state and cancel; it has no time of its own.
///
/// A step begins once its needs have ended, its actor is there and `wait_for` holds. The first step
/// of a person summons that person; later ones find them there. A person does one step at a time,
/// automation any number. A step of phase `end` without needs waits until the faults are made and
/// all other steps have ended. A step is over when its command (and verification) succeeded, when
/// retries are used up or when its time limit has passed; then its rollback steps, if it failed,
/// run one after another. Steps that need one that failed with `stop`, or that was skipped, are
/// skipped.
namespace drdrill {

class RunbookMachine {
 public:
  /// Begins anew. All arguments must outlive the walk.
  void start(const Runbook& runbook, World& world, JournalWriter& journal);

  /// Takes note of actions that have ended. True when there was one.
  bool collect();
  /// Ends what is over its limit and begins what can begin. True when anything changed.
  bool advance(const ProbeWatch& probes, bool faults_made, Offset now);
  /// Gives up whatever is not over; no step begins afterwards.
  void cut_off(Offset now);

  bool all_over() const { return open_ == 0; }
  /// When the next time limit passes, or never.
  Offset next_deadline() const;
  /// The last time that a step's command began or ended.
  Offset last_change() const { return last_change_; }
  /// A step that failed and whose failure aborts the drill.
  std::optional<std::uint32_t> aborting_step() const { return aborting_; }
  /// What steps of phase inject have changed.
  ComponentSet injected() const { return injected_; }

 private:
  static constexpr std::uint32_t nobody = 0xffffffff;

  enum class Stage : std::uint8_t {
    waiting,    ///< for its needs or its actor
    summoning,  ///< the actor is being got hold of, for this step
    ready,      ///< for its precondition, or until the actor has a hand free
    running,
    to_verify,
    verifying,
    over,
  };
  struct StepState {
    Stage stage = Stage::waiting;
    bool failed = false;
    bool skipped = false;
    bool enabled = true;           ///< false: a rollback step whose turn has not come
    int attempt = 0;               ///< of the command, counted from 1
    std::size_t begun = 0;         ///< how often its command or verification has begun
    std::uint32_t role = nobody;   ///< index into roles_; nobody: automation
    std::uint32_t after = nobody;  ///< the rollback step before this one
    Offset deadline = never;
    ActionId action{};
  };
  struct Role {
    std::string_view name;
    bool here = false;
    bool being_summoned = false;
    bool busy = false;
  };

  bool busy(const StepState& state) const;
  bool collect(std::uint32_t step);
  bool try_to_move(std::uint32_t step, const ProbeWatch& probes, bool faults_made, Offset now);
  bool leave_waiting(std::uint32_t step, bool faults_made, Offset now);
  bool needs_are_over(std::uint32_t step) const;
  bool must_be_skipped(std::uint32_t step) const;
  bool never_needed(std::uint32_t step) const;
  bool others_are_over() const;
  bool time_is_up(std::uint32_t step, Offset now);

  void summon(std::uint32_t step);
  void make_ready(std::uint32_t step, Offset now);
  void begin(std::uint32_t step, bool verifying, Offset now);
  void attempt_failed(std::uint32_t step);
  void end(std::uint32_t step, bool failed);
  void write_end(std::uint32_t step, StepEnded::Why why, Offset at, const ActionState* state);
  std::uint32_t role_index(std::string_view name);
  StepState& state(std::uint32_t step) { return states_[step]; }

  const Runbook* runbook_ = nullptr;
  World* world_ = nullptr;
  JournalWriter* journal_ = nullptr;
  std::vector<StepState> states_;
  std::vector<Role> roles_;
  std::size_t open_ = 0;
  Offset last_change_{};
  std::optional<std::uint32_t> aborting_;
  ComponentSet injected_;
};

}  // namespace drdrill
