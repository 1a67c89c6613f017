#pragma once

#include <array>

#include "tests/drill/contract_run.hpp"

/// The contract of World, part one: time, and what is seen while it passes.
namespace drdrill::test {

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

}  // namespace drdrill::test
