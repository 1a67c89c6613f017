#include <iostream>
#include <sstream>

#include "sim/cli/exit_code.hpp"
#include "sim/cli/program.hpp"
#include "sim/study/ranks_mpi.hpp"

// drdrill as one of the ranks that mpirun started. Rank 0 speaks for all of them; what only another
// one knows is a bug, and ends them all.
int main(int count, char** values) {
  namespace cli = drdrill::cli;
  drdrill::study::MpiRanks ranks(count, values);
  const bool first = ranks.rank() == 0;
  std::ostringstream unsaid;
  const int code = cli::run_program(count, values, first ? std::cerr : unsaid, &ranks);
  const bool alone = !first && code >= cli::exit_unreachable;
  if (alone) std::cerr << "rank " << ranks.rank() << ": " << unsaid.view();
  if (alone || (first && code >= cli::exit_bad_input)) {
    std::cerr << std::flush;
    ranks.abort(code);
  }
  return code;
}
