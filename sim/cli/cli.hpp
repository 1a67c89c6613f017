#pragma once

#include <atomic>
#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>

/// The program behind main(): everything that drdrill does, with its surroundings handed in.
namespace drdrill::cli {

struct Context {
  std::ostream& out;  ///< results
  std::ostream& err;  ///< progress, logs and mistakes
  bool colour = false;
  std::size_t width = 100;      ///< columns that text may fill
  std::string scenario_folder;  ///< where scenarios are looked for first; may be ""
  const std::atomic<bool>* interrupted = nullptr;  ///< set from outside: abort and undo everything
};

/// `arguments` without the program's name. Returns the exit code; never throws.
int run(std::span<const std::string> arguments, Context& context);

}  // namespace drdrill::cli
