#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "sim/cli/cli.hpp"

namespace drdrill::test {

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs the program with captured streams, in the working directory of the tests: the sources.
/// With a width, as on a terminal that wide.
inline Outcome drdrill(const std::vector<std::string>& arguments, std::size_t width = 0) {
  std::ostringstream out;
  std::ostringstream err;
  cli::Context context{out, err, false, width > 0, width > 0 ? width : 100, ""};
  Outcome outcome;
  outcome.code = cli::run(arguments, context);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace drdrill::test
