#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/engine/math.hpp"
#include "sim/engine/sampler.hpp"
#include "sim/study/sweep_tally.hpp"

/// What a sweep says of a cell must be right as often as it says, no more and no less: recovery
/// times of distributions whose probabilities are known exactly, each with 1,000 fixed seeds, are
/// tallied as runs are, in blocks that merge, and the tally's own shares and quantiles are held
/// against what is known.
namespace drdrill::study {
namespace {

constexpr std::uint64_t seeds = 1'000;
constexpr std::uint64_t draws = 400;

struct Case {
  std::string_view name;
  double limit;  ///< the target, in seconds
  double exact;  ///< the probability of at most that
  std::function<double(RandomStream&)> draw;
  std::function<double(double)> below;  ///< the probability of at most so many seconds
};

Sampler exponential(double mean) {
  return Sampler({Shape::exponential, mean});
}
double normal_below(double z) {
  return std::erfc(-z / std::sqrt(2.0)) / 2;
}

std::vector<Case> cases() {
  return {
      {"hypoexponential 40 + 300 + 10", 600, 1 - 0.161541,
       [a = exponential(40), b = exponential(300), c = exponential(10)](RandomStream& s) {
         return a.draw(s) + b.draw(s) + c.draw(s);
       },
       [](double t) {
         // Each stage's weight: the product of m_i / (m_i - m_j) over the others.
         const double a = 40.0 / (40 - 300) * 40 / (40 - 10);
         const double b = 300.0 / (300 - 40) * 300 / (300 - 10);
         const double c = 10.0 / (10 - 40) * 10 / (10 - 300);
         return 1 - a * std::exp(-t / 40) - b * std::exp(-t / 300) - c * std::exp(-t / 10);
       }},
      {"Erlang of 3 stages", 15, 0.191153,
       [x = Sampler({Shape::erlang, 30, 3})](RandomStream& s) { return x.draw(s); },
       [](double t) {
         const double x = t / 10;
         return 1 - std::exp(-x) * (1 + x + x * x / 2);
       }},
      {"maximum of 3", 20, 0.646462,
       [x = exponential(10)](RandomStream& s) {
         return std::max({x.draw(s), x.draw(s), x.draw(s)});
       },
       [](double t) { return std::pow(1 - std::exp(-t / 10), 3); }},
      // The critical path of Heizer and Render's General Foundry, each activity normal.
      {"PERT", 16, 0.714625,
       [](RandomStream& s) {
         double weeks = 15;
         for (const double deviation : {2.0, 2.0, 6.0, 8.0, 2.0})
           weeks += deviation / 6 * unit_normal(s.next());
         return weeks;
       },
       [](double t) { return normal_below((t - 15) / (std::sqrt(112.0) / 6)); }},
      {"triangular", 35, 0.875,
       [x = Sampler({Shape::triangular, 20, 30, 40})](RandomStream& s) { return x.draw(s); },
       [](double t) {
         return t <= 30 ? (t - 20) * (t - 20) / 200 : 1 - (40 - t) * (40 - t) / 200;
       }},
  };
}

/// So many runs with one objective, tallied in blocks of 50.
CellTally tally_of(const Case& row, std::uint64_t seed) {
  RandomStream stream(seed, 0, row.name);
  CellTally whole;
  constexpr std::uint64_t block = 50;
  for (std::uint64_t i = 0; i < draws; i += block) {
    CellTally part;
    for (std::uint64_t k = 0; k < block; ++k) {
      Outcome outcome;
      outcome.objectives.resize(1);
      ObjectiveOutcome& objective = outcome.objectives.front();
      objective.exercised = objective.evaluated = true;
      objective.rto = from_seconds(row.draw(stream));
      objective.rto_met = objective.rto <= from_seconds(row.limit);
      part.add(outcome, false);
    }
    whole.merge(part);
  }
  return whole;
}

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

/// How likely at least `k` of `draws` runs are below a value that one is below with probability p.
double at_least(std::uint64_t k, double p) {
  const auto n = static_cast<double>(draws);
  double sum = 0;
  for (std::uint64_t i = k; i <= draws; ++i) {
    const auto hits = static_cast<double>(i);
    sum += std::exp(log_choose(n, hits) + hits * std::log(p) + (n - hits) * std::log1p(-p));
  }
  return sum;
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
      sum += std::exp(log_choose(n, k) + k * std::log(p) + (n - k) * std::log(1 - p));
  }
  return sum;
}

/// The binomial band of 99.9 %; of ten of these one is outside once in a hundred seeds.
void check_held(std::string_view what, std::string_view of, std::uint64_t held, double expected) {
  const double band =
      3.2905 * std::sqrt(expected * (1 - expected) * static_cast<double>(seeds)) + 0.5;
  INFO(what << " of " << of << ": held in " << held << " of 1000, expected " << expected * 1000
            << " +- " << band);
  CHECK(std::abs(static_cast<double>(held) - expected * static_cast<double>(seeds)) <= band);
}

TEST_CASE("P(met) of a cell and its quantiles are right in 99 of 100 sweeps, over 1,000 seeds") {
  for (const Case& row : cases()) {
    CHECK(row.below(row.limit) == Approx(row.exact).epsilon(1e-5));
    std::uint64_t met = 0;
    std::array<std::uint64_t, 2> quantile{};
    constexpr std::array<double, 2> shares{0.5, 0.95};
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const CellTally tally = tally_of(row, seed);
      const ObjectiveTally& objective = tally.objectives.front();
      const Interval interval = wilson(objective.rto_met, normal_99);
      met += interval.low <= row.exact && row.exact <= interval.high ? 1 : 0;
      for (std::size_t i = 0; i < shares.size(); ++i) {
        // The value below which so many runs lie: as likely as that many lie below it.
        const auto rank = static_cast<std::uint64_t>(std::ceil(shares.at(i) * draws));
        const double at = to_seconds(Duration(objective.rto.quantile(shares.at(i)).value()));
        const double chance = at_least(rank, row.below(at));
        quantile.at(i) += chance >= 0.005 && chance <= 0.995 ? 1 : 0;
      }
    }
    const double expected = coverage(row.exact);
    CHECK(expected == Approx(0.99).margin(0.004));
    check_held("P(met)", row.name, met, expected);
    check_held("p50", row.name, quantile[0], 0.99);
    check_held("p95", row.name, quantile[1], 0.99);
  }
}

}  // namespace
}  // namespace drdrill::study
