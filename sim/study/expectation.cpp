#include "sim/study/expectation.hpp"

#include <algorithm>
#include <limits>

#include "models/simulated_world.hpp"
#include "sim/drill/drill.hpp"
#include "sim/drill/measurement.hpp"

namespace drdrill::study {
namespace {

/// Calls f(journal) for each of so many replications.
template <class F>
void each_run(const Scenario& scenario, const PlatformSpec& platform, std::uint64_t seed,
              std::uint32_t runs, F&& f) {
  SimulatedWorld world(platform, scenario.start);
  DrillRunner runner;
  DrillOptions options;
  options.seed = seed;
  Journal journal;
  for (std::uint32_t run = 0; run < runs; ++run) {
    options.replication = run;
    world.reset(seed, run);
    runner.run(scenario, world, options, journal);
    f(journal);
  }
}

}  // namespace

double quantile(const Figures& figures, double p) {
  const auto place = static_cast<std::size_t>(p * static_cast<double>(figures.size()));
  return figures[std::min(place, figures.size() - 1)];
}

std::vector<Expected> expect(const Scenario& scenario, const PlatformSpec& platform,
                             std::uint64_t seed, std::uint32_t runs) {
  constexpr double never = std::numeric_limits<double>::infinity();
  std::vector<Expected> all;
  for (const Objective& objective : scenario.objectives)
    all.push_back({objective.component, {}, {}});
  each_run(scenario, platform, seed, runs, [&](const Journal& journal) {
    const auto figure = [&](Quantity::Kind kind, ComponentId component) {
      Quantity quantity;
      quantity.kind = kind;
      quantity.component = component;
      return measure(journal, quantity).value_or(never);
    };
    for (Expected& expected : all) {
      expected.rto.push_back(figure(Quantity::Kind::rto, expected.component));
      if (has_state_to_lose(expected.component))
        expected.rpo.push_back(figure(Quantity::Kind::rpo, expected.component));
    }
  });
  for (Expected& expected : all) {
    std::sort(expected.rto.begin(), expected.rto.end());
    std::sort(expected.rpo.begin(), expected.rpo.end());
  }
  return all;
}

VerdictCounts expect_verdicts(const Scenario& scenario, const PlatformSpec& platform,
                              std::uint64_t seed, std::uint32_t runs) {
  VerdictCounts counts{};
  each_run(scenario, platform, seed, runs, [&](const Journal& journal) {
    ++counts[static_cast<std::size_t>(judge(journal).verdict)];
  });
  return counts;
}

}  // namespace drdrill::study
