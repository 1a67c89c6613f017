#include "sim/cli/worlds.hpp"

#include <array>

#include "models/parameters.hpp"
#include "models/simulated_world.hpp"
#include "sim/base/problem.hpp"
#include "sim/cli/options.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::cli {
namespace {

std::unique_ptr<World> open_simulated(const LoadedScenario& loaded, std::uint64_t seed,
                                      std::uint64_t replication) {
  auto world = std::make_unique<SimulatedWorld>(loaded.platform, loaded.scenario.start);
  world->reset(seed, replication);
  return world;
}

constexpr std::array<WorldRow, 1> table{{{"simulated", open_simulated}}};

}  // namespace

std::span<const WorldRow> worlds() {
  return table;
}

const WorldRow& find_world(const std::string& name) {
  std::vector<std::string_view> names;
  for (const WorldRow& row : worlds()) {
    if (row.name == name) return row;
    names.push_back(row.name);
  }
  throw UsageError("there is no world \"" + name + "\"" + suggestion(name, names));
}

std::vector<std::string> exercised_by(const LoadedScenario& loaded) {
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  world.reset(1, 0);
  Journal journal;
  run_drill(loaded.scenario, world, {}, journal);
  std::vector<std::string> ids;
  const ParameterTable& parameters = loaded.platform.parameters;
  for (const Parameter& parameter : parameters.all())
    if (world.exercised(parameters.find(parameter.id))) ids.push_back(parameter.id);
  return ids;
}

std::vector<KnownParameter> parameters_of_models() {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  return known;
}

}  // namespace drdrill::cli
