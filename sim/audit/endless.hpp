#pragma once

#include "sim/drill/shell.hpp"

namespace drdrill::audit {

/// Is it `while true; do … done`, or `until false`, with nothing in it that leaves the loop?
bool is_endless(const shell::Command& command);

}  // namespace drdrill::audit
