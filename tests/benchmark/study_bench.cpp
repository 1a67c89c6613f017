#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"
#include "sim/study/replication.hpp"

/// Whole replications on one thread and on two: the world starts again, the drill runs, the journal
/// is judged, the row is made. `replications_per_second` is by the wall clock, so it says something
/// on a quiet machine only; a core's share of it is the ratio of wall and CPU time.
namespace drdrill {
namespace {

constexpr std::uint64_t replications = 2'000;

void study(benchmark::State& state, const std::string& name, std::uint64_t count) {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  const LoadedScenario loaded = load_scenario("scenarios/" + name + ".json", {}, known);
  for (auto _ : state)
    benchmark::DoNotOptimize(study::replicate(loaded.scenario, loaded.platform, 1, {0, count},
                                              static_cast<unsigned>(state.range(0))));
  state.counters["replications_per_second"] =
      benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsIterationInvariantRate);
}

[[maybe_unused]] const bool registered = [] {
  for (const char* name : {"node-failure", "database-failover", "region-failover"}) {
    // A lost region takes ten times as long.
    const bool region = std::string(name) == "region-failover";
    benchmark::RegisterBenchmark(("study/" + std::string(name)).c_str(),
                                 [name, region](benchmark::State& state) {
                                   study(state, name, region ? replications / 10 : replications);
                                 })
        ->ArgName("threads")
        ->Arg(1)
        ->Arg(2)
        ->MeasureProcessCPUTime()
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace drdrill
