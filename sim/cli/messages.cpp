#include "sim/cli/messages.hpp"

#include <algorithm>
#include <ostream>
#include <vector>

#include "sim/cli/exit_code.hpp"

namespace drdrill::cli {

std::string counted(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

int write_problems(std::span<const Problems> files, std::ostream& err) {
  std::size_t count = 0;
  std::vector<Problem> told;
  for (const Problems& problems : files) {
    for (const Problem& problem : problems.all()) {
      if (std::find(told.begin(), told.end(), problem) != told.end()) continue;
      told.push_back(problem);
      ++count;
      err << to_string(problem) << '\n';
    }
    count += problems.dropped();
    if (problems.dropped() > 0)
      err << problems.all().back().file << ": and " << problems.dropped() << " more\n";
  }
  err << counted(count, "mistake") << ", nothing was run\n";
  return exit_bad_input;
}

int write_problems(const Problems& problems, std::ostream& err) {
  return write_problems(std::span(&problems, 1), err);
}

}  // namespace drdrill::cli
