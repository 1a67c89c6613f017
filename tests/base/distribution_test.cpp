#include "sim/base/distribution.hpp"

#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace drdrill {
namespace {

/// The mean as the integral of the probability to exceed x, by Simpson's rule.
double integrated(const std::function<double(double)>& survival, double to) {
  constexpr int steps = 200'000;
  const double h = to / steps;
  double sum = survival(0) + survival(to);
  for (int i = 1; i < steps; ++i) sum += survival(i * h) * (i % 2 == 1 ? 4 : 2);
  return sum * h / 3;
}

TEST_CASE("means are those that arithmetic of thirty digits gives") {
  CHECK(mean(constant(40)) == 40);
  CHECK(mean({Shape::uniform, 2, 10, 0}) == 6);
  CHECK(mean({Shape::exponential, 12, 0, 0}) == 12);
  CHECK(mean({Shape::triangular, 1, 2, 9}) == 4);
  CHECK(mean({Shape::erlang, 12, 3, 0}) == 12);
  // Computed with mpmath: 60 exp(0.32), 2 Gamma(5/3), 3 Gamma(3), 2 sqrt(pi), 30 Gamma(17/7).
  CHECK(mean({Shape::lognormal, 60, 0.8, 0}) == Approx(82.6276658601574).epsilon(1e-13));
  CHECK(mean({Shape::weibull, 2, 1.5, 0}) == Approx(1.80549058590187).epsilon(1e-13));
  CHECK(mean({Shape::weibull, 3, 0.5, 0}) == Approx(6).epsilon(1e-13));
  CHECK(mean({Shape::weibull, 4, 2, 0}) == Approx(3.54490770181103).epsilon(1e-13));
  CHECK(mean({Shape::weibull, 30, 0.7, 0}) == Approx(37.9747051817185).epsilon(1e-13));
}

TEST_CASE("means are the integrals of the tails that the parameters promise") {
  CHECK(mean({Shape::exponential, 12, 0, 0}) ==
        Approx(integrated([](double x) { return std::exp(-x / 12); }, 600)).epsilon(1e-9));
  CHECK(mean({Shape::weibull, 2, 1.5, 0}) ==
        Approx(integrated([](double x) { return std::exp(-std::pow(x / 2, 1.5)); }, 60))
            .epsilon(1e-6));
  CHECK(mean({Shape::lognormal, 60, 0.8, 0}) ==
        Approx(integrated(
                   [](double x) {
                     return x <= 0 ? 1 : std::erfc(std::log(x / 60) / (0.8 * std::sqrt(2.0))) / 2;
                   },
                   60'000))
            .epsilon(1e-6));
  // Three stages of mean 4 each.
  CHECK(mean({Shape::erlang, 12, 3, 0}) == Approx(integrated(
                                                      [](double x) {
                                                        const double y = x / 4;
                                                        return std::exp(-y) * (1 + y + y * y / 2);
                                                      },
                                                      600))
                                               .epsilon(1e-9));
  // From 1 to 9 with the peak at 2: the density is 1/4 at the peak.
  CHECK(mean({Shape::triangular, 1, 2, 9}) == Approx(integrated(
                                                         [](double x) {
                                                           if (x <= 1) return 1.0;
                                                           if (x <= 2)
                                                             return 1 - (x - 1) * (x - 1) / 8;
                                                           return (9 - x) * (9 - x) / 56;
                                                         },
                                                         9))
                                                  .epsilon(1e-9));
}

TEST_CASE("every shape has a name of its own") {
  std::set<std::string> names;
  for (const Shape shape : {Shape::constant, Shape::uniform, Shape::exponential, Shape::lognormal,
                            Shape::triangular, Shape::erlang, Shape::weibull})
    names.emplace(shape_name(shape));
  CHECK(names == std::set<std::string>{"constant", "erlang", "exponential", "lognormal",
                                       "triangular", "uniform", "weibull"});
}

TEST_CASE("a distribution is described with the unit behind figures that have it") {
  CHECK(describe(constant(40), "s") == "40 s");
  CHECK(describe(constant(0.25), "") == "0.25");
  CHECK(describe({Shape::uniform, 0, 10, 0}, "s") == "uniform 0 to 10 s");
  CHECK(describe({Shape::exponential, 12, 0, 0}, "/s") == "exponential mean 12 /s");
  CHECK(describe({Shape::lognormal, 60, 0.8, 0}, "s") == "lognormal median 60 s, sigma 0.8");
  CHECK(describe({Shape::triangular, 1, 2, 9}, "s") == "triangular 1, 2, 9 s");
  CHECK(describe({Shape::erlang, 12, 3, 0}, "s") == "erlang mean 12 s, 3 stages");
  CHECK(describe({Shape::weibull, 2, 1.5, 0}, "s") == "weibull scale 2 s, shape 1.5");
}

TEST_CASE("sizes are told in binary units when these are exact, else in decimal ones") {
  struct Row {
    double bytes;
    std::string words;
  };
  constexpr double gib = 1073741824;
  const std::vector<Row> rows{
      {0, "0 B"},
      {1, "1 B"},
      {512, "512 B"},
      {0.25, "0.25 B"},
      {1000, "1 kB"},
      {1023, "1.02 kB"},
      {1024, "1 KiB"},
      {1536, "1.54 kB"},
      {gib, "1 GiB"},
      {1.5 * gib, "1536 MiB"},
      {4096 * gib, "4 TiB"},
      {gib + 1, "1.07 GB"},
      {64e6, "64 MB"},      // 62500 KiB as well
      {8e9, "8 GB"},        // 7812500 KiB as well
      {512000, "500 KiB"},  // as long as 512 kB
      {3.5e8, "350 MB"},
      {999499, "999 kB"},
      {999500, "1 MB"},
      {1e18, "1000 PB"},
  };
  for (const Row& row : rows) CHECK(describe(constant(row.bytes), "B") == row.words);
  CHECK(describe(constant(3e8), "B/s") == "300 MB/s");
  CHECK(describe({Shape::uniform, 64e6, gib, 0}, "B/s") == "uniform 64 MB/s to 1 GiB/s");
}

}  // namespace
}  // namespace drdrill
