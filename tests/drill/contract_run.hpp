#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/drill/world.hpp"

/// What a world is held to and how it is asked, for all parts of the contract of World. Start from
/// tests/drill/world_contract.hpp.
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

}  // namespace drdrill::test
