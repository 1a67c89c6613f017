#pragma once

#include <memory>

#include "sim/study/sweep.hpp"

/// The ranks that mpirun started. Only built where Boost.MPI is (drdrill-mpi).
namespace drdrill::study {

class MpiRanks final : public Ranks {
 public:
  /// Starts MPI; at most one in a process.
  MpiRanks(int& count, char**& values);
  ~MpiRanks() override;
  std::uint64_t rank() const override;
  std::uint64_t size() const override;
  std::vector<std::string> exchange(const std::string& mine) override;
  /// Ends all ranks at once.
  [[noreturn]] void abort(int code);

 private:
  struct Mpi;
  std::unique_ptr<Mpi> mpi_;
};

}  // namespace drdrill::study
