#include "sim/study/ranks_mpi.hpp"

#include <cstdlib>

#include <boost/mpi/collectives/all_gather.hpp>
#include <boost/mpi/communicator.hpp>
#include <boost/mpi/environment.hpp>
#include <boost/serialization/string.hpp>

namespace drdrill::study {

/// Only the thread that started MPI speaks to other ranks.
struct MpiRanks::Mpi {
  Mpi(int& count, char**& values) : environment(count, values, boost::mpi::threading::funneled) {}

  boost::mpi::environment environment;
  boost::mpi::communicator world;
};

MpiRanks::MpiRanks(int& count, char**& values) : mpi_(std::make_unique<Mpi>(count, values)) {}
MpiRanks::~MpiRanks() = default;

std::uint64_t MpiRanks::rank() const {
  return static_cast<std::uint64_t>(mpi_->world.rank());
}

std::uint64_t MpiRanks::size() const {
  return static_cast<std::uint64_t>(mpi_->world.size());
}

std::vector<std::string> MpiRanks::exchange(const std::string& mine) {
  std::vector<std::string> all;
  boost::mpi::all_gather(mpi_->world, mine, all);
  return all;
}

void MpiRanks::abort(int code) {
  mpi_->environment.abort(code);
  std::abort();
}

}  // namespace drdrill::study
