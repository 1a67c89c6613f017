#pragma once

#include <cstdint>
#include <deque>

#include "sim/engine/engine.hpp"
#include "sim/engine/sampler.hpp"

/// A queue with one server, played event by event, that measures what queueing theory predicts.
/// Times are in seconds.
namespace drdrill::study {

class SingleServer {
 public:
  struct Totals {
    std::uint64_t customers = 0;
    double sojourn = 0;
    double waiting = 0;
    double longer_than_10 = 0;
    double longer_than_p95 = 0;  // of M/M/1 with load 0.8
    double time = 0;
    double present = 0;  // integrals over time
    double in_queue = 0;
  };

  SingleServer(const Distribution& interarrival, const Distribution& service, std::uint64_t seed,
               std::uint64_t replication = 0)
      : interarrival_(interarrival),
        service_(service),
        arrivals_(seed, replication, "arrivals"),
        services_(seed, replication, "services") {
    next_arrival();
  }

  /// Serves so many customers more.
  Totals serve(std::uint64_t customers) {
    totals_ = {};
    last_ = engine_.now();
    run(engine_, customers);
    return totals_;
  }

  std::uint64_t handle_events(std::uint64_t events) {
    std::uint64_t handled = 0;
    bool stop = false;
    engine_.run(
        never,
        [&](const Event& e) {
          handle(e);
          stop = ++handled == events;
        },
        stop);
    return engine_.fingerprint();
  }

 private:
  enum Kind : std::uint16_t { arrival, departure };
  struct Customer {
    Offset arrived{};
    Offset started{};
  };

  void run(Engine& engine, std::uint64_t customers) {
    bool stop = false;
    engine.run(
        never,
        [&](const Event& e) {
          handle(e);
          stop = totals_.customers == customers;
        },
        stop);
  }

  void handle(const Event& e) {
    const double passed = to_seconds(e.time - last_);
    const auto present = static_cast<double>(customers_.size());
    last_ = e.time;
    totals_.time += passed;
    totals_.present += passed * present;
    totals_.in_queue += passed * (present > 0 ? present - 1 : 0);
    if (e.kind == arrival) {
      customers_.push_back({e.time, e.time});
      if (customers_.size() == 1) start_service();
      next_arrival();
    } else {
      finish(e.time);
    }
  }

  void finish(Offset now) {
    const Customer c = customers_.front();
    customers_.pop_front();
    const double sojourn = to_seconds(now - c.arrived);
    ++totals_.customers;
    totals_.sojourn += sojourn;
    totals_.waiting += to_seconds(c.started - c.arrived);
    if (sojourn > 10) ++totals_.longer_than_10;
    if (sojourn > 14.978661) ++totals_.longer_than_p95;
    if (!customers_.empty()) start_service();
  }

  void next_arrival() { engine_.after(interarrival_.draw_duration(arrivals_), {.kind = arrival}); }

  void start_service() {
    customers_.front().started = engine_.now();
    engine_.after(service_.draw_duration(services_), {.kind = departure});
  }

  Engine engine_;
  Sampler interarrival_;
  Sampler service_;
  RandomStream arrivals_;
  RandomStream services_;
  std::deque<Customer> customers_;
  Totals totals_;
  Offset last_{0};
};

}  // namespace drdrill::study
