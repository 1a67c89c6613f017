#pragma once

#include <iosfwd>
#include <span>
#include <string>

#include "sim/base/problem.hpp"

namespace drdrill::cli {

/// Each problem of each file on a line, once (scenarios share platforms), then "3 mistakes, nothing
/// was run". Returns the exit code for it.
int write_problems(std::span<const Problems> files, std::ostream& err);
int write_problems(const Problems& problems, std::ostream& err);

/// "1 file", "2 files"
std::string counted(std::size_t n, const std::string& noun);

}  // namespace drdrill::cli
