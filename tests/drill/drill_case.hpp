#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/drill/drill.hpp"
#include "tests/drill/journal_builder.hpp"
#include "tests/drill/scripted_world.hpp"

/// A scenario, the script of the world that it runs in, and the journal that comes of it.
namespace drdrill::test {

inline Sample fails(ProbeKind probe) {
  return {{}, probe, Answer::fails, 0};
}
inline Sample holds(ProbeKind probe) {
  return {{}, probe, Answer::holds, 1};
}
inline Sample unanswered(ProbeKind probe) {
  return {{}, probe, Answer::unanswered, 0};
}

struct DrillCase {
  Scenario scenario;
  Script script;
  DrillOptions options;
  Journal journal;

  static constexpr std::size_t steps_max = 32;

  DrillCase() {
    scenario.name = "case";
    scenario.steady_for = 60s;
    scenario.stable_for = 60s;
    scenario.horizon = 7200s;
    scenario.runbook.steps.reserve(steps_max);
  }

  void fault(const std::string& id, Duration after) {
    FaultSpec fault;
    fault.effect = {id, Primitive::crash, {Level::pod, "postgres-0", 1}};
    fault.catalog_id = "crash";
    fault.after = after;
    scenario.faults.push_back(fault);
    script.effects[id] = {};
  }
  void objective(ComponentId component, Duration rto) {
    scenario.objectives.push_back({component, rto, {}, {}});
  }
  /// Adds a step that runs `command`, which succeeds after a second unless the script says more.
  /// References stay good while there are no more than steps_max.
  Step& step(const std::string& id, const std::string& command,
             std::vector<std::uint32_t> needs = {}) {
    Step step;
    step.id = id;
    step.run = command;
    step.needs = std::move(needs);
    scenario.runbook.steps.push_back(step);
    script.actions.emplace(command, ScriptedAction{.takes = 1s, .output = {}, .touched = {}});
    return scenario.runbook.steps.back();
  }

  const Journal& run() {
    world_ = std::make_unique<ScriptedWorld>(script);
    run_drill(scenario, *world_, options, journal);
    return journal;
  }
  ScriptedWorld& world() { return *world_; }

  std::vector<Offset> stages() const { return times_of<StageBegan>(); }

  template <typename T>
  std::vector<Offset> times_of() const {
    std::vector<Offset> times;
    for (const JournalEntry& entry : journal.entries)
      if (std::holds_alternative<T>(entry.what)) times.push_back(entry.at);
    return times;
  }

  /// "fix at 61", "fix#2 at 70", "verify fix at 62"; in seconds.
  std::vector<std::string> beginnings() const {
    std::vector<std::string> all;
    for (const JournalEntry& entry : journal.entries)
      if (const auto* start = std::get_if<StepStarted>(&entry.what))
        all.push_back((start->verifying ? "verify " : "") + id_of(start->step) +
                      (start->attempt > 1 ? "#" + std::to_string(start->attempt) : "") + at(entry));
    return all;
  }
  /// "fix 0 at 61", "fix timed out at 70", "verify fix 1 at 62".
  std::vector<std::string> endings() const {
    std::vector<std::string> all;
    for (const JournalEntry& entry : journal.entries)
      if (const auto* end = std::get_if<StepEnded>(&entry.what))
        all.push_back((end->verifying ? "verify " : "") + id_of(end->step) + " " + how(*end) +
                      at(entry));
    return all;
  }

 private:
  std::string id_of(std::uint32_t step) const { return scenario.runbook.steps.at(step).id; }
  static std::string at(const JournalEntry& entry) {
    return " at " + std::to_string(entry.at / 1s);
  }
  static std::string how(const StepEnded& end) {
    switch (end.why) {
      case StepEnded::Why::timed_out:
        return "timed out";
      case StepEnded::Why::skipped:
        return "skipped";
      case StepEnded::Why::cut_off:
        return "cut off";
      case StepEnded::Why::ended:
        break;
    }
    return std::to_string(end.exit_status);
  }

  std::unique_ptr<ScriptedWorld> world_;
};

}  // namespace drdrill::test
