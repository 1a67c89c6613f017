#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "models/parameters.hpp"
#include "models/simulated_world.hpp"
#include "scenarios/loader.hpp"
#include "sim/drill/drill.hpp"
#include "sim/drill/verdict.hpp"

/// One iteration is one whole replication of a shipped scenario after the first: the world starts
/// again, the drill runs to its end, and, for `judged/…`, the journal is judged as well. Run from
/// the root of the project.
namespace drdrill {
namespace {

struct Prepared {
  explicit Prepared(const std::string& name) {
    std::vector<KnownParameter> known;
    for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
    loaded = load_scenario("scenarios/" + name + ".json", {}, known);
    world = std::make_unique<SimulatedWorld>(loaded.platform, loaded.scenario.start);
  }

  void replicate() {
    DrillOptions options;
    options.replication = replication++;
    world->reset(options.seed, options.replication);
    runner.run(loaded.scenario, *world, options, journal);
  }

  LoadedScenario loaded;
  std::unique_ptr<SimulatedWorld> world;
  DrillRunner runner;
  Journal journal;
  std::uint64_t replication = 0;
};

void drill(benchmark::State& state, const std::string& name, bool judged) {
  Prepared prepared(name);
  prepared.replicate();
  double events = 0;
  for (auto _ : state) {
    prepared.replicate();
    events += static_cast<double>(prepared.world->events());
    if (judged) benchmark::DoNotOptimize(judge(prepared.journal));
  }
  state.counters["events"] = benchmark::Counter(events, benchmark::Counter::kAvgIterations);
}

[[maybe_unused]] const bool registered = [] {
  constexpr const char* names[] = {"node-failure",      "node-failure-corrected",
                                   "database-failover", "database-failover-corrected",
                                   "network-partition", "network-partition-corrected"};
  for (const char* name : names) {
    benchmark::RegisterBenchmark(("drill/" + std::string(name)).c_str(), [name](
                                                                             benchmark::State& s) {
      drill(s, name, false);
    })->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark(("judged/" + std::string(name)).c_str(), [name](
                                                                              benchmark::State& s) {
      drill(s, name, true);
    })->Unit(benchmark::kMicrosecond);
  }
  return true;
}();

}  // namespace
}  // namespace drdrill
