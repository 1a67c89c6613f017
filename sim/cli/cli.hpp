#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>

/// The program behind main(): everything that drdrill does, with its surroundings handed in.
namespace drdrill::study {
class Ranks;
}

namespace drdrill::cli {

struct Context {
  std::ostream& out;  ///< results
  std::ostream& err;  ///< progress, logs and mistakes
  bool colour = false;
  bool terminal = false;          ///< `out` is one: lists are fitted to it
  std::size_t width = 100;        ///< columns that text may fill
  std::string scenario_folder;    ///< where scenarios are looked for first; may be ""
  bool progress = false;          ///< `err` is a terminal: what takes long says how far it is
  study::Ranks* ranks = nullptr;  ///< other processes that do the same command; null: none
};

/// `arguments` without the program's name. Returns the exit code; never throws.
int run(std::span<const std::string> arguments, Context& context);

}  // namespace drdrill::cli
