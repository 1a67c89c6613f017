#include "sim/study/series.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/base/random.hpp"
#include "sim/study/interval.hpp"

namespace drdrill::study {
namespace {

std::vector<std::int64_t> numbers(std::size_t n) {
  RandomStream stream(1, 0, "series");
  std::vector<std::int64_t> out(n);
  for (auto& x : out) x = static_cast<std::int64_t>(stream.next() >> (1 + stream.below(60)));
  return out;
}

Series of(const std::vector<std::int64_t>& values, std::size_t from, std::size_t to) {
  Series series;
  for (std::size_t i = from; i < to; ++i) series.add(values[i]);
  return series;
}

/// Split in `parts` and merged again, the last part first.
Series split(const std::vector<std::int64_t>& values, std::size_t parts) {
  Series whole;
  for (std::size_t i = parts; i-- > 0;)
    whole.merge(of(values, values.size() * i / parts, values.size() * (i + 1) / parts));
  return whole;
}

void check_equal(const Series& a, const Series& b) {
  CHECK(a.totals() == b.totals());
  CHECK(a.sketched() == b.sketched());
  CHECK(a.buckets() == b.buckets());
  for (const double p : {0.01, 0.5, 0.9, 0.95, 0.99, 1.0}) CHECK(a.quantile(p) == b.quantile(p));
  CHECK(a.mean() == b.mean());
}

TEST_CASE("quantiles of a series are those of the sorted numbers, infinite ones last") {
  Series series;
  for (const std::int64_t x : {40, 10, 30, 20}) series.add(x);
  CHECK(series.quantile(0.25) == 10);
  CHECK(series.quantile(0.26) == 20);
  CHECK(series.quantile(0.5) == 20);
  CHECK(series.quantile(1.0) == 40);
  series.add_infinite();
  CHECK(series.count() == 5);
  CHECK(series.quantile(0.8) == 40);
  CHECK_FALSE(series.quantile(0.81));
  CHECK(series.greatest() == 40);
  CHECK(series.mean() == 25);
  CHECK_FALSE(Series().quantile(0.5));
}

TEST_CASE("a series is the same however it was split and merged, below and beyond a million") {
  for (const std::size_t n : {1'000U, 1'000'000U, 1'300'000U}) {
    const auto values = numbers(n);
    const Series whole = of(values, 0, n);
    CHECK(whole.sketched() == (n > Series::kept));
    for (const std::size_t parts : {2U, 7U}) check_equal(split(values, parts), whole);
  }
}

TEST_CASE("a sketched quantile is at most one 128th too low, and its ends are exact") {
  auto values = numbers(1'100'000);
  const Series series = of(values, 0, values.size());
  std::sort(values.begin(), values.end());
  for (const double p : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999}) {
    const auto exact = values[static_cast<std::size_t>(p * 1'100'000) - 1];
    const auto found = series.quantile(p).value();
    CHECK(found <= exact);
    CHECK(static_cast<double>(exact - found) <= static_cast<double>(exact) / 128);
  }
  CHECK(series.least() == values.front());
  CHECK(series.greatest() == values.back());
}

TEST_CASE("the buckets of a sketch leave no number out and do not overlap") {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(floor_of(0) == 0);
  for (std::uint32_t bucket = 1; bucket <= bucket_of(most); ++bucket) {
    const std::int64_t least = floor_of(bucket);
    REQUIRE(bucket_of(least) == bucket);
    REQUIRE(bucket_of(least - 1) == bucket - 1);
  }
}

TEST_CASE("Wilson's interval has the values of the textbook") {
  // Newcombe 1998 (Statistics in Medicine 17:857), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  const auto check = [](Share share, double low, double high) {
    const Interval interval = wilson(share);
    CHECK(interval.low == Approx(low).margin(0.00005));
    CHECK(interval.high == Approx(high).margin(0.00005));
  };
  check({81, 263}, 0.2553, 0.3662);
  check({15, 148}, 0.0624, 0.1605);
  check({0, 20}, 0.0, 0.1611);
  check({1, 29}, 0.0061, 0.1718);
  check({20, 20}, 1 - 0.1611, 1.0);
  check({0, 0}, 0.0, 1.0);
}

}  // namespace
}  // namespace drdrill::study
