#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/engine/math.hpp"
#include "sim/engine/sampler.hpp"
#include "sim/study/interval.hpp"

/// Intervals that say 99 % must be right that often, no more and no less: distributions whose
/// probabilities are known exactly, each sampled with 1,000 fixed seeds.
namespace drdrill::study {
namespace {

constexpr std::uint64_t seeds = 1'000;
constexpr std::uint64_t draws = 400;

struct Case {
  std::string_view name;
  double limit;
  double exact;  ///< the probability of at most `limit`
  std::function<double(RandomStream&)> draw;
};

Sampler exponential(double mean) {
  return Sampler({Shape::exponential, mean});
}

std::vector<Case> cases() {
  return {
      {"hypoexponential 40 + 300 + 10", 600, 1 - 0.161541,
       [a = exponential(40), b = exponential(300), c = exponential(10)](RandomStream& s) {
         return a.draw(s) + b.draw(s) + c.draw(s);
       }},
      {"Erlang of 3 stages", 15, 0.191153,
       [x = Sampler({Shape::erlang, 30, 3})](RandomStream& s) { return x.draw(s); }},
      {"maximum of 3", 20, 0.646462,
       [x = exponential(10)](RandomStream& s) {
         return std::max({x.draw(s), x.draw(s), x.draw(s)});
       }},
      // The critical path of Heizer and Render's General Foundry, each activity normal.
      {"PERT", 16, 0.714625,
       [](RandomStream& s) {
         double weeks = 15;
         for (const double deviation : {2.0, 2.0, 6.0, 8.0, 2.0})
           weeks += deviation / 6 * unit_normal(s.next());
         return weeks;
       }},
      {"triangular", 35, 0.875,
       [x = Sampler({Shape::triangular, 20, 30, 40})](RandomStream& s) { return x.draw(s); }},
  };
}

/// How likely the interval of `draws` runs holds the probability: Wilson's is not exactly 99 %,
/// because hits are whole.
double coverage(double p) {
  const auto n = static_cast<double>(draws);
  double sum = 0;
  for (std::uint64_t hits = 0; hits <= draws; ++hits) {
    const Interval interval = wilson({hits, draws}, normal_99);
    const auto k = static_cast<double>(hits);
    if (interval.low <= p && p <= interval.high)
      sum += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                      k * std::log(p) + (n - k) * std::log(1 - p));
  }
  return sum;
}

TEST_CASE("intervals of 99 % hold the exact probability as often as they should over 1,000 seeds") {
  for (const Case& row : cases()) {
    std::uint64_t held = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      RandomStream stream(seed, 0, row.name);
      Share share;
      for (std::uint64_t i = 0; i < draws; ++i) share.add(row.draw(stream) <= row.limit);
      const Interval interval = wilson(share, normal_99);
      held += interval.low <= row.exact && row.exact <= interval.high ? 1 : 0;
    }
    const double expected = coverage(row.exact);
    // The binomial band of 99.9 %; of five cases one is outside once in two hundred seeds.
    const double band =
        3.2905 * std::sqrt(expected * (1 - expected) * static_cast<double>(seeds)) + 0.5;
    INFO(row.name << ": held in " << held << " of 1000, expected " << expected * 1000 << " +- "
                  << band);
    CHECK(expected == Approx(0.99).margin(0.004));
    CHECK(std::abs(static_cast<double>(held) - expected * static_cast<double>(seeds)) <= band);
  }
}

}  // namespace
}  // namespace drdrill::study
