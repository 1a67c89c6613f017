#include <cstdint>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>

#include "models/simulated_world.hpp"
#include "sim/drill/drill.hpp"
#include "sim/drill/verdict.hpp"
#include "tests/models/scaled_platform.hpp"

/// One iteration is one drill from nothing but the loaded files: the platform is brought up, the
/// drill runs and is judged. `each` is the CPU time of one participant; `peak_MB` is the process's
/// peak while it ran.
namespace drdrill {
namespace {

/// The peak of resident memory since the last call, in MB; 0 where the kernel does not tell.
double take_peak_memory() {
  std::ifstream status("/proc/self/status");
  double peak_kb = 0;
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) peak_kb = std::stod(line.substr(line.find(':') + 1));
  std::ofstream("/proc/self/clear_refs") << "5";
  return peak_kb / 1000;
}

void scale(benchmark::State& state, const std::string& scenario) {
  const LoadedScenario loaded = test::scaled(scenario, static_cast<int>(state.range(0)));
  DrillOptions options;
  double events = 0;
  take_peak_memory();
  for (auto _ : state) {
    SimulatedWorld world(loaded.platform, loaded.scenario.start);
    world.reset(options.seed, options.replication++);
    Journal journal;
    run_drill(loaded.scenario, world, options, journal);
    benchmark::DoNotOptimize(judge(journal));
    events += static_cast<double>(world.events());
  }
  using benchmark::Counter;
  state.counters["each"] = Counter(static_cast<double>(state.range(0)),
                                   Counter::kIsIterationInvariantRate | Counter::kInvert);
  state.counters["events"] = Counter(events, Counter::kAvgIterations);
  state.counters["peak_MB"] = take_peak_memory();
}

[[maybe_unused]] const bool registered = [] {
  for (const char* name : {"region-failover-50k", "region-failover-50k-corrected"})
    benchmark::RegisterBenchmark(
        ("scale/" + std::string(name)).c_str(),
        [name](benchmark::State& s) { scale(s, "large/" + std::string(name)); })
        ->Arg(500)
        ->Arg(5'000)
        ->Arg(50'000)
        ->Arg(500'000)
        ->Unit(benchmark::kMillisecond);
  return true;
}();

}  // namespace
}  // namespace drdrill
