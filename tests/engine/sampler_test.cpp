#include "sim/engine/sampler.hpp"

#include <array>
#include <cmath>

#include "sim/base/ensure.hpp"
#include "sim/study/sample.hpp"
#include "tests/engine/estimate.hpp"

/// Draws against exact moments, tails and quantiles: seed 1, intervals of 99.9 %. Those that
/// `drdrill validate` shows as well are in sim/study.
namespace drdrill {
namespace {

using study::estimate_with;
using study::Sample;
using test::check_covers;
using namespace std::chrono_literals;

TEST_CASE("a skewed triangle has its mean, spread and tail") {
  const Sample skewed(1, "skewed", {Shape::triangular, 1, 2, 5});
  check_covers("mean", skewed.mean(), 8.0 / 3, 0.005);
  check_covers("sd", skewed.deviation(), std::sqrt(26.0 / 36), 0.01);
  check_covers("P(> 2)", skewed.above(2), 0.75, 0.005);
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

TEST_CASE("many durations at once are those that come one by one") {
  for (const Distribution& d :
       {constant(5), Distribution{Shape::lognormal, 30, 0.8}, Distribution{Shape::uniform, 1, 2},
        Distribution{Shape::erlang, 3, 4}}) {
    const Sampler sampler(d);
    RandomStream together(1, 0, "durations");
    RandomStream single(1, 0, "durations");
    std::array<Duration, 40> many{};
    sampler.draw_durations(together, many);
    for (const Duration each : many) CHECK(each == sampler.draw_duration(single));
    CHECK(together.position() == many.size() * sampler.numbers());
    CHECK(single.position() == together.position());
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
