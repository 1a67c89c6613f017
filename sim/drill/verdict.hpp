#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/drill/journal.hpp"

/// What a journal amounts to. Computed by checkers, the same for every world.
namespace drdrill {

enum class Verdict : std::uint8_t { pass, fail, inconclusive, aborted, residue };
inline constexpr std::size_t verdict_count = 5;
std::string_view verdict_name(Verdict verdict);
/// 0 pass, 1 fail, 2 inconclusive, 3 aborted, 4 residue.
int exit_code(Verdict verdict);

/// Where time of an outage went: a timer or mechanism (`note`), a step of the runbook (`step`), or
/// a fault that was over before the outage was, where nothing else is known (`fault`); from `from`
/// to `to` within a part of it.
struct Cause {
  static constexpr std::size_t no_entry = SIZE_MAX;

  Offset from{};
  Offset to{};
  std::optional<std::uint32_t> step;  ///< index into scenario.runbook.steps
  std::optional<Note> note;
  Offset began{};                        ///< before the part, where the part saw only the end of it
  bool went_on = false;                  ///< past the end of the part
  std::size_t ended_entry = no_entry;    ///< of a step: index of its StepEnded in journal.entries
  std::optional<std::uint32_t> fault{};  ///< index into scenario.faults
};

struct PartOfOutage {
  Part part =
      Part::detect;  ///< detect, decide, act, restore; in this order, adding up to the outage
  Duration took{};
  std::vector<Cause> causes;  ///< those that explain it, the longest first
};

struct Outage {
  Offset began{};
  std::optional<Offset> ended;  ///< absent: not over when the drill ended
  /// The fault, undo or step that preceded it: how long before, and what (a line of the timeline).
  std::optional<std::size_t> preceded_by;  ///< index into journal.entries
  std::vector<PartOfOutage> parts;
  Duration may_have_begun_earlier{};  ///< by as much: nobody asked in between
  Duration may_have_ended_earlier{};
};

/// What time goes to. Numbers of parameters hold for one platform, so figures of several platforms
/// are brought together by name (critical_path.hpp, `name_of`).
struct CauseId {
  enum class Kind : std::uint8_t {
    unexplained,
    step,       ///< `index` into scenario.runbook.steps
    timer,      ///< `index` is a ParameterId: whatever takes as long as the parameter says
    mechanism,  ///< `index` is a NoteKind: it has no parameter of its own
    fault,      ///< `index` into scenario.faults: it lasted, and service came back after it
  };
  Kind kind = Kind::unexplained;
  std::uint32_t index = 0;

  bool operator==(const CauseId&) const = default;
  bool operator<(const CauseId& other) const {
    return kind != other.kind ? kind < other.kind : index < other.index;
  }
};

/// What one outage owes to one cause.
struct CauseTime {
  CauseId cause;
  bool on_path = false;  ///< the critical one; else it only ran beside it
  Duration critical{};   ///< time on the critical path; a step's with all that it waited for
  Duration own{};        ///< of that, what no other cause accounts for
  Duration slack{};      ///< beside the path: the least that it could have ended later
};

struct RtoResult {
  std::optional<Duration> target;
  std::vector<Outage> outages;
  std::optional<Duration> achieved;   ///< the longest outage; 0 = absorbed; absent = not recovered
  std::optional<Offset> censored_at;  ///< set when it was not over by then
  /// What the decisive outage waited for, one after the other; of one that was not over, so far.
  /// And how much of that time is set by parameters that are estimates.
  std::vector<CauseTime> path;
  Duration on_estimates{};
  Duration sum{};           ///< of all outages
  Duration uncertainty{};   ///< of `achieved`, either way, because probes ask now and then
  std::optional<bool> met;  ///< absent: no target, not exercised or not evaluated
};

/// The outage that decides the RTO: the one that was not over, else the longest; of several the
/// first. Null when there was none.
const Outage* decisive_outage(std::span<const Outage> outages);

struct RpoResult {
  bool applicable = true;  ///< false: no state to lose
  bool evaluated = true;   ///< false: the world kept no ledger of it, or could not read it
  std::optional<Duration> target;
  std::optional<Duration> achieved;  ///< absent: nothing recovered, or the loss went on to the end
  /// Writes were still being lost when the tool began to undo: what was lost until then.
  std::optional<Duration> at_least;
  Duration uncertainty{};             ///< of `achieved` and `at_least`, either way
  Duration resolution{};              ///< a loss that is shorter goes unseen; zero: none does
  std::uint64_t lost_writes = 0;      ///< of those acknowledged before the tool began to undo
  std::uint64_t lost_after_undo = 0;  ///< of those acknowledged since; not charged
  std::uint64_t unread = 0;           ///< acknowledged, and nobody knows
  std::uint64_t acknowledged = 0;
  std::uint64_t unacknowledged_survivors = 0;
  std::string worst_stream;
  std::optional<bool> met;
};

struct ObjectiveResult {
  ComponentId component = ComponentId::platform;
  bool exercised = false;
  bool evaluated = false;  ///< at least one answered sample after the first fault
  RtoResult rto;
  RpoResult rpo;

  /// False as soon as one target is missed; absent when nothing could be judged.
  std::optional<bool> met() const;
};

enum class Severity : std::uint8_t { sev0, sev1, sev2, sev3 };
std::string_view severity_name(Severity severity);  ///< "SEV-0"

enum class FindingLevel : std::uint8_t { note, warning, error };
std::string_view level_name(FindingLevel level);

struct Finding {
  std::string rule;  ///< "step-failed", "fault-without-effect", "redundancy-not-restored", …
  FindingLevel level = FindingLevel::warning;
  std::string text;  ///< a sentence of evidence
  std::optional<Offset> at;
  std::optional<ComponentId> component;
  std::optional<std::uint32_t> step;
  SourcePlace place;
};

struct Change {
  InventoryItem before;
  InventoryItem after;
};

struct Judgement {
  Verdict verdict = Verdict::inconclusive;
  std::vector<std::string> reasons;  ///< why it is no pass, the weightiest first; empty for a pass
  Severity severity = Severity::sev3;
  std::vector<ObjectiveResult> objectives;  ///< in the order of the scenario
  std::vector<Finding> findings;
  std::vector<Change> residue;           ///< what the tool left behind
  std::vector<Change> left_worse;        ///< what the runbook left worse than it found
  std::vector<Change> restored_by_undo;  ///< what was worse until the tool undid its faults
  std::optional<Offset> first_fault;     ///< when the first fault took effect
};

/// Judges a journal. Pure: the same journal gives the same judgement, always.
Judgement judge(const Journal& journal);

}  // namespace drdrill
