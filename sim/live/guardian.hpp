#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

#include "sim/live/place.hpp"

/// A process beside ours that undoes what the log of a lab says was made when we die, stand still,
/// hang or outlive the deadline. Started before the first change, while there is one thread only.
namespace drdrill::live {

class Guardian {
 public:
  using Clock = std::chrono::steady_clock;

  /// Watches over this process. Without a sign of life for `patience` it takes us for lost, kills
  /// us and undoes everything. Throws std::system_error.
  Guardian(const LabPlace& place, std::chrono::seconds deadline,
           std::chrono::seconds patience = std::chrono::seconds(10));
  /// As finish().
  ~Guardian();
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;

  /// What is begun now is over within that time; whoever takes longer hangs.
  void expect(std::chrono::steady_clock::duration within);
  /// Is it there to undo anything? Asked again and again: a drill without it is not safe.
  bool is_watching();
  /// Lets it undo everything, and waits until it has; when it has died, or could not, everything is
  /// undone here. What could not be undone, as sentences. Once: then there is nothing to guard.
  std::vector<std::string> finish();
  /// Nothing is to be undone: the lab stands by itself. The guardian stays, only to keep its number
  /// for it, until the lab is taken down. Throws std::runtime_error when it has died.
  void stay();
  pid_t pid() const { return pid_; }

 private:
  void beat();
  void end_beating();
  int wait_for_its_end();

  LabPlace place_;
  int socket_ = -1;
  pid_t pid_ = 0;
  std::optional<int> status_;  // how it has ended
  std::atomic<Clock::time_point> over_by_;
  std::atomic<bool> ending_{false};
  std::thread heart_;
};

}  // namespace drdrill::live
