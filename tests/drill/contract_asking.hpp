#pragma once

#include "tests/drill/contract_run.hpp"

/// The contract of World, part three: what a world says of itself, and that it says it again.
namespace drdrill::test {

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
  SECTION("every item of the checklists has an answer, with its evidence, and asking is harmless") {
    const Inventory inventory = world.inventory();
    const Offset before = world.now();
    for (std::size_t i = 0; i < checklist_table.size(); ++i) {
      const auto item = static_cast<ChecklistItem>(i);
      INFO(checklist_table[i].id);
      const ChecklistAnswer answer = world.answer(item);
      REQUIRE(!answer.detail.empty());
      if (checklist_table[i].by != ChecklistRow::By::world)
        REQUIRE(answer.outcome == ChecklistAnswer::Outcome::not_evaluated);
      REQUIRE(world.answer(item).outcome == answer.outcome);
      if (run.contract().exact) REQUIRE(world.answer(item).detail == answer.detail);
    }
    REQUIRE(world.inventory() == inventory);
    if (run.contract().exact) REQUIRE(world.now() == before);
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

}  // namespace drdrill::test
