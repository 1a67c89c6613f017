#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/parameter.hpp"
#include "sim/base/time.hpp"
#include "sim/drill/checklist.hpp"
#include "sim/drill/component.hpp"
#include "sim/drill/effect.hpp"
#include "sim/drill/ledger.hpp"
#include "sim/drill/note.hpp"
#include "sim/drill/probe.hpp"

/// The only door between a drill and what is drilled. A drill pulls time forward through it:
/// no callbacks, threads or coroutines above this line. Only Offset (since the start of the drill)
/// crosses it.
namespace drdrill {

/// Why a world cannot do something; said in preflight, never in the middle of a drill.
struct Refusal {
  std::string reason;
  /// A probe: what it asks about may well be there, but this world has no eyes for it. Objectives
  /// about it are not evaluated, and the rest of the drill can go on.
  bool blind = false;
};

/// Something that a runbook step does.
struct Action {
  enum class Kind : std::uint8_t {
    command,  ///< run `command`, a line of shell
    summon,   ///< get hold of somebody with the role `actor` and let them diagnose
    manual,   ///< a person does what `command` describes; its effect is unknown to drdrill
  };
  Kind kind = Kind::command;
  std::string_view command{};  ///< must outlive the action
  std::string_view actor{};    ///< "automation", or a role; people take time to type
  std::uint32_t step = 0;      ///< which step asks; a world may use it to cache what it parsed
  bool verifying = false;      ///< `command` is the step's `verify`, not its `run`
  double pace = 1;             ///< of the time that people take for it; for simulated people
  /// A simulated action begins its work so much later or, when negative, saves so much of what
  /// typing, calls and sleeping take.
  Duration shift{};
};

enum class ActionId : std::uint32_t {};

/// Of the time of an action, what a parameter set: typing, calls of an API, copying.
struct TimeSpent {
  ParameterId parameter = ParameterId::none;
  Duration time{};
  bool operator==(const TimeSpent&) const = default;
};
/// So many parameters are told of at most; the first of them in the order in which they came.
inline constexpr std::size_t most_spent = 4;

struct ActionState {
  Offset began{};  ///< the world's own time; live it is later than when it was asked for
  bool ended = false;
  int exit_status = 0;
  Offset at{};  ///< the world's own end time, once ended
  std::string_view
      output;  ///< what it printed, errors last; valid until the next call that is not const
  ComponentSet touched;  ///< components whose processes or objects it changed
  bool changed_something = false;
  bool understood = true;  ///< false: an unknown command, a manual step of unknown effect
  /// The first error that a command of it met and whose exit status hides it (redis-cli prints
  /// "ERR …" and exits 0); empty: none. Valid as long as `output`.
  std::string_view hidden_error{};
  /// As far as it has got; unused ones name no parameter. The rest of its time it waited for
  /// something else.
  std::array<TimeSpent, most_spent> spent{};
};

/// One figure of what exists now. Compared before and after the drill.
struct InventoryItem {
  enum class Better : std::uint8_t { higher, lower, equal };
  ComponentId component = ComponentId::platform;
  std::string name;  ///< "streaming replicas", "writable primaries", "NetworkPolicies", …
  std::int64_t value = 0;
  Better better = Better::equal;
  /// Changes of it are the tool's own doing (residue), not the runbook's (a finding).
  bool tool_made = false;

  bool operator==(const InventoryItem&) const = default;
};
using Inventory = std::vector<InventoryItem>;

struct Wake {
  enum class Why : std::uint8_t {
    deadline,
    action_ended,
    probe_changed,
    must_stop,  ///< the drill has to be aborted: somebody asked for it, or it is no longer safe
  };
  Why why = Why::deadline;
  /// must_stop: why; empty: somebody asked. Valid until the next call that is not const.
  std::string_view words{};
};

/// How participants fared; empty for worlds without participants.
struct UserImpact {
  std::int64_t joined = 0;        ///< at the instant of the first fault
  std::int64_t affected_30s = 0;  ///< most users affected for at least 30 s in one stretch
  double participant_minutes_lost = 0;
  struct Point {
    Offset at;
    std::int64_t without_media;
  };
  std::vector<Point> curve;  ///< changes of the number without media, thinned to at most 200 points
};

class World {
 public:
  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  virtual ~World() = default;

  /// "simulated", "lab", …
  virtual std::string_view name() const = 0;

  // Preflight: what this world cannot do. Nothing is changed.
  virtual std::optional<Refusal> refusal(const Effect& effect) const = 0;
  virtual std::optional<Refusal> refusal(const Action& action) const = 0;
  virtual std::optional<Refusal> refusal(const Probe& probe) const = 0;

  virtual Inventory inventory() const = 0;
  /// `set` and all components that depend on one of it, directly or not.
  virtual ComponentSet dependents(ComponentSet set) const = 0;

  virtual Offset now() const = 0;
  /// Which probes to ask from now on; their first samples are dated now.
  virtual void watch(std::span<const Probe> probes) = 0;
  /// Lets time pass until the deadline, or until an action ended, a watched probe changed or the
  /// drill must stop (said once), whichever is first. Never returns before now() and never passes
  /// the deadline. A deadline in the past returns at once.
  virtual Wake wait_until(Offset deadline) = 0;
  /// Appends samples and notes since the last call, in order of time.
  virtual void drain(SampleBuffer& buffer) = 0;

  virtual EffectId inject(const Effect& effect) = 0;
  virtual EffectState state(EffectId effect) const = 0;
  virtual void recover(EffectId effect) = 0;  ///< safe to call twice

  virtual ActionId begin(const Action& action) = 0;  ///< does not block
  virtual ActionState state(ActionId action) const = 0;
  virtual void cancel(ActionId action) = 0;  ///< gives up waiting for it; what it did stays done

  /// Is an item of the recovery validation checklists done now? Asked before the undo, of the items
  /// that are the world's to answer; of any other, and where it cannot tell, it answers
  /// not_evaluated and why. Changes nothing.
  virtual ChecklistAnswer answer(ChecklistItem item) const = 0;
  /// What was acknowledged and what became of it. Asked once, at the end.
  virtual Ledger ledger() const = 0;
  virtual UserImpact user_impact() const = 0;
  /// How often probes were asked; empty in a world that need not ask.
  virtual std::vector<ProbeSampling> sampling() const { return {}; }
  /// The parameter behind a Note, or null. Valid as long as the world.
  virtual const Parameter* parameter(ParameterId /*id*/) const { return nullptr; }
  /// The name behind a Note's subject.
  virtual std::string_view subject_name(SubjectId subject) const = 0;
  /// A hash over everything that happened; 0 where the world is not deterministic.
  virtual std::uint64_t fingerprint() const = 0;
};

}  // namespace drdrill
