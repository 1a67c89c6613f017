#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/journal.hpp"

/// A journal as a list that a person reads: one row for each fault, step and abort, one for each
/// change of a steady-state probe, and notes of the same kind close together in one row.
namespace drdrill::reports {

struct TimelineRow {
  enum class Kind : std::uint8_t { stage, fault, step, abort, probe, note };
  enum class Tone : std::uint8_t { plain, good, bad };

  Offset at{};
  Offset until{};  ///< of the last of `count` happenings; of a step, its end
  Kind kind = Kind::note;
  Tone tone = Tone::plain;
  std::string label;      ///< "fault", "step 2", "postgres"
  std::string id;         ///< of the stage, fault, step, probe or note kind
  std::string text;       ///< one line
  std::string output;     ///< the first line that a step printed
  std::size_t count = 1;  ///< how many happenings the row stands for
  std::optional<ComponentId> component;
  std::optional<std::uint32_t> step;
  std::optional<int> exit_status;
  bool context = false;  ///< a note that explains no part of an outage
};

std::string_view kind_name(TimelineRow::Kind kind);

/// Rows in order of time. Faults, steps and aborts are always there. When probes and notes would
/// make more than `most` rows, happenings further apart share a row, and at the very last notes
/// that are only context are left out.
std::vector<TimelineRow> make_timeline(const Journal& journal, std::size_t most);

}  // namespace drdrill::reports
