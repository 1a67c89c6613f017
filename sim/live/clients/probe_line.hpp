#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "sim/live/clients/probe_judge.hpp"
#include "sim/live/clients/prober.hpp"
#include "sim/live/clients/stop.hpp"

/// One probe: a thread that keeps time, and as many that ask as there are questions under way.
namespace drdrill::live {

class Prober::Line {
 public:
  Line(ProbePlan plan, Clock::time_point epoch, std::function<void(const Sample&)> publish);
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() { stop(); }

  void start();
  void stop();
  /// No sample of this line will be dated before.
  Offset settled_until() const;
  ProbeSampling sampling() const;

 private:
  struct Pending {
    Offset asked{};
    std::optional<Answered> answer{};
  };
  /// One that asks, with its thread. What it is to ask is handed over under the line's mutex.
  struct Asker {
    std::unique_ptr<Question> question;
    std::condition_variable handed;
    std::optional<std::uint64_t> task;
    bool connected = false;
    std::thread thread;
  };

  void keep_time();
  void put_question();
  Asker* free_asker();
  void run(Asker& asker);
  void answer(Asker& asker, std::uint64_t question, std::unique_lock<std::mutex>& lock);
  void settle(std::uint64_t question, Outcome outcome);
  Offset now() const { return Clock::now() - epoch_; }

  ProbePlan plan_;
  Clock::time_point epoch_;
  std::function<void(const Sample&)> publish_;
  std::size_t askers_max_;
  Stop stop_;
  std::thread keeper_;

  mutable std::mutex mutex_;
  bool ending_ = false;
  std::vector<std::unique_ptr<Asker>> askers_;
  std::vector<Asker*> idle_;  ///< the one that asked last is the next to ask
  std::deque<Pending> pending_;
  std::uint64_t first_pending_ = 0;  ///< the number of pending_.front()
  ProbeJudge judge_;
  std::optional<Offset> asked_last_;
  Duration longest_gap_{};
};

}  // namespace drdrill::live
