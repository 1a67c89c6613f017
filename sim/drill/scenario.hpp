#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/parameter.hpp"
#include "sim/base/time.hpp"
#include "sim/drill/checklist.hpp"
#include "sim/drill/component.hpp"
#include "sim/drill/effect.hpp"
#include "sim/drill/probe.hpp"

/// What a drill is asked to do: scenario, runbook, objectives. Loaders make these values; nothing
/// here reads files.
namespace drdrill {

struct Objective {
  ComponentId component = ComponentId::platform;
  std::optional<Duration> rto;
  std::optional<Duration> rpo;  ///< 0 is a target; absent where there is no state to lose
  SourcePlace place;
};

/// A fault at a time since the first injection.
struct FaultSpec {
  Effect effect;
  std::string catalog_id;
  Duration after{};
  std::optional<Duration> lasts;  ///< undone by the drill after this long; else at its end
  SourcePlace place;
};

enum class Phase : std::uint8_t {
  inject,  ///< the step makes the fault; the first one that changes something sets the fault's time
  recover,  ///< the step repairs
  watch,    ///< the step only waits or looks
  end,      ///< the step puts things back when the drill ends
};
std::string_view phase_name(Phase phase);
std::optional<Phase> phase_of(std::string_view name);

enum class OnFailure : std::uint8_t {
  proceed,  ///< as a shell script without `set -e` does
  stop,     ///< later steps are not run
  abort,    ///< the whole drill is aborted and undone
};
std::string_view on_failure_name(OnFailure what);
std::optional<OnFailure> on_failure_of(std::string_view name);

struct Step {
  std::string id;
  std::string title;
  Phase phase = Phase::recover;
  std::string actor = "automation";
  std::string run;  ///< the literal command; empty for a manual step, which `title` describes
  /// `run` is for people to read and do: it has something to fill in, or is shell that is not taken
  /// here. It is never parsed and never run.
  bool by_hand = false;
  bool filled_in = false;            ///< an importer chose what the document leaves to be filled in
  std::string verify;                ///< a command that must exit 0 afterwards; empty: none
  std::vector<std::uint32_t> needs;  ///< indexes of steps that must have ended
  std::optional<ProbeKind> wait_for;  ///< begin only when this probe holds
  /// For the whole step, from when its needs have ended and its actor is there: waiting for
  /// `wait_for`, all attempts and verifications. 0: none.
  Duration time_limit{};
  int retries = 0;  ///< run again after a failure, so many times; never after the time limit
  OnFailure on_failure = OnFailure::proceed;
  std::vector<std::uint32_t> rollback;  ///< steps that run only when this one has failed
  bool only_as_rollback = false;
  double pace = 1;  ///< of the time that a person takes for it; not of files: what-ifs change it
  /// Of each time that its command or its verification begins, in their order: Action::shift; not
  /// of files: replays set it.
  std::vector<Duration> shifts;
  SourcePlace place;

  bool manual() const { return by_hand || run.empty(); }
  /// What is run, or what a person is told to do.
  const std::string& words() const { return run.empty() ? title : run; }
};

struct Runbook {
  std::string name;
  std::string title;
  std::string source;  ///< the document that it follows
  std::vector<Step> steps;
  SourcePlace place;
};

/// Stops the drill and undoes everything when `probe` has failed for `failing_for` without a break.
struct AbortCondition {
  ProbeKind probe = ProbeKind::join;
  Duration failing_for{};
  SourcePlace place;
};

struct Scenario {
  std::string name;
  std::string title;
  std::string variant;  ///< "as documented", "corrected"
  std::string file;
  std::string counterpart;  ///< the scenario to look at next; empty: none
  std::string platform;     ///< its name
  WallTime start;           ///< the platform's wall clock at offset 0
  Duration steady_for{};    ///< the steady state must hold this long before the first fault
  Duration stable_for{};    ///< an outage is over when the steady state held this long
  Duration horizon{};       ///< the drill ends here at the latest
  std::vector<FaultSpec> faults;
  Runbook runbook;
  std::vector<Objective> objectives;
  std::vector<AbortCondition> aborts;
  std::vector<ChecklistItem> checklist;  ///< what is asked at the end, each item once
  bool checklist_required = false;       ///< an item that is not done fails the drill
};

}  // namespace drdrill
