#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "sim/live/clients/file_directory.hpp"
#include "sim/live/clients/lab_api.hpp"
#include "sim/live/clients/ledger_stores.hpp"

/// The two stores behind the lab's API, over a pool of connections with an upper limit.
namespace drdrill::live {

class LabApiStores {
 public:
  explicit LabApiStores(const LabApiOptions& options);

  Reply ready();
  Reply write(std::uint64_t number);
  std::uint64_t written() const { return written_; }
  /// The numbers of first…last that both stores have.
  Reply read(std::uint64_t first, std::uint64_t last, std::vector<std::uint64_t>& present);

 private:
  /// A connection to each store.
  struct Pair {
    std::unique_ptr<LedgerStore> sql;
    std::unique_ptr<LedgerStore> redis;
  };
  /// A pair of the pool, given back at the end; null when none became free in time.
  class Loan;

  FileDirectory directory_;
  Duration timeout_;
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::vector<std::unique_ptr<Pair>> pairs_;
  std::vector<Pair*> free_;
  std::atomic<std::uint64_t> written_{0};
};

}  // namespace drdrill::live
