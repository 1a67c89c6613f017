#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"
#include "sim/study/regression.hpp"

/// False alarms of the gate, on a drill that ships: paired_test has its power and its distributions
/// made to measure, the planted regression of tests/cli goes the whole way through the files.
namespace drdrill::study {
namespace {

TEST_CASE("equal pairs of a shipped drill raise at most 6 alarms in 200 at a level of 1 %",
          "[many]") {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  const LoadedScenario loaded = load_scenario("scenarios/lab/redis-killed.json", {}, known);
  constexpr std::uint64_t pairs = 200;
  constexpr Range range{0, 500};
  const auto run = [&](std::uint64_t seed) {
    return Variant{loaded.scenario.objectives,
                   replicate(loaded.scenario, loaded.platform, seed, range)};
  };
  int alarms = 0;
  std::size_t differed = 0;
  for (std::uint64_t pair = 0; pair < pairs; ++pair) {
    Regression regression;
    regression.scenarios.emplace_back();
    auto& rows = regression.scenarios.front().rows;
    rows = compare_variants(run(2 * pair + 1), run(2 * pair + 2), pair);
    for (const RegressionRow& row : rows) differed += row.differs ? 1 : 0;
    settle(regression);
    alarms += regression.holds() ? 0 : 1;
  }
  CHECK(alarms <= 6);
  CHECK(differed >= pairs);  // else nothing was put to the test
}

}  // namespace
}  // namespace drdrill::study
