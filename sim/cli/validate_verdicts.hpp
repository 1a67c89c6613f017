#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "sim/study/expectation.hpp"

/// Live verdicts beside those that simulation gives: one scenario, two worlds, one verdict.
namespace drdrill::cli {

struct Verdicts {
  std::string scenario;
  study::VerdictCounts live{};
  study::VerdictCounts simulated{};
};

/// Is the commonest verdict the same? Where simulation comes to a verdict, live runs that came to
/// none (nothing was steady before the fault) count for nothing; false where all of them did.
bool agree(const Verdicts& verdicts);

/// A table in Markdown, and how many agree.
void print_verdicts(const std::vector<Verdicts>& all, std::ostream& out);

}  // namespace drdrill::cli
