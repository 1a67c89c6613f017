#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>

/// What all peers in C++ do alike: draw exponential times (xorshift64* and a logarithm, which is
/// cheap beside any of the schedulers) and print their figures as one line of JSON.
class Exponential {
 public:
  double draw(double mean) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    const std::uint64_t bits = state_ * 0x2545F4914F6CDD1DULL;
    return -mean * std::log((static_cast<double>(bits >> 11) + 1) * 0x1p-53);
  }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15ULL;
};

class CpuClock {
 public:
  void start() { began_ = now(); }
  double passed_ns() const { return now() - began_; }

 private:
  static double now() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
  }
  double began_ = 0;
};

/// The sojourn times of a queue with one server; the peer schedules, this counts.
class Sojourns {
 public:
  bool arrive(double now) {
    present_.push_back(now);
    return present_.size() == 1;
  }
  bool depart(double now) {
    sum_ += now - present_.front();
    present_.pop_front();
    ++served_;
    return !present_.empty();
  }
  std::uint64_t served() const { return served_; }
  double mean() const { return sum_ / static_cast<double>(served_); }

 private:
  std::deque<double> present_;
  double sum_ = 0;
  std::uint64_t served_ = 0;
};

/// `answer`: the mean sojourn time; for the hold model the clock at the end.
inline void print(double cpu_ns, double count, double answer) {
  std::printf("{\"ns\": %.3f, \"answer\": %.9g}\n", cpu_ns / count, answer);
}

constexpr double arrival_mean = 1 / 0.9;
constexpr double service_mean = 1;
