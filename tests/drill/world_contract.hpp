#pragma once

#include "tests/drill/contract_acting.hpp"
#include "tests/drill/contract_asking.hpp"
#include "tests/drill/contract_run.hpp"
#include "tests/drill/contract_watching.hpp"

/// What every World promises, as checks. To hold another world to it, describe it and call
/// check_world_contract() from a TEST_CASE of your own:
///
///   TEST_CASE("the simulated world keeps the contract of World") {
///     drdrill::test::WorldContract contract;
///     contract.make = [] { return std::make_unique<SimulatedWorld>(…); };
///     contract.effect = {"node-dies", Primitive::crash, {Level::node, "sfu-1"}};
///     contract.probe = ProbeKind::media;                // what the effect makes fail …
///     contract.patience = 5min;                         // … within this
///     contract.command = "kubectl get pods -n gomeet";  // succeeds, takes some time
///     contract.slow_command = "sleep 60";               // takes longer than `command`
///     contract.impossible_effect = …;                   // is refused
///     drdrill::test::check_world_contract(contract);
///   }
///
/// Each world that `make` gives stands at its start and is in its steady state. Worlds that
/// SimulatedWorld::reset() prepared again can be given out by `make` too (behind a
/// ForwardingWorld).
namespace drdrill::test {

/// Call it from a TEST_CASE: each promise is a section of its own, with a fresh world.
inline void check_world_contract(const WorldContract& contract) {
  ContractRun run(contract);
  check_time(run);
  check_watching(run);
  SECTION("effects") {
    check_effects(run);
  }
  check_actions(run);
  check_questions(run);
  check_repeatable(run);
}

}  // namespace drdrill::test
