#include "sim/drill/note.hpp"

namespace drdrill {

static_assert(note_table.size() > static_cast<std::size_t>(NoteKind::capacity_exhausted),
              "each kind of note has its row");

std::optional<NoteKind> note_of(std::string_view id) {
  for (std::size_t i = 0; i < note_table.size(); ++i)
    if (note_table[i].id == id) return static_cast<NoteKind>(i);
  return std::nullopt;
}

}  // namespace drdrill
