#pragma once

#include <condition_variable>
#include <mutex>

#include "sim/base/time.hpp"
#include "sim/live/clients/outcome.hpp"

/// How threads of clients are told to end while they wait, and how long they wait between tries.
namespace drdrill::live {

class Stop {
 public:
  void request() {
    {
      const std::lock_guard lock(mutex_);
      requested_ = true;
    }
    condition_.notify_all();
  }
  bool requested() const {
    const std::lock_guard lock(mutex_);
    return requested_;
  }
  /// False when it was told to stop first.
  bool wait_until(Clock::time_point when) const {
    std::unique_lock lock(mutex_);
    return !condition_.wait_until(lock, when, [this] { return requested_; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable condition_;
  bool requested_ = false;
};

/// 10 ms, doubled with every failure up to 500 ms: what client libraries commonly do (estimate).
class BackOff {
 public:
  Duration next() {
    const Duration now = next_;
    next_ = std::min<Duration>(next_ * 2, std::chrono::milliseconds(500));
    return now;
  }

 private:
  Duration next_ = std::chrono::milliseconds(10);
};

}  // namespace drdrill::live
