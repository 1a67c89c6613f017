#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "sim/engine/engine.hpp"
#include "sim/engine/sampler.hpp"

/// One iteration is one event (hold) or one customer (mm1), so the printed CPU time is nanoseconds
/// for each of them, random numbers and bookkeeping included.
namespace drdrill {
namespace {

constexpr benchmark::IterationCount batch = 10'000;

/// The classic hold model: a fixed number of events is pending; each, when its time comes,
/// schedules its successor an exponential time later.
void hold(benchmark::State& state) {
  const auto pending = static_cast<std::uint32_t>(state.range(0));
  const Sampler increment({Shape::exponential, 1.0});
  RandomStream stream(1, 0, "hold");
  Engine engine;
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
BENCHMARK(hold)->Arg(100)->Arg(10'000)->Arg(1'000'000);

/// A single server with exponential interarrival and service times, at a load of 0.9, that measures
/// the mean time in the system.
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
      arrived_at_[(first_ + present_) % arrived_at_.size()] = engine_.now();
      if (present_++ == 0) start_service();
      engine_.after(interarrival_.draw_duration(arrivals_), {.kind = arrival});
      return;
    }
    sojourn_ += engine_.now() - arrived_at_[first_];
    first_ = (first_ + 1) % arrived_at_.size();
    ++served_;
    if (--present_ > 0) start_service();
    stop_ = --left_ == 0;
  }

  void start_service() { engine_.after(service_.draw_duration(services_), {.kind = departure}); }

  Engine engine_;
  Sampler interarrival_{{Shape::exponential, 1.0 / 0.9}};
  Sampler service_{{Shape::exponential, 1.0}};
  RandomStream arrivals_{1, 0, "arrivals"};
  RandomStream services_{1, 0, "services"};
  std::vector<Offset> arrived_at_ = std::vector<Offset>(4096);  // a ring; 4096 wait with p < 1e-180
  std::size_t first_ = 0;
  std::size_t present_ = 0;
  Duration sojourn_{0};
  std::uint64_t served_ = 0;
  std::uint64_t left_ = 0;
  bool stop_ = false;
};

void mm1(benchmark::State& state) {
  SingleServer server;
  server.serve(batch);
  while (state.KeepRunningBatch(batch)) server.serve(batch);
  state.counters["mean_sojourn_s"] = server.mean_sojourn();
}
BENCHMARK(mm1);

}  // namespace
}  // namespace drdrill
