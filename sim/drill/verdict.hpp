#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/drill/journal.hpp"

/// What a journal amounts to. Computed by checkers, the same for every world.
namespace drdrill {

enum class Verdict : std::uint8_t { pass, fail, inconclusive, aborted, residue };
std::string_view verdict_name(Verdict verdict);
/// 0 pass, 1 fail, 2 inconclusive, 3 aborted, 4 residue.
int exit_code(Verdict verdict);

/// Where time of an outage went: a timer or mechanism (`note`), or a step of the runbook (`step`).
struct Cause {
  Offset from{};
  Offset to{};
  std::optional<std::uint32_t> step;  ///< index into scenario.runbook.steps
  std::optional<Note> note;
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
};

struct RtoResult {
  std::optional<Duration> target;
  std::vector<Outage> outages;
  std::optional<Duration> achieved;   ///< the longest outage; 0 = absorbed; absent = not recovered
  std::optional<Offset> censored_at;  ///< set when it was not over by then
  Duration sum{};                     ///< of all outages
  std::optional<bool> met;            ///< absent: no target, not exercised or not evaluated
};

struct RpoResult {
  bool applicable = true;  ///< false: no state to lose
  bool evaluated = true;   ///< false: the world kept no ledger of it
  std::optional<Duration> target;
  std::optional<Duration> achieved;  ///< absent: undefined because nothing recovered
  std::uint64_t lost_writes = 0;
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
  std::vector<Change> residue;        ///< what the tool left behind
  std::vector<Change> left_worse;     ///< what the runbook left worse than it found
  std::optional<Offset> first_fault;  ///< when the first fault took effect
  double estimate_share =
      0;  ///< of the time that causes explain, the share in which one ran that is an estimate
};

/// Judges a journal. Pure: the same journal gives the same judgement, always.
Judgement judge(const Journal& journal);

}  // namespace drdrill
