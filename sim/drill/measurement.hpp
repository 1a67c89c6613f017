#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/drill/journal.hpp"

/// One figure of a journal: how long something took from one moment to another, or what became of a
/// component. Like a checker it is a pure function of the journal, so the same question can be put
/// to a simulated drill, to a live one and to somebody's notes.
namespace drdrill {

/// Something that a journal dates.
struct Moment {
  enum class Kind : std::uint8_t {
    fault,       ///< a fault of the scenario is made
    undo,        ///< nothing of it is left
    step,        ///< a step of the runbook begins
    step_ended,  ///< its last attempt or verification ends
    note,        ///< the world tells something of itself
    probe,       ///< a probe changes to an answer
  };
  Kind kind = Kind::fault;
  std::uint32_t index = 0;  ///< fault, undo, step, step_ended: into the scenario's list
  NoteKind note{};
  std::string about;  ///< note: the name of its subject; empty: any
  ProbeKind probe{};
  Answer answer = Answer::holds;
};

struct Quantity {
  enum class Kind : std::uint8_t {
    between,  ///< seconds from the first `from` to the first `to` after it, or to the last
    rto,      ///< seconds: the component's achieved RTO
    rpo,      ///< seconds: its achieved RPO
    lost,     ///< its lost acknowledged writes
  };
  Kind kind = Kind::between;
  Moment from;
  Moment to;
  bool last = false;
  ComponentId component = ComponentId::platform;

  bool is_time() const { return kind != Kind::lost; }
};

/// Nothing when it did not happen within the drill, or is undefined because nothing recovered.
std::optional<double> measure(const Journal& journal, const Quantity& quantity);

}  // namespace drdrill
