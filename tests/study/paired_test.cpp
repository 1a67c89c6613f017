#include "sim/study/paired.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/engine/sampler.hpp"
#include "sim/study/regression.hpp"

namespace drdrill::study {
namespace {

constexpr std::size_t replications = 2000;  // what `compare` runs when nothing else is asked for

/// Recovery times of a lognormal shape with a median of 60 s; its p95 is 2.3 times the median.
std::vector<Outcome> outcomes_of(std::uint64_t seed, double factor, std::size_t count) {
  RandomStream stream(seed, 0, "recovery times");
  const Sampler times({Shape::lognormal, 60, 0.5});
  std::vector<Outcome> rows(count);
  for (Outcome& row : rows) {
    ObjectiveOutcome objective;
    objective.exercised = objective.evaluated = true;
    objective.rto = from_seconds(factor * times.draw(stream));
    objective.rto_met = objective.rto <= std::chrono::minutes(5);
    row.objectives.push_back(objective);
  }
  return rows;
}

Regression compared(std::uint64_t before, std::uint64_t after, double factor,
                    std::size_t count = replications) {
  const std::vector<Objective> objectives{
      {ComponentId::postgres, std::chrono::minutes(5), std::nullopt, {}}};
  Regression regression;
  regression.scenarios.emplace_back();
  regression.scenarios[0].rows =
      compare_variants({objectives, outcomes_of(before, 1, count)},
                       {objectives, outcomes_of(after, factor, count)}, 1);
  settle(regression);
  return regression;
}

}  // namespace

TEST_CASE("the sign test gives the tails of the binomial distribution") {
  CHECK(chance_of_signs(8, 10) == Approx(56.0 / 1024));
  CHECK(chance_of_signs(10, 10) == Approx(1.0 / 1024));
  CHECK(chance_of_signs(0, 10) == 1);
  CHECK(chance_of_signs(0, 0) == 1);
  CHECK(chance_of_signs(550, 1000) == Approx(0.000865253).epsilon(1e-4));
}

TEST_CASE("Holm's correction multiplies by what is left, and never falls") {
  const std::vector<double> chances{0.04, 0.01, 0.03, 0.005};
  const auto adjusted = holm(chances);
  CHECK(adjusted[3] == Approx(0.02));
  CHECK(adjusted[1] == Approx(0.03));
  CHECK(adjusted[2] == Approx(0.06));
  CHECK(adjusted[0] == Approx(0.06));
}

TEST_CASE("quantiles count what never ended as larger than all else") {
  const std::vector<std::int64_t> values{5, 1, infinite_value, 3};
  CHECK(quantile_of(values, 0.5) == 3);
  CHECK(quantile_of(values, 0.75) == 5);
  CHECK(quantile_of(values, 0.95) == infinite_value);
}

TEST_CASE("equal versions with independent seeds raise at most 6 alarms in 200 at a level of 1 %") {
  int alarms = 0;
  for (std::uint64_t i = 0; i < 200; ++i)
    alarms += compared(2 * i, 2 * i + 1, 1, 500).holds() ? 0 : 1;
  CHECK(alarms <= 6);
}

TEST_CASE("five per cent more of p95 are found in at least 19 of 20 comparisons") {
  int found = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Regression regression = compared(i, i, 1.05);
    const RegressionRow& row = regression.scenarios[0].rows[0];
    found += row.state == RegressionRow::State::worse ? 1 : 0;
    REQUIRE(row.interval);
    CHECK(row.interval->low > 0);
  }
  CHECK(found >= 19);
}

TEST_CASE("what is better, or worse by less than the tolerance, is no failure") {
  CHECK(compared(1, 1, 0.8).count(RegressionRow::State::better) == 1);
  CHECK(compared(1, 1, 0.8).holds());
  const Regression little = compared(1, 1, 1.005);
  CHECK(little.count(RegressionRow::State::worse) == 0);
  CHECK(little.holds());
}

TEST_CASE("a change that asks for less is worse, and both sides are held against what was asked") {
  const auto one_objective = [](std::optional<Duration> rto, std::optional<Duration> rpo) {
    return std::vector<Objective>{{ComponentId::postgres, rto, rpo, {}}};
  };
  const auto outcomes = outcomes_of(1, 1, 200);
  const auto slower = outcomes_of(1, 4, 200);
  Regression regression;
  regression.scenarios.emplace_back();
  auto& rows = regression.scenarios[0].rows;
  const auto state_of = [&](Figure figure) {
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [&](const RegressionRow& row) { return row.figure == figure; });
    REQUIRE(found != rows.end());
    return found->state;
  };
  using namespace std::chrono_literals;
  // Four times as slow, and two hours allowed in place of five minutes.
  rows = compare_variants({one_objective(5min, 1min), outcomes},
                          {one_objective(2h, std::nullopt), slower}, 1);
  settle(regression);
  CHECK(state_of(Figure::rto_target) == RegressionRow::State::worse);
  CHECK(state_of(Figure::rpo_target) == RegressionRow::State::worse);
  CHECK(state_of(Figure::missed) == RegressionRow::State::worse);
  CHECK_FALSE(regression.holds());
  regression.waivers.push_back({"", "postgres", "agreed", "2027-01-01", {}});
  settle(regression);
  CHECK(regression.holds());
  regression.waivers.clear();

  // The same times, and more is asked for: nothing is worse, though more runs miss it.
  rows = compare_variants({one_objective(2h, std::nullopt), outcomes},
                          {one_objective(10s, 1min), outcomes}, 1);
  settle(regression);
  CHECK(state_of(Figure::rto_target) == RegressionRow::State::better);
  CHECK(state_of(Figure::missed) == RegressionRow::State::same);
  CHECK(regression.holds());

  // An objective that is gone asks for nothing.
  rows = compare_variants({one_objective(5min, std::nullopt), outcomes}, {{}, outcomes}, 1);
  settle(regression);
  CHECK(state_of(Figure::rto_target) == RegressionRow::State::worse);
}

TEST_CASE("what never recovers has lost everything, with a target and without") {
  std::vector<Outcome> kept = outcomes_of(1, 1, 100), lost = kept;
  for (Outcome& row : kept) row.objectives[0].rpo_known = true;
  for (Outcome& row : lost) row.objectives[0].censored = true;
  const std::vector<Objective> objectives{
      {ComponentId::postgres, std::chrono::minutes(5), std::nullopt, {}}};
  const auto rows = compare_variants({objectives, kept}, {objectives, lost}, 1);
  const auto rpo = std::find_if(rows.begin(), rows.end(),
                                [](const RegressionRow& row) { return row.figure == Figure::rpo; });
  REQUIRE(rpo != rows.end());
  CHECK(rpo->before == 0);
  CHECK(rpo->after == infinite_value);
}

TEST_CASE("a waiver covers what it names until its last day; an expired one fails by itself") {
  Regression regression = compared(1, 1, 1.5);
  CHECK(!regression.holds());
  regression.waivers.push_back({"", "redis", "another one", "2027-01-01", {}});
  settle(regression);
  CHECK(!regression.holds());
  regression.waivers.push_back({"", "postgres", "new disks come in May", "2027-01-01", {}});
  settle(regression);
  CHECK(regression.holds());
  regression.waivers.back().expired = true;
  settle(regression);
  CHECK(!regression.holds());
}

}  // namespace drdrill::study
