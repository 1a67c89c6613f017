#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/heap/d_ary_heap.hpp>
#include <boost/heap/pairing_heap.hpp>

#include "sim/engine/engine.hpp"
#include "sim/engine/sampler.hpp"

/// One iteration is one event (hold) or one customer (mm1), so the printed CPU time is nanoseconds
/// for each of them, random numbers and bookkeeping included. Each model runs on our engine and on
/// a plain loop around a library's priority queue with the same events, random numbers and
/// fingerprint, but without groups: machines differ, and the ratios within a run do so less.
namespace drdrill {
namespace {

constexpr benchmark::IterationCount batch = 10'000;

struct Numbered {
  Event event;
  std::uint64_t sequence = 0;  // makes the order of equal times that of scheduling

  friend bool operator>(const Numbered& a, const Numbered& b) {
    return a.event.time != b.event.time ? a.event.time > b.event.time : a.sequence > b.sequence;
  }
};

template <class Queue>
class QueueLoop {
 public:
  Offset now() const { return now_; }
  static Group make_group() { return Group::none; }

  void after(Duration delay, const What& what, Group group = Group::none) {
    const Event event{now_ + delay, what.component, what.kind, what.subject, what.data, group, 0};
    queue_.push({event, sequence_++});
  }

  template <class Handler>
  void run(Offset until, Handler&& handle, const bool& stop) {
    while (!stop && !queue_.empty() && queue_.top().event.time <= until) {
      const Event event = queue_.top().event;
      queue_.pop();
      now_ = event.time;
      fingerprint_.add(event);
      handle(event);
    }
  }

  std::uint64_t fingerprint() const { return fingerprint_.value(); }

 private:
  Offset now_{0};
  Queue queue_;
  std::uint64_t sequence_ = 0;
  Fingerprint fingerprint_;
};

using Later = std::greater<Numbered>;
using StdLoop = QueueLoop<std::priority_queue<Numbered, std::vector<Numbered>, Later>>;
using FourAryLoop = QueueLoop<
    boost::heap::d_ary_heap<Numbered, boost::heap::arity<4>, boost::heap::compare<Later>>>;
using PairingLoop = QueueLoop<boost::heap::pairing_heap<Numbered, boost::heap::compare<Later>>>;

/// The classic hold model: a fixed number of events is pending; each, when its time comes,
/// schedules its successor an exponential time later.
template <class AnEngine>
void hold(benchmark::State& state) {
  const auto pending = static_cast<std::uint32_t>(state.range(0));
  const Sampler increment({Shape::exponential, 1.0});
  RandomStream stream(1, 0, "hold");
  AnEngine engine;
  const Group group = engine.make_group();
  for (std::uint32_t i = 0; i < pending; ++i) {
    engine.after(increment.draw_duration(stream), {.subject = i}, group);
  }
  std::uint64_t left = 0;
  bool stop = false;
  const auto handle = [&](const Event& e) {
    engine.after(increment.draw_duration(stream), {.subject = e.subject}, group);
    stop = --left == 0;
  };
  const auto run = [&](std::uint64_t events) {
    left = events;
    stop = false;
    engine.run(never, handle, stop);
  };
  run(std::uint64_t{5} * pending);  // into the steady state
  while (state.KeepRunningBatch(batch)) run(batch);
  benchmark::DoNotOptimize(engine.fingerprint());
}

void pending(benchmark::internal::Benchmark* b) {
  b->Arg(100)->Arg(10'000)->Arg(1'000'000);
}
BENCHMARK_TEMPLATE(hold, Engine)->Apply(pending);
BENCHMARK_TEMPLATE(hold, StdLoop)->Apply(pending);
BENCHMARK_TEMPLATE(hold, FourAryLoop)->Apply(pending);
BENCHMARK_TEMPLATE(hold, PairingLoop)->Apply(pending);

/// A single server with exponential interarrival and service times, at a load of 0.9, that measures
/// the mean time in the system.
template <class AnEngine>
class SingleServer {
 public:
  enum Kind : std::uint16_t { arrival, departure };

  SingleServer() { engine_.after(interarrival_.draw_duration(arrivals_), {.kind = arrival}); }

  void serve(std::uint64_t customers) {
    left_ = customers;
    stop_ = false;
    engine_.run(
        never, [this](const Event& e) { handle(e); }, stop_);
  }

  double mean_sojourn() const { return to_seconds(sojourn_) / static_cast<double>(served_); }

 private:
  void handle(const Event& e) {
    if (e.kind == arrival) {
      arrived_at_[(first_ + present_) % room] = engine_.now();
      if (present_++ == 0) start_service();
      engine_.after(interarrival_.draw_duration(arrivals_), {.kind = arrival});
      return;
    }
    sojourn_ += engine_.now() - arrived_at_[first_];
    first_ = (first_ + 1) % room;
    ++served_;
    if (--present_ > 0) start_service();
    stop_ = --left_ == 0;
  }

  void start_service() { engine_.after(service_.draw_duration(services_), {.kind = departure}); }

  static constexpr std::size_t room = 4096;  // so many are present with p < 1e-180

  AnEngine engine_;
  Sampler interarrival_{{Shape::exponential, 1.0 / 0.9}};
  Sampler service_{{Shape::exponential, 1.0}};
  RandomStream arrivals_{1, 0, "arrivals"};
  RandomStream services_{1, 0, "services"};
  std::array<Offset, room> arrived_at_{};  // a ring
  std::size_t first_ = 0;
  std::size_t present_ = 0;
  Duration sojourn_{0};
  std::uint64_t served_ = 0;
  std::uint64_t left_ = 0;
  bool stop_ = false;
};

template <class AnEngine>
void mm1(benchmark::State& state) {
  SingleServer<AnEngine> server;
  server.serve(batch);
  while (state.KeepRunningBatch(batch)) server.serve(batch);
  state.counters["mean_sojourn_s"] = server.mean_sojourn();
}
BENCHMARK_TEMPLATE(mm1, Engine);
BENCHMARK_TEMPLATE(mm1, StdLoop);
BENCHMARK_TEMPLATE(mm1, FourAryLoop);
BENCHMARK_TEMPLATE(mm1, PairingLoop);

}  // namespace
}  // namespace drdrill
