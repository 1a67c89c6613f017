#pragma once

#include <string>
#include <vector>

#include "sim/drill/shell.hpp"

namespace drdrill::shell {

/// The programs that a list may call, as far as they are named literally: each once, in order of
/// their first appearance. What the shell does itself is left out, and so are its functions.
std::vector<std::string> programs_of(const List& list);

}  // namespace drdrill::shell
