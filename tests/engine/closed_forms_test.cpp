#include <algorithm>
#include <array>
#include <vector>

#include "tests/engine/estimate.hpp"
#include "tests/engine/single_server.hpp"

/// The engine against results of queueing and reliability theory, played event by event. Seed 1,
/// intervals of 99.9 %.
namespace drdrill {
namespace {

using test::batches;
using test::check_covers;
using test::estimate_with;

constexpr std::uint64_t seed = 1;
constexpr Duration hour{3'600'000'000'000};

double hours(Duration d) {
  return to_seconds(d) / 3600;
}

TEST_CASE("a single exponential server at load 0.8 behaves as M/M/1") {
  using Totals = test::SingleServer::Totals;
  test::SingleServer server({Shape::exponential, 1 / 0.8}, {Shape::exponential, 1}, seed);
  server.serve(20'000);
  std::array<Totals, batches> totals;
  for (Totals& t : totals) t = server.serve(100'000);

  const auto per_customer = [&](double Totals::*what) {
    return estimate_with([&](std::size_t i) { return totals[i].*what / 100'000; });
  };
  const auto per_time = [&](double Totals::*what) {
    return estimate_with([&](std::size_t i) { return totals[i].*what / totals[i].time; });
  };
  check_covers("W", per_customer(&Totals::sojourn), 5, 0.025);
  check_covers("Wq", per_customer(&Totals::waiting), 4, 0.03);
  check_covers("P(T > 10)", per_customer(&Totals::longer_than_10), 0.135335, 0.05);
  check_covers("P(T > p95)", per_customer(&Totals::longer_than_p95), 0.05, 0.08);
  check_covers("L", per_time(&Totals::present), 4, 0.03);
  check_covers("Lq", per_time(&Totals::in_queue), 3.2, 0.035);
}

/// Machines that fail and are repaired by a number of crews, first come first served; the system is
/// down while fewer than `needed` machines work. All rates are exponential; times in hours.
class Machines {
 public:
  Machines(std::size_t count, std::size_t needed, std::size_t crews, std::string_view name)
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
  Sampler up_time_{{Shape::exponential, 1000 * 3600.0}};
  Sampler repair_time_{{Shape::exponential, 4 * 3600.0}};
};

TEST_CASE("a component that fails and is repaired has the two-state availability") {
  Machines machine(1, 1, 1, "two states");
  std::array<double, batches> down{};
  std::array<double, batches> failures{};
  Offset now{0};
  for (std::size_t i = 0; i < batches; ++i) {
    machine.start();
    now = machine.run(hour * 2'000'000);
    failures[i] = static_cast<double>(machine.outages()) / (hours(now) / 8760);
    down[i] = machine.take()[1];
  }
  check_covers("1 - A", test::estimate(down), 1 - 0.996015936, 0.03);
  check_covers("failures a year", test::estimate(failures), 8.725100, 0.02);
}

TEST_CASE("a component that starts up has the transient availability of the two-state model") {
  Machines machine(1, 1, 1, "transient");
  std::array<double, batches> after_1{};
  std::array<double, batches> after_4{};
  constexpr int replications = 100'000;
  for (std::size_t i = 0; i < batches; ++i) {
    int down_1 = 0;
    int down_4 = 0;
    for (int r = 0; r < replications; ++r) {
      machine.start();
      machine.run(hour);
      down_1 += machine.works() ? 0 : 1;
      machine.run(4 * hour);
      down_4 += machine.works() ? 0 : 1;
    }
    after_1[i] = static_cast<double>(down_1) / replications;
    after_4[i] = static_cast<double>(down_4) / replications;
  }
  check_covers("1 - A(1 h)", test::estimate(after_1), 1 - 0.999115627, 0.08);
  check_covers("1 - A(4 h)", test::estimate(after_4), 1 - 0.997475740, 0.05);
}

TEST_CASE("the share of months without a failure is as the exponential law has it") {
  Machines machine(1, 1, 1, "months");
  const auto quiet = estimate_with([&](std::size_t) {
    int none = 0;
    for (int r = 0; r < 10'000; ++r) {
      machine.start();
      machine.run(720 * hour, true);
      none += machine.works() ? 1 : 0;
    }
    return none / 10'000.0;
  });
  check_covers("P(no failure in 30 d)", quiet, 0.486752, 0.01);
}

TEST_CASE("two of three with one crew spend their time as the birth-death process does") {
  Machines machines(3, 2, 1, "two of three, one crew");
  std::array<std::array<double, batches>, 3> shares{};
  for (std::size_t i = 0; i < batches; ++i) {
    std::array<double, 3> sum{};
    constexpr int parts = 20;
    for (int part = 0; part < parts; ++part) {
      machines.start();
      machines.run(2'000'000 * hour);
      const auto share = machines.take();
      for (std::size_t k = 0; k < 2; ++k) sum[k] += share[k] / parts;
      sum[2] += (share[2] + share[3]) / parts;
    }
    for (std::size_t k = 0; k < 3; ++k) shares[k][i] = sum[k];
  }
  check_covers("p0", test::estimate(shares[0]), 0.988048190, 0.0001);
  check_covers("p1", test::estimate(shares[1]), 0.011856578, 0.005);
  check_covers("U", test::estimate(shares[2]), 9.523204e-05, 0.05);
}

TEST_CASE("two of three with three crews are down 3 q^2 - 2 q^3 of the time") {
  Machines machines(3, 2, 3, "two of three, three crews");
  const auto down = estimate_with([&](std::size_t) {
    double sum = 0;
    for (int part = 0; part < 20; ++part) {
      machines.start();
      machines.run(2'000'000 * hour);
      const auto share = machines.take();
      sum += (share[2] + share[3]) / 20;
    }
    return sum;
  });
  check_covers("U", down, 4.749182e-05, 0.05);
}

TEST_CASE("two of three fail for the first time after the mean time that theory gives") {
  const auto mean_time = [](std::size_t crews, int replications, std::string_view name) {
    Machines machines(3, 2, crews, name);
    return estimate_with([&](std::size_t) {
      double sum = 0;
      for (int r = 0; r < replications; ++r) {
        machines.start();
        sum += hours(machines.run(2'000'000 * hour, true));
      }
      return sum / replications;
    });
  };
  check_covers("one crew", mean_time(1, 400, "to failure, one crew"), 42'500, 0.04);
  check_covers("no repair", mean_time(0, 4'000, "to failure, no repair"), 833.333333, 0.01);
}

}  // namespace
}  // namespace drdrill
