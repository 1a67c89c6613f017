#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "sim/drill/scenario.hpp"
#include "sim/drill/world.hpp"

/// Everything that happened in a drill, written once. Checkers and reports read it and nothing
/// else, so a stored journal can be judged again and gives the same verdict.
namespace drdrill {

/// The drill itself moved on.
struct StageBegan {
  enum class Stage : std::uint8_t {
    steady,    ///< watching the steady state before anything is done
    drill,     ///< the first fault may come now
    undo,      ///< the tool undoes what it did
    finished,  ///< nothing happens after this
  };
  Stage stage = Stage::steady;
};

struct FaultInjected {
  std::uint32_t fault = 0;  ///< index into scenario.faults
};
/// The world says since when the fault is in force, and on what.
struct FaultTook {
  std::uint32_t fault = 0;
  ComponentSet touched;
};
/// The world says that nothing of the fault is left.
struct FaultUndone {
  std::uint32_t fault = 0;
};

struct StepStarted {
  std::uint32_t step = 0;
  int attempt = 1;
  bool verifying = false;  ///< the step's `verify` command, not the step
};

/// What a step said, and what its time went to.
struct StepTold {
  std::string output;                         ///< cut to 4 kB
  std::string hidden_error{};                 ///< as ActionState has it; cut likewise
  std::array<TimeSpent, most_spent> spent{};  ///< likewise
};

struct StepEnded {
  enum class Why : std::uint8_t {
    ended,      ///< with `exit_status`
    timed_out,  ///< its time limit passed
    skipped,    ///< a needed step failed with `stop`, or a person skipped it
    cut_off,    ///< the horizon came first
  };
  std::uint32_t step = 0;
  Why why = Why::ended;
  int exit_status = 0;
  bool verifying = false;
  bool changed_something = false;
  bool understood = true;
  ComponentSet touched;
  /// Null: nothing. Kept apart, since a drill of many people has a million entries that are no
  /// steps.
  std::shared_ptr<const StepTold> said{};

  const StepTold& told() const;
};

/// An abort condition was met, a step failed whose failure aborts, the world said that it is not
/// safe to go on, or (nothing of these) the user asked.
struct Aborted {
  static constexpr std::uint32_t none = 0xffffffff;
  std::uint32_t condition = none;
  std::uint32_t step = none;
  std::string world{};  ///< why it is not safe to go on
};

using Happening = std::variant<StageBegan, FaultInjected, FaultTook, FaultUndone, StepStarted,
                               StepEnded, Aborted, Sample, Note>;

struct JournalEntry {
  Offset at{};
  Happening what;
};

/// A probe that an objective needs and that the world has no eyes for.
struct UnaskedProbe {
  ProbeKind probe = ProbeKind::join;
  std::string reason;
};

/// The parts of a parameter that a report needs, for each one that a note or a step names.
struct UsedParameter {
  ParameterId number = ParameterId::none;
  std::string id;
  std::string value;  ///< in words: "lognormal median 3 s, sigma 0.8"
  Provenance provenance = Provenance::estimate;
  std::string source;
  SourcePlace place;
};

struct Journal {
  std::string version;  ///< of drdrill
  Scenario scenario;
  /// The "POINTER=VALUE" overrides that the scenario was loaded with, so that the command that
  /// reproduces the run is the whole command. Set by who loaded it; run_drill() leaves them alone.
  std::vector<std::string> settings;
  std::vector<std::string> parameter_files;  ///< laid over the platform's parameters
  std::string world;
  std::uint64_t seed = 0;
  std::uint64_t replication = 0;
  std::vector<JournalEntry> entries;  ///< in order of `at`; among equals, of happening
  Inventory inventory_before;
  Inventory inventory_recovered;  ///< when faults and runbook were over, before the undo
  Inventory inventory_after;
  ComponentSet touched;    ///< by faults and injecting steps
  ComponentSet exercised;  ///< touched, or depending on something touched
  /// By component: itself and what depends on it, directly or not, as the world said.
  std::array<ComponentSet, component_count> dependents{};
  Ledger ledger;
  std::vector<ProbeSampling> sampling;  ///< empty: the world need not ask
  std::vector<UnaskedProbe> unasked;
  std::vector<ChecklistAnswer>
      checklist;  ///< one for each item of scenario.checklist, in its order
  UserImpact impact;
  std::vector<UsedParameter> parameters;  ///< in order of `number`
  std::vector<std::string> subjects;  ///< names of SubjectIds that occur, by number; "" if unused
  std::uint64_t fingerprint = 0;
  /// What a live world left on the machine, as sentences. Set by who took the world down, when it
  /// is known; run_drill() leaves it empty.
  std::vector<std::string> left_behind;
};

/// The name of a note's subject, or "".
std::string_view subject_of(const Journal& journal, const Note& note);
/// The parameter that a note names, or null.
const UsedParameter* parameter_of(const Journal& journal, const Note& note);
const UsedParameter* parameter_of(const Journal& journal, ParameterId parameter);

}  // namespace drdrill
