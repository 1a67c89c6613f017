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
  explicit Prepared(const std::string& path) {
    std::vector<KnownParameter> known;
    for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
    loaded = load_scenario(path, {}, known);
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

void drill(benchmark::State& state, const std::string& path, bool judged) {
  Prepared prepared(path);
  prepared.replicate();
  double events = 0;
  for (auto _ : state) {
    prepared.replicate();
    events += static_cast<double>(prepared.world->events());
    if (judged) benchmark::DoNotOptimize(judge(prepared.journal));
  }
  state.counters["events"] = benchmark::Counter(events, benchmark::Counter::kAvgIterations);
}

void add(const std::string& name, const std::string& path) {
  for (const bool judged : {false, true})
    benchmark::RegisterBenchmark(((judged ? "judged/" : "drill/") + name).c_str(),
                                 [=](benchmark::State& state) { drill(state, path, judged); })
        ->Unit(benchmark::kMicrosecond);
}

[[maybe_unused]] const bool registered = [] {
  for (const std::string name :
       {"node-failure", "node-failure-corrected", "database-failover",
        "database-failover-corrected", "network-partition", "network-partition-corrected"})
    add(name, "scenarios/" + name + ".json");
  add("sfu-node-lost", "tests/benchmark/peers/sfu-node-lost.json");
  return true;
}();

}  // namespace
}  // namespace drdrill
