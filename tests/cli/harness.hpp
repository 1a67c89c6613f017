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
inline Outcome drdrill(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  cli::Context context{out, err, false, 100, "", nullptr};
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
