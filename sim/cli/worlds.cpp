#include "sim/cli/worlds.hpp"

#include <array>

#include "models/parameters.hpp"
#include "models/simulated_world.hpp"
#include "sim/base/problem.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/options.hpp"
#include "sim/drill/drill.hpp"
#include "sim/live/lab_world.hpp"
#include "sim/live/place.hpp"
#include "sim/live/pod_program.hpp"

namespace drdrill::cli {
namespace {

/// For the lab to come up, for ledgers to be read back, and for a machine that is busy.
constexpr std::chrono::minutes lab_margin{5};

std::unique_ptr<World> open_simulated(const LoadedScenario& loaded, const WorldOptions& given) {
  auto world = std::make_unique<SimulatedWorld>(loaded.platform, loaded.scenario.start);
  world->reset(given.seed, given.replication);
  return world;
}

std::unique_ptr<World> open_lab(const LoadedScenario& loaded, const WorldOptions& given) {
  live::LabOptions options;
  options.people = given.people;
  options.interrupted = given.interrupted;
  options.separate = live::can_separate();
  for (const FaultSpec& fault : loaded.scenario.faults)
    if (fault.effect.primitive == Primitive::fill)
      options.bounded_volumes.push_back(fault.effect.target.name);
  const Duration most = loaded.scenario.steady_for + loaded.scenario.horizon +
                        4 * loaded.scenario.stable_for + lab_margin;
  options.deadline = std::chrono::duration_cast<std::chrono::seconds>(most);
  try {
    return std::make_unique<live::LabWorld>(loaded.platform, options);
  } catch (...) {
    throw why_not_opened();
  }
}

std::vector<std::string> close_lab(World& world, std::string& words) {
  auto& lab = static_cast<live::LabWorld&>(world);
  std::vector<std::string> left = lab.close();
  words = lab.audit_words();
  if (!left.empty()) left.emplace_back("`drdrill recover` tries again");
  return left;
}

constexpr std::array<WorldRow, 2> table{{
    {"simulated", false, open_simulated},
    {"lab", true, open_lab, close_lab},
}};

}  // namespace

NotOpened why_not_opened() {
  try {
    throw;
  } catch (const live::NotOurs&) {
    throw;
  } catch (const live::GaveUp&) {
    return {exit_aborted, "interrupted; the lab is taken down again"};
  } catch (const std::runtime_error& error) {
    return {exit_unreachable,
            std::string("the lab does not come up, and is taken down again: ") + error.what()};
  }
}

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
