#pragma once

#include <string>
#include <vector>

#include "sim/live/undo_log.hpp"

/// Undoing what a log says was made. Any number of times, by anybody, whatever is left of it.
namespace drdrill::live {

/// Latest first. What could not be undone, as sentences; empty: nothing is left.
std::vector<std::string> undo(const std::vector<Made>& left);

/// What of it is still there, as sentences.
std::vector<std::string> residue(const std::vector<Made>& left);

}  // namespace drdrill::live
