#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <unistd.h>

#include "sim/cli/exit_code.hpp"
#include "sim/cli/program.hpp"

namespace {

/// How many of us mpirun started; 1 when it did not.
int ranks() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE"})
    if (const char* value = std::getenv(name)) return std::atoi(value);
  return 1;
}

/// MPI takes longer to load than a drill to run, so the program that has it is another one, which
/// lies beside this one. Comes back only when it is not there.
void become_a_rank(char** values) {
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const std::string program = (self.parent_path() / "drdrill-mpi").string();
  ::execv(program.c_str(), values);
  std::cerr << "drdrill: mpirun started " << ranks() << " of these, but there is no " << program
            << ": this drdrill was built where Boost.MPI is not (libboost-mpi-dev)\n";
}

}  // namespace

int main(int count, char** values) {
  if (count > 1 && std::string_view(values[1]) == "sweep" && ranks() > 1) {
    become_a_rank(values);
    return drdrill::cli::exit_bad_input;
  }
  return drdrill::cli::run_program(count, values, std::cerr, nullptr);
}
