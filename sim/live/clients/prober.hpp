#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "sim/drill/probe.hpp"
#include "sim/live/clients/outcome.hpp"
#include "sim/live/clients/questions.hpp"

/// Asks a live system the questions of its probes, each at a steady rate and each with a deadline.
/// A question that gets no answer does not hold up the next ones: they are put by other threads,
/// over other connections. Nothing is shared with whoever writes ledgers.
///
/// A failed sample is dated when it was asked, because from then on nothing came; a good one when
/// it was answered, because a system that thaws answers old questions. Answers count in the order
/// of their questions, so a sample may become known as late as one deadline after its date.
namespace drdrill::live {

/// How a thread that waits is told. Whoever tells changes `changes` under the mutex, then notifies.
struct ChangeSignal {
  std::mutex mutex;
  std::condition_variable condition;
  std::uint64_t changes = 0;
};

struct ProbePlan {
  ProbeKind kind = ProbeKind::join;
  /// Called for as many as are under way at once; each is asked by one thread at a time.
  std::function<std::unique_ptr<Question>()> question;
  double rate = 10;  ///< questions a second
  Duration deadline = std::chrono::seconds(1);
  /// Judge the last second as a whole: 99.5 % of its questions succeeded and their p95 is below
  /// 200 ms. A second that holds is dated from its first answer, as a world that need not sample
  /// would have it, though it is known only when it is over. Otherwise each question is a sample.
  bool over_a_second = false;
};

class Prober {
 public:
  /// Offsets count from `epoch`; `changed` is told of every sample that drain() will give.
  Prober(std::vector<ProbePlan> plans, Clock::time_point epoch, ChangeSignal& changed);
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;
  ~Prober();

  void start();
  /// Waits for the questions that are under way. Safe to call twice.
  void stop();
  /// Appends the samples at which an answer changed, since the last call, by date. Safe to call
  /// from any thread.
  void drain(SampleBuffer& out);
  /// No sample that is dated before this is still to come, once drain() was called after it.
  Offset settled_until() const;
  std::vector<ProbeSampling> sampling() const;

 private:
  class Line;

  void publish(const Sample& sample);

  Clock::time_point epoch_;
  ChangeSignal& changed_;
  mutable std::mutex mutex_;
  std::vector<Sample> samples_;
  std::vector<std::unique_ptr<Line>> lines_;
};

}  // namespace drdrill::live
