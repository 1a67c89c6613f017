#pragma once

#include <iosfwd>
#include <vector>

#include "scenarios/loader.hpp"
#include "sim/drill/verdict.hpp"
#include "sim/study/expectation.hpp"

/// What `drdrill run` does besides when a drill is live: simulation says first what it expects, and
/// what came is printed beside it.
namespace drdrill::cli {

/// No fault and no step: for watching a system that nothing is done to.
void only_observe(Scenario& scenario);

std::vector<study::Expected> expect_simulated(const LoadedScenario& loaded, std::uint64_t seed);
/// The targets by name, and the expected figures of each objective.
void write_expected(const Scenario& scenario, const std::vector<study::Expected>& expected,
                    std::ostream& out);
void write_beside(const Judgement& judgement, const std::vector<study::Expected>& expected,
                  std::ostream& out);

/// "0.42 s (0.30 to 0.71)": the median, and where 90 % of the figures lie.
std::string interval_words(const study::Figures& figures);

}  // namespace drdrill::cli
