#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "sim/base/problem.hpp"
#include "sim/drill/journal.hpp"

/// One run of a scenario in a world.
namespace drdrill {

/// What a world cannot do of what the scenario asks; empty when the drill can start. Objectives
/// that the world only has no eyes for are no hindrance: they are not evaluated. Nothing is
/// changed.
Problems preflight(const Scenario& scenario, const World& world);

struct DrillOptions {
  std::uint64_t seed = 1;
  std::uint64_t replication = 0;
  const std::atomic<bool>* interrupted = nullptr;  ///< set from outside: abort and undo everything
};

/// Runs the drill to its end: steady state, faults and runbook, watch, undo. Synchronous; pulls the
/// world's time forward. Preflight must have found nothing. `journal` is overwritten, its capacity
/// kept.
void run_drill(const Scenario& scenario, World& world, const DrillOptions& options,
               Journal& journal);

struct DrillMemory;

/// The same for many runs in a row: keeps its working memory from one run to the next.
class DrillRunner {
 public:
  DrillRunner();
  ~DrillRunner();
  DrillRunner(DrillRunner&&) noexcept;
  DrillRunner& operator=(DrillRunner&&) noexcept;

  void run(const Scenario& scenario, World& world, const DrillOptions& options, Journal& journal);

 private:
  std::unique_ptr<DrillMemory> memory_;
};

/// The version of drdrill, as journals bear it.
std::string_view drdrill_version();

}  // namespace drdrill
