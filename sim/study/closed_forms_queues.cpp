#include <string_view>

#include "sim/engine/station.hpp"
#include "sim/study/closed_forms.hpp"
#include "sim/study/single_server.hpp"

namespace drdrill::study {
namespace {

using Values = std::array<double, batches>;

/// What those who arrive at a station find; because they arrive at random, that is also what an
/// observer finds at any time (Wolff, 1982).
struct Waits {
  Values mean{};
  Values had_to_wait{};
  Values more_than_1{};
  Values queue{};
  Values present{};
};

Waits measure(std::size_t servers, double arrival_rate, const Distribution& service,
              RandomStream stream, int customers) {
  constexpr std::size_t ample_room = 20'000;
  Station station(servers, ample_room);
  const Sampler gap({Shape::exponential, 1 / arrival_rate});
  const Sampler length(service);
  Waits waits;
  Offset now{0};
  const auto serve = [&](std::size_t batch) {
    double sum = 0, queue = 0, busy = 0;
    int waited = 0;
    int long_waited = 0;
    for (int i = 0; i < customers; ++i) {
      now += gap.draw_duration(stream);
      const double wait = to_seconds(station.wait(now));
      sum += wait;
      waited += wait > 0 ? 1 : 0;
      long_waited += wait > 1 ? 1 : 0;
      queue += static_cast<double>(station.waiting(now));
      busy += static_cast<double>(station.busy(now));
      station.offer(now, length.draw_duration(stream));
    }
    waits.mean[batch] = sum / customers;
    waits.had_to_wait[batch] = static_cast<double>(waited) / customers;
    waits.more_than_1[batch] = static_cast<double>(long_waited) / customers;
    waits.queue[batch] = queue / customers;
    waits.present[batch] = (queue + busy) / customers;
  };
  serve(0);  // into the steady state
  for (std::size_t i = 0; i < batches; ++i) serve(i);
  return waits;
}

Estimate plus(Estimate e, double constant) {
  return {e.mean + constant, e.half_width};
}

}  // namespace

std::vector<ClosedForm> play_mm1(std::uint64_t seed) {
  using Totals = SingleServer::Totals;
  constexpr int customers = 100'000;
  SingleServer server({Shape::exponential, 1 / 0.8}, {Shape::exponential, 1}, seed);
  server.serve(20'000);
  std::array<Totals, batches> totals;
  for (Totals& t : totals) t = server.serve(customers);
  const auto per_customer = [&](double Totals::*what) {
    return estimate_with([&](std::size_t i) { return totals[i].*what / customers; });
  };
  const auto per_time = [&](double Totals::*what) {
    return estimate_with([&](std::size_t i) { return totals[i].*what / totals[i].time; });
  };
  return {{"W", 5, per_customer(&Totals::sojourn), 0.025},
          {"Wq", 4, per_customer(&Totals::waiting), 0.03},
          {"P(T > 10)", 0.135335, per_customer(&Totals::longer_than_10), 0.05},
          {"P(T > 14.978661)", 0.05, per_customer(&Totals::longer_than_p95), 0.08},
          {"L", 4, per_time(&Totals::present), 0.03},
          {"Lq", 3.2, per_time(&Totals::in_queue), 0.035}};
}

std::vector<ClosedForm> play_mm3(std::uint64_t seed) {
  const Waits w = measure(3, 2, {Shape::exponential, 1}, {seed, 0, "m/m/3"}, 50'000);
  const Estimate wait = estimate(w.mean);
  return {{"C (has to wait)", 0.444444, estimate(w.had_to_wait), 0.01},
          {"Wq", 0.444444, wait, 0.03},
          {"W", 1.444444, plus(wait, 1), 0.01},
          {"Lq", 0.888889, estimate(w.queue), 0.03},
          {"L", 2.888889, estimate(w.present), 0.015},
          {"P(Wq > 1)", 0.163502, estimate(w.more_than_1), 0.03}};
}

std::vector<ClosedForm> play_mm10(std::uint64_t seed) {
  const Waits w = measure(10, 8, {Shape::exponential, 1}, {seed, 0, "m/m/10"}, 60'000);
  return {{"C (has to wait)", 0.409180, estimate(w.had_to_wait), 0.02},
          {"Wq", 0.204590, estimate(w.mean), 0.055},
          {"Lq", 1.636721, estimate(w.queue), 0.06},
          {"L", 9.636721, estimate(w.present), 0.015},
          {"P(Wq > 1)", 0.055377, estimate(w.more_than_1), 0.1}};
}

std::vector<ClosedForm> play_mg1(std::uint64_t seed) {
  // A lognormal with mean 1 and coefficient of variation 2: sigma^2 = ln 5, median 5^-1/2.
  constexpr Distribution wide{Shape::lognormal, 0.4472135954999579, 1.2686362411795196};
  const auto play = [&](const Distribution& service, std::string_view name, int customers) {
    return measure(1, 0.5, service, {seed, 0, name}, customers);
  };
  const Waits d = play(constant(1), "m/d/1", 25'000);
  const Waits e = play({Shape::erlang, 1, 2}, "m/e2/1", 25'000);
  const Waits m = play({Shape::exponential, 1}, "m/m/1", 25'000);
  const Waits l = play(wide, "m/ln/1", 150'000);
  return {{"constant service: Wq", 0.5, estimate(d.mean), 0.015},
          {"constant service: L", 0.75, estimate(d.present), 0.015},
          {"Erlang-2 service: Wq", 0.75, estimate(e.mean), 0.02},
          {"Erlang-2 service: L", 0.875, estimate(e.present), 0.015},
          {"exponential service: Wq", 1, estimate(m.mean), 0.03},
          {"exponential service: L", 1, estimate(m.present), 0.02},
          {"lognormal, cv 2, service: Wq", 2.5, estimate(l.mean), 0.07},
          {"lognormal, cv 2, service: W", 3.5, plus(estimate(l.mean), 1), 0.05},
          {"lognormal, cv 2, service: L", 1.75, estimate(l.present), 0.06}};
}

std::vector<ClosedForm> play_erlang_b(std::uint64_t seed) {
  struct Row {
    std::string_view what;
    std::size_t servers;
    double load;
    double blocking;
    int customers;
    double precision;
  };
  constexpr std::array<Row, 5> rows{
      {{"1 server, load 1", 1, 1, 0.5, 10'000, 0.015},
       {"5 servers, load 3", 5, 3, 0.110054, 25'000, 0.03},
       {"10 servers, load 5", 10, 5, 0.018385, 60'000, 0.05},
       {"20 servers, load 12", 20, 12, 0.009796, 100'000, 0.07},
       {"100 servers, load 84.1", 100, 84.1, 0.010072, 100'000, 0.1}}};
  std::vector<ClosedForm> forms;
  for (const Row& row : rows) {
    Station station(row.servers, 0);
    RandomStream stream(seed, row.servers, "erlang b");
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
    const auto blocking = estimate_with([&](std::size_t) { return blocked_of(row.customers); });
    forms.push_back({row.what, row.blocking, blocking, row.precision});
  }
  return forms;
}

}  // namespace drdrill::study
