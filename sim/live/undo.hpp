#pragma once

#include <string>
#include <vector>

#include "sim/live/undo_log.hpp"

/// Undoing what a log says was made. Any number of times, by anybody, whatever is left of it.
namespace drdrill::live {

/// Undoes what is left of the lab in that folder whose network is called `prefix`, latest first;
/// the folder itself last, and only when nothing else is left, because the log lies in it. Entries
/// that are of no such lab are not touched. What could not be undone, as sentences; empty: nothing
/// is left.
std::vector<std::string> undo(const std::vector<Made>& left, const std::string& folder,
                              const std::string& prefix);

/// What of it is still there, as sentences.
std::vector<std::string> residue(const std::vector<Made>& left);

}  // namespace drdrill::live
