#pragma once

#include <iosfwd>

namespace drdrill::study {
class Ranks;
}

namespace drdrill::cli {

/// What main() does: catches signals and hands arguments, streams and terminal to run(). `err`
/// takes what is to be said on stderr.
int run_program(int count, char** values, std::ostream& err, study::Ranks* ranks);

}  // namespace drdrill::cli
