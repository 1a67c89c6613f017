#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/drill/effect.hpp"
#include "sim/live/lab.hpp"

/// Private to lab_world*.cpp: what a lab does for each primitive of the fault catalog. A row for
/// each; what has none is refused.
namespace drdrill::live {

/// An effect in a lab.
struct LabEffect {
  Effect effect;
  std::string name;                      ///< of what it makes: letters and digits, its own
  std::vector<std::string> pods;         ///< whom it hits
  std::vector<std::string> peers{};      ///< whom they are cut off from; none: everybody
  std::vector<ProcessId> processes{};    ///< theirs, when it was made
  std::vector<std::uint64_t> entries{};  ///< of the log

  /// It takes machines, and not only what runs on them.
  bool takes_machines() const;
};

struct LabFaultRow {
  Primitive primitive;
  /// Why this lab cannot do it, on this machine; nothing: it can.
  std::optional<std::string> (*why_not)(const Effect& effect, const Lab& lab);
  void (*make)(Lab& lab, LabEffect& effect);
  /// Is it seen to be there?
  bool (*is_in_force)(const Lab& lab, const LabEffect& effect);
  /// Throws std::runtime_error when it is still there afterwards. Null: nothing has to be undone.
  void (*undo)(Lab& lab, const LabEffect& effect);
};

std::span<const LabFaultRow> lab_faults();
const LabFaultRow* lab_fault(Primitive primitive);

}  // namespace drdrill::live
