#pragma once

#include <string>
#include <string_view>

#include "sim/drill/journal.hpp"

/// A stored journal, read back so that it can be judged again. The format is in README.md.
namespace drdrill {

/// Throws InputError when the file is no journal. Every index in what comes back is in range and
/// entries are in order of time, so that it can be judged whoever wrote it.
Journal load_journal(const std::string& path);

/// The same from text; `file` is for messages.
Journal parse_journal(std::string_view text, const std::string& file);

}  // namespace drdrill
