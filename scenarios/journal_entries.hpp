#pragma once

#include "sim/base/reader.hpp"
#include "sim/drill/journal.hpp"

/// What happened in a stored drill: the rows of its journal's "entries". Internal to the journal's
/// reader.
namespace drdrill {

/// Appends them; the journal's scenario and subjects, which they point into, are read already.
void read_entries(Reader& root, Journal& journal);

}  // namespace drdrill
