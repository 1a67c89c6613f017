#include "sim/engine/math.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "sim/base/random.hpp"

namespace drdrill {
namespace {

/// The distance of `value` from `exact`, in units of the last place of a double there.
double distance(double value, long double exact) {
  const double near = std::abs(static_cast<double>(exact));
  const double unit = std::nextafter(near, math::infinity) - near;
  return static_cast<double>(std::abs(static_cast<long double>(value) - exact) /
                             static_cast<long double>(unit));
}

constexpr int points = 500'000;

TEST_CASE("the exponential is within one unit in the last place") {
  RandomStream stream(1, 0, "exponential");
  double worst = 0;
  for (int i = 0; i < points; ++i) {
    const double range = i % 2 == 0 ? 708 : 1;
    const double x = (2 * stream.uniform() - 1) * range;
    worst = std::max(worst, distance(math::exponential(x), std::exp(static_cast<long double>(x))));
  }
  CHECK(worst < 1);
}

TEST_CASE("the logarithm is within one unit in the last place, near 1 as well") {
  RandomStream stream(1, 0, "logarithm");
  double worst = 0;
  for (int i = 0; i < points; ++i) {
    const double u = 2 * stream.uniform() - 1;
    const double x = i % 3 == 0 ? std::exp(700 * u) : i % 3 == 1 ? 1 + 0.5 * u : 1 + 1e-6 * u;
    worst = std::max(worst, distance(math::logarithm(x), std::log(static_cast<long double>(x))));
  }
  CHECK(worst < 1);
}

TEST_CASE("a power is as exact as its logarithm is small") {
  RandomStream stream(1, 0, "power");
  double worst = 0;
  for (int i = 0; i < points; ++i) {
    const double x = std::exp(20 * (2 * stream.uniform() - 1));
    const double y = 4 * stream.uniform();
    const long double exact = std::pow(static_cast<long double>(x), static_cast<long double>(y));
    const double bound = 2 + 2 * std::abs(y * std::log(x));
    worst = std::max(worst, distance(math::power(x, y), exact) / bound);
  }
  CHECK(worst < 1);
}

TEST_CASE("the square root is within one unit in the last place") {
  RandomStream stream(1, 0, "root");
  double worst = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double x = std::exp(600 * (2 * stream.uniform() - 1));
    worst = std::max(worst, distance(math::square_root(x), std::sqrt(static_cast<long double>(x))));
  }
  CHECK(worst <= 1);
}

TEST_CASE("the functions have their limits") {
  CHECK(math::exponential(0) == 1);
  CHECK(math::exponential(math::infinity) == math::infinity);
  CHECK(math::exponential(-math::infinity) == 0);
  CHECK(math::exponential(709.7) < math::infinity);
  CHECK(math::exponential(710) == math::infinity);
  CHECK(std::isnan(math::exponential(math::not_a_number)));
  CHECK(math::logarithm(1) == 0);
  CHECK(math::logarithm(0) == -math::infinity);
  CHECK(math::logarithm(math::infinity) == math::infinity);
  CHECK(std::isnan(math::logarithm(-1)));
  constexpr double smallest = std::numeric_limits<double>::denorm_min();
  CHECK(distance(math::logarithm(smallest), std::log(static_cast<long double>(smallest))) < 1);
  CHECK(math::power(0, 2) == 0);
  CHECK(math::power(0, 0) == 1);
  CHECK(math::square_root(0) == 0);
}

// The tables of the samplers rely on it.
static_assert(math::exponential(math::logarithm(3)) > 2.999999999);

}  // namespace
}  // namespace drdrill
