#include "sim/engine/sampler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "sim/base/ensure.hpp"
#include "tests/engine/estimate.hpp"

/// Draws against exact moments, tails and quantiles: seed 1, intervals of 99.9 %.
namespace drdrill {
namespace {

using test::batches;
using test::check_covers;
using test::estimate_with;
using namespace std::chrono_literals;

constexpr std::size_t draws = 20'000;  // in each of 40 batches

/// Batches of draws of anything that is made from a stream.
class Sample {
 public:
  template <class Draw>
  Sample(std::string_view name, Draw draw) {
    RandomStream stream(1, 0, name);
    for (auto& batch : values_) {
      batch.resize(draws);
      for (double& x : batch) x = draw(stream);
      std::sort(batch.begin(), batch.end());
    }
  }

  Sample(std::string_view name, const Distribution& d)
      : Sample(name, [s = Sampler(d)](RandomStream& stream) { return s.draw(stream); }) {}

  test::Estimate mean() const {
    return estimate_with([this](std::size_t i) { return mean_of(values_[i]); });
  }

  test::Estimate deviation() const {
    return estimate_with([this](std::size_t i) {
      const double m = mean_of(values_[i]);
      double squares = 0;
      for (double x : values_[i]) squares += (x - m) * (x - m);
      return std::sqrt(squares / (draws - 1));
    });
  }

  test::Estimate above(double limit) const {
    return estimate_with([this, limit](std::size_t i) {
      const auto first = std::upper_bound(values_[i].begin(), values_[i].end(), limit);
      return static_cast<double>(values_[i].end() - first) / draws;
    });
  }

  test::Estimate quantile(double p) const {
    return estimate_with(
        [this, p](std::size_t i) { return values_[i][static_cast<std::size_t>(p * draws)]; });
  }

 private:
  static double mean_of(const std::vector<double>& x) {
    return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
  }

  std::array<std::vector<double>, batches> values_;
};

TEST_CASE("sums of exponential stages have the hypoexponential distribution") {
  const Sampler a({Shape::exponential, 40});
  const Sampler b({Shape::exponential, 300});
  const Sampler c({Shape::exponential, 10});
  const Sample three("40 + 300 + 10",
                     [&](RandomStream& s) { return a.draw(s) + b.draw(s) + c.draw(s); });
  check_covers("mean", three.mean(), 350, 0.005);
  check_covers("sd", three.deviation(), 302.820079, 0.01);
  check_covers("P(> 600)", three.above(600), 0.161541, 0.015);
  check_covers("p50", three.quantile(0.50), 260.863842, 0.01);
  check_covers("p95", three.quantile(0.95), 951.820401, 0.01);
  check_covers("p99", three.quantile(0.99), 1434.651774, 0.02);

  const Sampler d({Shape::exponential, 5});
  const Sample two("5 + 10", [&](RandomStream& s) { return d.draw(s) + c.draw(s); });
  check_covers("mean", two.mean(), 15, 0.005);
  check_covers("sd", two.deviation(), 11.180340, 0.01);
  check_covers("P(> 30)", two.above(30), 0.097095, 0.02);
  check_covers("p50", two.quantile(0.50), 12.279472, 0.01);
  check_covers("p95", two.quantile(0.95), 36.761383, 0.01);
  check_covers("p99", two.quantile(0.99), 52.958079, 0.02);
}

TEST_CASE("the Erlang distribution has its mean, spread and tails") {
  const Sample x("erlang", {Shape::erlang, 30, 3});
  check_covers("mean", x.mean(), 30, 0.005);
  check_covers("sd", x.deviation(), 17.320508, 0.01);
  check_covers("P(> 60)", x.above(60), 0.061969, 0.025);
  check_covers("P(> 15)", x.above(15), 1 - 0.191153, 0.005);
}

TEST_CASE("the latest of several exponential restores is as late as theory says") {
  const Sampler restore({Shape::exponential, 10});
  const auto latest = [&](int shards) {
    return [&restore, shards](RandomStream& s) {
      double last = 0;
      for (int i = 0; i < shards; ++i) last = std::max(last, restore.draw(s));
      return last;
    };
  };
  const Sample three("three shards", latest(3));
  check_covers("mean", three.mean(), 18.333333, 0.005);
  check_covers("sd", three.deviation(), 11.666667, 0.01);
  check_covers("P(> 20)", three.above(20), 1 - 0.646462, 0.01);
  check_covers("p95", three.quantile(0.95), 40.773442, 0.01);
  check_covers("mean of six", Sample("six shards", latest(6)).mean(), 24.5, 0.005);
}

TEST_CASE("uniform and triangular delays have their mean, spread and tails") {
  const Sampler lease({Shape::uniform, 20, 30});
  const Sampler loop({Shape::uniform, 0, 10});
  const Sample sum("lease + loop", [&](RandomStream& s) { return lease.draw(s) + loop.draw(s); });
  const Sample triangle("triangle", {Shape::triangular, 20, 30, 40});
  for (const Sample* x : {&sum, &triangle}) {  // the sum of two equal widths is triangular
    check_covers("mean", x->mean(), 30, 0.001);
    check_covers("sd", x->deviation(), 4.082483, 0.005);
    check_covers("P(> 35)", x->above(35), 0.125, 0.02);
  }
  const Sample skewed("skewed", {Shape::triangular, 1, 2, 5});
  check_covers("mean", skewed.mean(), 8.0 / 3, 0.005);
  check_covers("sd", skewed.deviation(), std::sqrt(26.0 / 36), 0.01);
  check_covers("P(> 2)", skewed.above(2), 0.75, 0.005);

  // A node is noticed a grace period of 40 s after its last heartbeat, up to 10 s old when it died,
  // by a loop that looks every 5 s.
  const Sampler age({Shape::uniform, 0, 10});
  const Sampler look({Shape::uniform, 0, 5});
  const Sample noticed("noticed", [&](RandomStream& s) { return 40 - age.draw(s) + look.draw(s); });
  check_covers("mean", noticed.mean(), 37.5, 0.001);
  check_covers("sd", noticed.deviation(), 3.227486, 0.005);
}

TEST_CASE("the lognormal distribution has its mean, spread, tail and quantile") {
  const Sample x("lognormal", {Shape::lognormal, 10, 1});
  check_covers("mean", x.mean(), 16.487213, 0.01);
  check_covers("sd", x.deviation(), 21.611974, 0.04);
  check_covers("p50", x.quantile(0.50), 10, 0.01);
  check_covers("p95", x.quantile(0.95), 51.802515, 0.015);
  check_covers("P(> 30)", x.above(30), 0.135969, 0.015);
}

TEST_CASE("the Weibull distribution has its mean and median") {
  const Sample x("weibull", {Shape::weibull, 1000, 0.8});
  check_covers("mean", x.mean(), 1133.003096, 0.01);
  check_covers("p50", x.quantile(0.50), 632.458198, 0.01);
}

TEST_CASE("the ziggurats are right where only one draw in a thousand goes") {
  constexpr int n = 100'000;
  RandomStream stream(1, 0, "tails");
  const auto share = [&](auto in_tail) {
    return estimate_with([&](std::size_t) {
      int count = 0;
      for (int i = 0; i < n; ++i) count += in_tail(stream.next()) ? 1 : 0;
      return static_cast<double>(count) / n;
    });
  };
  const auto exponential = share([](std::uint64_t b) { return unit_exponential(b) > 7.8; });
  check_covers("P(E > 7.8)", exponential, std::exp(-7.8), 0.12);
  const auto normal = share([](std::uint64_t b) { return std::abs(unit_normal(b)) > 3.3; });
  check_covers("P(|Z| > 3.3)", normal, std::erfc(3.3 / std::sqrt(2)), 0.08);
  const auto left = share([](std::uint64_t b) { return unit_normal(b) < -1.5; });
  check_covers("P(Z < -1.5)", left, std::erfc(1.5 / std::sqrt(2)) / 2, 0.01);
}

TEST_CASE("the layers of the ziggurats close at the top") {
  for (const Ziggurat* z : {&exponential_ziggurat, &normal_ziggurat}) {
    constexpr std::size_t top = Ziggurat::layers - 1;
    const double area = z->x[0] * z->y[1];
    CHECK(z->y[top] + area / z->x[top] == Approx(1).epsilon(1e-11));
    for (std::size_t i = 0; i < Ziggurat::layers; ++i) CHECK(z->x[i] > z->x[i + 1]);
  }
}

TEST_CASE("a draw takes one number of its stream, whatever comes out") {
  struct Row {
    Distribution distribution;
    std::uint64_t numbers;
  };
  constexpr std::array<Row, 7> rows{{{{Shape::constant, 3}, 0},
                                     {{Shape::uniform, 1, 2}, 1},
                                     {{Shape::exponential, 1}, 1},
                                     {{Shape::lognormal, 1, 1}, 1},
                                     {{Shape::triangular, 0, 1, 2}, 1},
                                     {{Shape::erlang, 4, 4}, 4},
                                     {{Shape::weibull, 1, 2}, 1}}};
  for (const Row& row : rows) {
    RandomStream stream(7, 0, "draws");
    const Sampler sampler(row.distribution);
    for (int i = 0; i < 10'000; ++i) sampler.draw(stream);
    CHECK(stream.position() == 10'000 * row.numbers);
  }
}

TEST_CASE("durations are rounded, never negative and saturate") {
  RandomStream stream(1, 0, "durations");
  CHECK(Sampler(constant(1.5e-9 * 3)).draw_duration(stream) == 5ns);
  CHECK(Sampler(constant(0)).draw_duration(stream) == 0ns);
  CHECK(Sampler(constant(1e300)).draw_duration(stream) == Duration::max());
  CHECK(Sampler({Shape::lognormal, 1, 1e6}).draw_duration(stream) >= 0ns);
}

TEST_CASE("a distribution that is none is our own bug") {
  CHECK_THROWS_AS(Sampler({Shape::uniform, 2, 1}), Bug);
  CHECK_THROWS_AS(Sampler({Shape::erlang, 1, 1.5}), Bug);
  CHECK_THROWS_AS(Sampler({Shape::weibull, 1, 0}), Bug);
  CHECK_THROWS_AS(Sampler({Shape::exponential, -1}), Bug);
}

}  // namespace
}  // namespace drdrill
