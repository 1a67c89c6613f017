#pragma once

#include <algorithm>
#include <string>

#include "tests/drill/contract_run.hpp"

/// The contract of World, part two: what is done to a world.
namespace drdrill::test {

inline void check_effects(ContractRun& run) {
  World& world = run.world();
  run.watch_all();
  run.drain();
  SECTION("an effect takes effect, shows, and says since when and on what") {
    const Offset asked = world.now();
    const EffectId id = world.inject(run.contract().effect);
    REQUIRE((world.now() == asked || !run.contract().exact));
    const auto failure = run.wait_for_failure();
    REQUIRE(failure);
    const EffectState state = world.state(id);
    REQUIRE(state.took_effect);
    REQUIRE(state.since >= asked);
    REQUIRE(state.since <= failure->at);
    REQUIRE(!state.touched.empty());
    REQUIRE(!state.undone);
  }
  SECTION("a change of a watched probe ends the wait") {
    world.inject(run.contract().effect);
    const Offset limit = world.now() + run.contract().patience;
    while (run.wait(limit).why != Wake::Why::probe_changed) REQUIRE(world.now() < limit);
    REQUIRE(!run.drain().samples.empty());
  }
  SECTION("recovering undoes, and recovering twice is no different from once") {
    const EffectId id = world.inject(run.contract().effect);
    run.wait_for_failure();
    world.recover(id);
    const Offset limit = world.now() + run.contract().patience;
    while (!world.state(id).undone && world.now() < limit)
      run.wait(std::min(limit, world.now() + std::chrono::seconds(1)));
    REQUIRE(world.state(id).undone);
    const EffectState once = world.state(id);
    const Inventory inventory = world.inventory();
    world.recover(id);
    REQUIRE(world.state(id).undone);
    REQUIRE(world.state(id).took_effect == once.took_effect);
    REQUIRE(world.state(id).since == once.since);
    REQUIRE(world.inventory() == inventory);
  }
  SECTION("an effect that is undone before anybody looks is undone all the same") {
    const EffectId id = world.inject(run.contract().effect);
    world.recover(id);
    run.wait(world.now() + run.contract().patience);
    REQUIRE(world.state(id).undone);
  }
}

inline void same_result(const ActionState& a, const ActionState& b) {
  REQUIRE(a.ended == b.ended);
  REQUIRE(a.exit_status == b.exit_status);
  REQUIRE(a.at == b.at);
  REQUIRE(a.output == b.output);
  REQUIRE(a.touched == b.touched);
  REQUIRE(a.changed_something == b.changed_something);
  REQUIRE(a.understood == b.understood);
}

inline void check_actions(ContractRun& run) {
  World& world = run.world();
  SECTION("beginning does not block, and the end comes with its own time") {
    const Offset began = world.now();
    const ActionId id = run.begin(run.contract().command);
    if (run.contract().exact) REQUIRE(world.now() == began);
    REQUIRE(run.wait_for(id));
    const ActionState state = world.state(id);
    REQUIRE(state.exit_status == 0);
    REQUIRE(state.at >= began);
    REQUIRE(state.at <= world.now());
    if (run.contract().exact) REQUIRE(state.at == world.now());
  }
  SECTION("an action that has ended stays ended, with the same result") {
    const ActionId id = run.begin(run.contract().command);
    REQUIRE(run.wait_for(id));
    ActionState before = world.state(id);
    const std::string output(before.output);
    run.wait(world.now() + run.contract().patience);
    ActionState after = world.state(id);
    REQUIRE(after.output == output);
    after.output = before.output = output;
    same_result(before, after);
    world.cancel(id);
    REQUIRE(world.state(id).ended);
    REQUIRE(world.state(id).exit_status == before.exit_status);
  }
  SECTION("actions run side by side") {
    const ActionId slow = run.begin(run.contract().slow_command);
    const ActionId quick = run.begin(run.contract().command);
    REQUIRE(slow != quick);
    REQUIRE(run.wait_for(quick));
    REQUIRE(!world.state(slow).ended);
    REQUIRE(run.wait_for(slow));
    REQUIRE(world.state(slow).at > world.state(quick).at);
  }
  SECTION("a cancelled action does not wake anybody") {
    const ActionId id = run.begin(run.contract().slow_command);
    world.cancel(id);
    const Offset limit = world.now() + run.contract().patience;
    while (world.now() < limit) REQUIRE(run.wait(limit).why != Wake::Why::action_ended);
  }
}

}  // namespace drdrill::test
