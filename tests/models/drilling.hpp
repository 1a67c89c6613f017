#pragma once

#include <string>
#include <vector>

#include "models/parameters.hpp"
#include "models/simulated_world.hpp"
#include "scenarios/loader.hpp"
#include "sim/drill/drill.hpp"
#include "sim/drill/verdict.hpp"

/// Runs shipped scenarios, changed by settings, in simulation.
namespace drdrill::test {

inline std::vector<KnownParameter> parameters_of_models() {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  return known;
}

inline LoadedScenario load(const std::string& name, const std::vector<Setting>& settings = {}) {
  try {
    return load_scenario("scenarios/" + name + ".json", settings, parameters_of_models());
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems().all()) UNSCOPED_INFO(to_string(problem));
    FAIL("the scenario does not load");
    throw;
  }
}

/// Runs a command in the world and returns its state.
inline ActionState run(World& world, std::string_view command) {
  Action action;
  action.command = command;
  const ActionId id = world.begin(action);
  const Offset limit = world.now() + std::chrono::hours(1);
  while (!world.state(id).ended && world.now() < limit) world.wait_until(limit);
  return world.state(id);
}

inline void pass_until(World& world, Offset time) {
  while (world.now() < time) world.wait_until(time);
}

inline std::int64_t figure(const World& world, std::string_view name) {
  for (const InventoryItem& item : world.inventory())
    if (item.name == name) return item.value;
  FAIL("no figure " << name);
  return 0;
}

/// Sets a variable in the environment of a workload's pods; empty: takes it away.
inline void set_environment(LoadedScenario& loaded, const std::string& workload,
                            const std::string& name, const std::string& value) {
  for (kube::Workload& each : loaded.platform.clusters.front().initial.workloads) {
    if (each.meta.name != workload) continue;
    each.revisions.back().pod_template.edit([&](kube::PodTemplate& pod) {
      auto& variables = pod.containers.front().env;
      std::erase_if(variables, [&](const kube::EnvVar& known) { return known.name == name; });
      if (!value.empty()) variables.push_back({name, value, ""});
    });
  }
}

/// What a probe reads now.
inline double reading(World& world, ProbeKind kind) {
  const std::vector<Probe> probes{{kind}};
  SampleBuffer buffer;
  world.drain(buffer);
  buffer.samples.clear();
  world.watch(probes);
  world.drain(buffer);
  REQUIRE_FALSE(buffer.samples.empty());
  return buffer.samples.back().value;
}

/// Acknowledged writes of a component that are lost, all databases or slots together.
inline std::uint64_t lost_writes(const World& world, ComponentId component) {
  std::uint64_t lost = 0;
  for (const LedgerStream& stream : world.ledger().streams)
    if (stream.component == component)
      for (const LedgerRun& stretch : stream.runs)
        if (stretch.fate == Fate::lost) lost += stretch.count;
  return lost;
}

struct Drilled {
  LoadedScenario loaded;
  Journal journal;
  Judgement judgement;

  const ObjectiveResult& of(ComponentId component) const {
    for (const ObjectiveResult& objective : judgement.objectives)
      if (objective.component == component) return objective;
    FAIL("no such objective");
    return judgement.objectives.front();
  }
  bool has_finding(std::string_view rule) const {
    for (const Finding& finding : judgement.findings)
      if (finding.rule == rule) return true;
    return false;
  }
};

inline Drilled drill(LoadedScenario loaded, std::uint64_t seed = 1, std::uint64_t replication = 0) {
  Drilled drilled{std::move(loaded), {}, {}};
  SimulatedWorld world(drilled.loaded.platform, drilled.loaded.scenario.start);
  world.reset(seed, replication);
  DrillOptions options;
  options.seed = seed;
  options.replication = replication;
  run_drill(drilled.loaded.scenario, world, options, drilled.journal);
  drilled.judgement = judge(drilled.journal);
  return drilled;
}

inline Drilled drill(const std::string& name, const std::vector<Setting>& settings = {},
                     std::uint64_t seed = 1, std::uint64_t replication = 0) {
  return drill(load(name, settings), seed, replication);
}

}  // namespace drdrill::test
