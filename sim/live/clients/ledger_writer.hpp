#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "sim/base/time.hpp"
#include "sim/drill/ledger.hpp"
#include "sim/live/clients/ledger_stores.hpp"
#include "sim/live/clients/stop.hpp"

/// One stream of a ledger, written as a real client writes: numbered records at a steady rate, each
/// retried with the same number until it is acknowledged, over connections that follow the Service
/// only when they break. Afterwards every acknowledged record is looked for.
namespace drdrill::live {

struct LedgerPlan {
  ComponentId component = ComponentId::postgres;
  std::string name;
  std::function<std::unique_ptr<LedgerStore>()> store;
  double rate = 50;  ///< records a second, when the system keeps up; what is missed is not made up
  /// Threads with a connection each. 0: one for every 200 records a second, because a commit takes
  /// up to 5 ms on a small busy machine (estimate).
  unsigned lanes = 0;
  /// Larger than any number that the same store has seen before: a record that is there already
  /// counts as acknowledged.
  std::uint64_t first_number = 1;
  Duration deadline = std::chrono::seconds(2);  ///< of one attempt
  /// How long a record is retried before the client goes on with the next number. A record that was
  /// given up and is found all the same is an unacknowledged survivor.
  Duration patience = Duration::max();
};

struct LedgerCounts {
  std::uint64_t acknowledged = 0;
  std::uint64_t failed_attempts = 0;
  std::uint64_t given_up = 0;
};

struct VerifiedStream {
  /// Acknowledged at `first`…`last`; for what was not, when it was first tried. What could not be
  /// read back is `unread`, and why is said.
  LedgerStream stream;
  bool evaluated = false;
  std::uint64_t kept = 0;
  std::uint64_t lost = 0;
  std::uint64_t survivors = 0;  ///< there, and never acknowledged
};

class LedgerWriter {
 public:
  /// Offsets count from `epoch`.
  LedgerWriter(LedgerPlan plan, Clock::time_point epoch);
  LedgerWriter(const LedgerWriter&) = delete;
  LedgerWriter& operator=(const LedgerWriter&) = delete;
  ~LedgerWriter() { stop(); }

  void start();
  /// Waits for what is under way, at most the deadline of one attempt. Safe to call twice.
  void stop();
  /// After stop(): reads everything back, as clients are routed now, trying again until the
  /// deadline. A run of records ends where one of `cuts` lies.
  VerifiedStream verify(Deadline deadline, std::span<const Offset> cuts = {}) const;

  const LedgerPlan& plan() const { return plan_; }
  LedgerCounts counts() const;  ///< at any time

 private:
  struct Record {
    std::uint64_t number;
    Offset at;
    bool acknowledged;
  };
  struct Lane {
    std::thread thread;
    std::vector<Record> records;  ///< of the thread alone until it has ended
  };

  void run(Lane& lane, unsigned index);
  Record write(LedgerStore& store, std::uint64_t number);
  Offset now() const { return Clock::now() - epoch_; }
  std::vector<Record> records_in_order() const;
  Reply read_all(std::vector<std::uint64_t>& present, Deadline deadline) const;

  LedgerPlan plan_;
  Clock::time_point epoch_;
  Stop stop_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::atomic<std::uint64_t> acknowledged_{0};
  std::atomic<std::uint64_t> failed_attempts_{0};
  std::atomic<std::uint64_t> given_up_{0};
};

}  // namespace drdrill::live
