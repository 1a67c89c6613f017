#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/engine/engine.hpp"
#include "sim/engine/sampler.hpp"

namespace drdrill::study {

/// Machines that fail and are repaired by a number of crews, first come first served; the system is
/// down while fewer than `needed` machines work. A machine works for 1,000 hours on average and is
/// repaired in 4, both exponential.
class Machines {
 public:
  Machines(std::size_t count, std::size_t needed, std::size_t crews, std::uint64_t seed,
           std::string_view name)
      : needed_(needed), crews_(crews), state_(count + 1), up_(count), stream_(seed, 0, name) {
    queue_.reserve(count);
    start();
  }

  void start() {
    engine_.reset();
    queue_.clear();
    repairing_ = 0;
    failed_ = 0;
    outages_ = 0;
    std::fill(state_.begin(), state_.end(), Duration{0});
    last_ = Offset{0};
    for (std::uint32_t i = 0; i < up_; ++i) schedule_failure(i);
  }

  /// Runs on until `until`, or to the first outage.
  Offset run(Offset until, bool to_outage = false) {
    bool stop = false;
    engine_.run(
        until,
        [&](const Event& e) {
          account(e.time);
          e.kind == failure ? fail(e.subject) : repair();
          if (to_outage) stop = !works();
        },
        stop);
    account(engine_.now());
    return engine_.now();
  }

  bool works() const { return up_ - failed_ >= needed_; }
  std::uint64_t outages() const { return outages_; }

  /// The share of time with so many failed since the last call of take, which starts afresh.
  std::vector<double> take() {
    Duration total{0};
    for (Duration d : state_) total += d;
    std::vector<double> shares;
    for (Duration& d : state_) {
      shares.push_back(to_seconds(d) / to_seconds(total));
      d = Duration{0};
    }
    return shares;
  }

 private:
  enum Kind : std::uint16_t { failure, repaired };

  void account(Offset now) {
    state_[failed_] += now - last_;
    last_ = now;
  }

  void schedule_failure(std::uint32_t machine) {
    engine_.after(up_time_.draw_duration(stream_), {.kind = failure, .subject = machine});
  }

  void fail(std::uint32_t machine) {
    const bool worked = works();
    ++failed_;
    if (worked && !works()) ++outages_;
    queue_.push_back(machine);
    if (repairing_ < crews_) start_repair();
  }

  void start_repair() {
    ++repairing_;
    engine_.after(repair_time_.draw_duration(stream_), {.kind = repaired});
  }

  void repair() {
    // Which of those under repair is ready first does not matter: they are alike.
    const std::uint32_t machine = queue_.front();
    queue_.erase(queue_.begin());
    --failed_;
    --repairing_;
    if (failed_ > repairing_) start_repair();
    schedule_failure(machine);
  }

  std::size_t needed_;
  std::size_t crews_;
  std::vector<Duration> state_;
  std::size_t up_;
  std::size_t failed_ = 0;
  std::size_t repairing_ = 0;
  std::uint64_t outages_ = 0;
  std::vector<std::uint32_t> queue_;
  Offset last_{0};
  Engine engine_;
  RandomStream stream_;
  Sampler up_time_{{Shape::exponential, 1000 * 3600.0}};  // seconds
  Sampler repair_time_{{Shape::exponential, 4 * 3600.0}};
};

}  // namespace drdrill::study
