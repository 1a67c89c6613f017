#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/loader.hpp"
#include "sim/drill/world.hpp"
#include "sim/live/people.hpp"

/// The worlds that a scenario can run in.
namespace drdrill::cli {

struct WorldOptions {
  std::uint64_t seed = 1;
  std::uint64_t replication = 0;
  live::People people{};                           ///< a live world's
  const std::atomic<bool>* interrupted = nullptr;  ///< a live world's: when it is to stop
};

/// A live world did not come up, and what there was of it is gone again. Thrown by `open`.
struct NotOpened {
  int exit_code = 0;
  std::string why;
};

/// In a catch clause around what brings a lab up: what to say, and the exit code. What is a bug, or
/// a folder that is not ours, goes on.
NotOpened why_not_opened();

struct WorldRow {
  std::string_view name;
  /// Real processes: opened just before the drill, gone right after it, and a signal is an abort.
  bool live = false;
  /// A world at the start of the drill, in the given replication. `loaded` must outlive it.
  std::unique_ptr<World> (*open)(const LoadedScenario& loaded, const WorldOptions& options);
  /// Takes a live world down; what is left of it on this machine, as sentences. `words`: what was
  /// compared to know that.
  std::vector<std::string> (*close)(World& world, std::string& words) = nullptr;
};

std::span<const WorldRow> worlds();
/// Throws UsageError, with the nearest name, when there is none.
const WorldRow& find_world(const std::string& name);

/// The ids of the parameters whose value mattered to a run of the scenario in simulation, from the
/// first to the last instant of the drill.
std::vector<std::string> exercised_by(const LoadedScenario& loaded);

/// The models' table of parameters, as loaders take it.
std::vector<KnownParameter> parameters_of_models();

}  // namespace drdrill::cli
