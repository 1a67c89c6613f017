#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/drill/world.hpp"

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

struct WorldContract {
  std::function<std::unique_ptr<World>()> make;
  Effect effect{};
  ProbeKind probe = ProbeKind::join;
  Duration patience{};
  std::string command{};
  std::string slow_command{};
  std::optional<Effect> impossible_effect{};
  /// A wait ends exactly at its deadline when nothing happens: true of worlds without a real clock.
  bool exact = true;
};

/// One world and what is asked of it again and again.
class ContractRun {
 public:
  explicit ContractRun(const WorldContract& contract)
      : contract_(contract), world_(contract.make()) {}

  World& world() { return *world_; }
  const WorldContract& contract() const { return contract_; }

  /// Waits, and holds the promises that belong to every wait.
  Wake wait(Offset deadline) {
    const Offset before = world_->now();
    const Wake wake = world_->wait_until(deadline);
    REQUIRE(world_->now() >= before);
    REQUIRE(world_->now() <= std::max(before, deadline));
    if (wake.why == Wake::Why::deadline && contract_.exact)
      REQUIRE(world_->now() == std::max(before, deadline));
    return wake;
  }

  /// Drains, and holds the promises that belong to every drain.
  SampleBuffer drain() {
    SampleBuffer buffer;
    world_->drain(buffer);
    for (const Sample& sample : buffer.samples) {
      REQUIRE(sample.at >= last_sample_);
      REQUIRE(sample.at <= world_->now());
      last_sample_ = sample.at;
    }
    for (const Note& note : buffer.notes) {
      REQUIRE(note.at >= last_note_);
      REQUIRE(note.at <= world_->now());
      REQUIRE(note.began <= note.at);
      last_note_ = note.at;
      if (note.subject != SubjectId::none) REQUIRE(!world_->subject_name(note.subject).empty());
    }
    return buffer;
  }

  void watch_all() {
    std::vector<Probe> probes;
    for (std::size_t i = 0; i < probe_table.size(); ++i)
      if (const Probe probe{static_cast<ProbeKind>(i)}; !world_->refusal(probe))
        probes.push_back(probe);
    world_->watch(probes);
    asked_ = probes.size();
  }
  std::size_t asked() const { return asked_; }

  ActionId begin(const std::string& command) {
    return world_->begin(
        {.kind = Action::Kind::command, .command = command, .actor = "automation"});
  }

  /// Waits for the action, however often something else wakes us. True when it ended in time.
  bool wait_for(ActionId action) {
    const Offset limit = world_->now() + contract_.patience;
    while (!world_->state(action).ended && world_->now() < limit) wait(limit);
    return world_->state(action).ended;
  }

  /// The first failing sample of the contract's probe, once the effect was made.
  std::optional<Sample> wait_for_failure() {
    const Offset limit = world_->now() + contract_.patience;
    while (world_->now() < limit) {
      wait(limit);
      for (const Sample& sample : drain().samples)
        if (sample.probe == contract_.probe && sample.answer == Answer::fails) return sample;
    }
    return std::nullopt;
  }

 private:
  const WorldContract& contract_;
  std::unique_ptr<World> world_;
  Offset last_sample_ = Offset::min();
  Offset last_note_ = Offset::min();
  std::size_t asked_ = 0;
};

inline void same_result(const ActionState& a, const ActionState& b) {
  REQUIRE(a.ended == b.ended);
  REQUIRE(a.exit_status == b.exit_status);
  REQUIRE(a.at == b.at);
  REQUIRE(a.output == b.output);
  REQUIRE(a.touched == b.touched);
  REQUIRE(a.changed_something == b.changed_something);
  REQUIRE(a.understood == b.understood);
}

inline void check_time(ContractRun& run) {
  World& world = run.world();
  SECTION("a world begins at zero") {
    REQUIRE(world.now() == Offset{});
  }
  SECTION("time never goes back and never passes the deadline") {
    run.watch_all();
    const Offset step = run.contract().patience / 7 + Duration(1);
    for (int i = 1; i <= 20; ++i) run.wait(step * i);
  }
  SECTION("a deadline in the past returns at once") {
    run.wait(std::chrono::seconds(10));
    const Offset before = world.now();
    REQUIRE(world.wait_until(before - std::chrono::seconds(5)).why == Wake::Why::deadline);
    if (run.contract().exact) REQUIRE(world.now() == before);
  }
}

inline void check_watching(ContractRun& run) {
  World& world = run.world();
  SECTION("the first samples come with the watch, one of each probe, dated now") {
    run.watch_all();
    const auto first = run.drain();
    REQUIRE(first.samples.size() == run.asked());
    std::array<int, probe_table.size()> seen{};
    for (const Sample& sample : first.samples) {
      if (run.contract().exact) REQUIRE(sample.at == world.now());
      REQUIRE(sample.answer == Answer::holds);
      REQUIRE(++seen[static_cast<std::size_t>(sample.probe)] == 1);
    }
  }
  SECTION("what was drained is not given again") {
    run.watch_all();
    run.drain();
    const auto again = run.drain();
    REQUIRE(again.samples.empty());
    REQUIRE(again.notes.empty());
  }
  SECTION("draining adds to what the buffer holds") {
    SampleBuffer buffer;
    buffer.samples.push_back({});
    run.watch_all();
    world.drain(buffer);
    REQUIRE(buffer.samples.size() == run.asked() + 1);
  }
  SECTION("a probe that is no longer watched is no longer answered") {
    run.watch_all();
    run.drain();
    world.watch({});
    world.inject(run.contract().effect);
    REQUIRE(!run.wait_for_failure());
  }
}

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

inline void check_questions(ContractRun& run) {
  World& world = run.world();
  SECTION("what is refused is refused before anything is done, and asking changes nothing") {
    const Inventory inventory = world.inventory();
    const Offset before = world.now();
    REQUIRE(!world.refusal(run.contract().effect));
    REQUIRE(!world.refusal(Action{
        .kind = Action::Kind::command, .command = run.contract().command, .actor = "automation"}));
    REQUIRE(!world.refusal(Probe{run.contract().probe}));
    if (run.contract().impossible_effect) {
      const auto refusal = world.refusal(*run.contract().impossible_effect);
      REQUIRE(refusal);
      REQUIRE(!refusal->reason.empty());
    }
    REQUIRE(world.inventory() == inventory);
    if (run.contract().exact) REQUIRE(world.now() == before);
  }
  SECTION("the inventory does not change by itself") {
    const Inventory inventory = world.inventory();
    REQUIRE(world.inventory() == inventory);
    run.wait(run.contract().patience);
    REQUIRE(world.inventory() == inventory);
  }
  SECTION("dependents are a closure that holds the set itself") {
    REQUIRE(world.dependents({}).empty());
    for (std::size_t i = 0; i < component_count; ++i) {
      ComponentSet one;
      one.add(static_cast<ComponentId>(i));
      const ComponentSet all = world.dependents(one);
      REQUIRE((all | one) == all);
      REQUIRE(world.dependents(all) == all);
    }
  }
  SECTION("ledger and impact are possible") {
    world.inject(run.contract().effect);
    run.wait(run.contract().patience);
    for (const LedgerStream& stream : world.ledger().streams) {
      Offset last = Offset::min();
      for (const LedgerRun& record : stream.runs) {
        REQUIRE(record.count > 0);
        REQUIRE(record.first >= last);
        REQUIRE(record.last >= record.first);
        REQUIRE(record.last <= world.now());
        last = record.first;
      }
    }
    const UserImpact impact = world.user_impact();
    REQUIRE(impact.affected_30s >= 0);
    REQUIRE(impact.participant_minutes_lost >= 0);
    REQUIRE(impact.curve.size() <= 200);
  }
}

inline void check_repeatable(ContractRun& run) {
  SECTION("the same calls give the same world") {
    ContractRun other(run.contract());
    for (ContractRun* each : {&run, &other}) {
      each->watch_all();
      each->wait(std::chrono::seconds(1));
      each->world().inject(run.contract().effect);
      each->begin(run.contract().command);
      while (each->world().now() < run.contract().patience) each->wait(run.contract().patience);
    }
    if (run.world().fingerprint() == 0) return;  // a world with a clock of its own
    REQUIRE(run.world().fingerprint() == other.world().fingerprint());
    const auto a = run.drain();
    const auto b = other.drain();
    REQUIRE(a.samples.size() == b.samples.size());
    for (std::size_t i = 0; i < a.samples.size(); ++i) {
      REQUIRE(a.samples[i].at == b.samples[i].at);
      REQUIRE(a.samples[i].answer == b.samples[i].answer);
    }
  }
}

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
