#include "sim/engine/station.hpp"

#include <array>

#include "sim/base/ensure.hpp"
#include "sim/base/random.hpp"
#include "sim/engine/sampler.hpp"
#include "tests/engine/estimate.hpp"

/// Seed 1, intervals of 99.9 %.
namespace drdrill {
namespace {

using test::batches;
using test::check_covers;
using namespace std::chrono_literals;

struct Waits {
  std::array<double, batches> mean{};
  std::array<double, batches> had_to_wait{};
  std::array<double, batches> more_than_1{};
};

Waits measure(std::size_t servers, double arrival_rate, const Distribution& service,
              std::string_view name, int customers) {
  Station station(servers);
  RandomStream stream(1, 0, name);
  const Sampler gap({Shape::exponential, 1 / arrival_rate});
  const Sampler length(service);
  Waits waits;
  Offset now{0};
  const auto serve = [&](std::size_t batch) {
    double sum = 0;
    int waited = 0;
    int long_waited = 0;
    for (int i = 0; i < customers; ++i) {
      now += gap.draw_duration(stream);
      const double wait = to_seconds(station.wait(now));
      sum += wait;
      waited += wait > 0 ? 1 : 0;
      long_waited += wait > 1 ? 1 : 0;
      station.offer(now, length.draw_duration(stream));
    }
    waits.mean[batch] = sum / customers;
    waits.had_to_wait[batch] = static_cast<double>(waited) / customers;
    waits.more_than_1[batch] = static_cast<double>(long_waited) / customers;
  };
  serve(0);  // into the steady state
  for (std::size_t i = 0; i < batches; ++i) serve(i);
  return waits;
}

TEST_CASE("a station with exponential services behaves as M/M/c") {
  SECTION("three servers, offered load 2") {
    const Waits w = measure(3, 2, {Shape::exponential, 1}, "m/m/3", 50'000);
    check_covers("C", test::estimate(w.had_to_wait), 0.444444, 0.01);
    check_covers("Wq", test::estimate(w.mean), 0.444444, 0.03);
    check_covers("P(Wq > 1)", test::estimate(w.more_than_1), 0.163502, 0.03);
  }
  SECTION("ten servers, offered load 8") {
    const Waits w = measure(10, 8, {Shape::exponential, 1}, "m/m/10", 60'000);
    check_covers("C", test::estimate(w.had_to_wait), 0.409180, 0.02);
    check_covers("Wq", test::estimate(w.mean), 0.204590, 0.055);
    check_covers("P(Wq > 1)", test::estimate(w.more_than_1), 0.055377, 0.1);
  }
}

TEST_CASE("the mean wait at one server is the Pollaczek-Khinchine value") {
  const auto wait = [](const Distribution& service, std::string_view name, int customers) {
    return test::estimate(measure(1, 0.5, service, name, customers).mean);
  };
  check_covers("M/D/1", wait(constant(1), "m/d/1", 25'000), 0.5, 0.015);
  check_covers("M/E2/1", wait({Shape::erlang, 1, 2}, "m/e2/1", 25'000), 0.75, 0.02);
  check_covers("M/M/1", wait({Shape::exponential, 1}, "m/m/1", 25'000), 1, 0.03);
  // A lognormal with mean 1 and coefficient of variation 2: sigma^2 = ln 5, median 5^-1/2.
  const Distribution wide{Shape::lognormal, 0.4472135954999579, 1.2686362411795196};
  check_covers("M/LN/1", wait(wide, "m/ln/1", 150'000), 2.5, 0.07);
}

TEST_CASE("a station without room to wait blocks as Erlang B says") {
  struct Row {
    std::size_t servers;
    double load;
    double blocking;
    int customers;
    double precision;
  };
  constexpr std::array<Row, 5> rows{{{1, 1, 0.5, 10'000, 0.015},
                                     {5, 3, 0.110054, 25'000, 0.03},
                                     {10, 5, 0.018385, 60'000, 0.05},
                                     {20, 12, 0.009796, 100'000, 0.07},
                                     {100, 84.1, 0.010072, 100'000, 0.1}}};
  for (const Row& row : rows) {
    Station station(row.servers, 0);
    RandomStream stream(1, row.servers, "erlang b");
    const Sampler gap({Shape::exponential, 1 / row.load});
    const Sampler length({Shape::exponential, 1});
    Offset now{0};
    const auto blocked_of = [&](int customers) {
      int blocked = 0;
      for (int i = 0; i < customers; ++i) {
        now += gap.draw_duration(stream);
        blocked += station.offer(now, length.draw_duration(stream)) ? 0 : 1;
      }
      return static_cast<double>(blocked) / customers;
    };
    blocked_of(10'000);
    const auto blocking =
        test::estimate_with([&](std::size_t) { return blocked_of(row.customers); });
    check_covers(std::to_string(row.servers) + " lines", blocking, row.blocking, row.precision);
  }
}

TEST_CASE("customers are served in order, each by the server that is free first") {
  Station station(2);
  CHECK(station.offer(0s, 10s) == 10s);
  CHECK(station.offer(0s, 4s) == 4s);
  CHECK(station.wait(1s) == 3s);
  CHECK(station.offer(1s, 1s) == 5s);
  CHECK(station.offer(2s, 7s) == 12s);
  CHECK(station.busy(9s) == 2);
  CHECK(station.busy(10s) == 1);
  CHECK(station.wait(30s) == 0s);
}

TEST_CASE("a full queue refuses, and has room again when somebody's service starts") {
  Station station(1, 2);
  CHECK(station.offer(0s, 10s) == 10s);
  CHECK(station.offer(0s, 10s) == 20s);
  CHECK(station.offer(0s, 10s) == 30s);
  CHECK(station.waiting(0s) == 2);
  CHECK_FALSE(station.offer(9s, 10s));
  CHECK(station.offer(10s, 10s) == 40s);
  CHECK(station.waiting(35s) == 0);
}

TEST_CASE("the number of servers can change while customers keep what they were promised") {
  Station station(1);
  CHECK(station.offer(0s, 10s) == 10s);
  station.resize(2, 1s);
  CHECK(station.offer(1s, 2s) == 3s);
  station.resize(1, 2s);  // the server that is free at 3 s leaves first
  CHECK(station.offer(4s, 1s) == 11s);
  station.resize(0, 5s);
  CHECK_FALSE(station.offer(6s, 1s));
  CHECK(station.wait(6s) == never);
  station.resize(3, 7s);
  CHECK(station.offer(7s, 1s) == 8s);
}

TEST_CASE("a reset station is a new one") {
  Station station(1, 1);
  station.offer(5s, 10s);
  station.offer(5s, 10s);
  station.reset();
  CHECK(station.waiting(0s) == 0);
  CHECK(station.offer(0s, 1s) == 1s);
}

TEST_CASE("a service that ends beyond all time ends never") {
  Station station(1);
  CHECK(station.offer(5s, Duration::max()) == never);
  CHECK(station.offer(6s, 1s) == never);
}

TEST_CASE("arrivals out of order are our own bug") {
  Station station(1);
  station.offer(5s, 1s);
  CHECK_THROWS_AS(station.offer(4s, 1s), Bug);
  CHECK_THROWS_AS(station.offer(6s, -1s), Bug);
}

}  // namespace
}  // namespace drdrill
