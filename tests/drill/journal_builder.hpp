#pragma once

#include <chrono>
#include <set>
#include <string>
#include <utility>

#include "sim/drill/journal.hpp"

/// Writes journals by hand, in seconds, for tests of checkers.
namespace drdrill::test {

using namespace std::chrono_literals;

inline Offset at_s(double seconds) {
  return from_seconds(seconds);
}
inline ComponentSet set_of(std::initializer_list<ComponentId> components) {
  ComponentSet set;
  for (ComponentId c : components) set.add(c);
  return set;
}

/// A drill that began at 60 s; call fault(), answers and so on in order of time, then end().
class JournalBuilder {
 public:
  Journal journal;

  explicit JournalBuilder(const std::vector<ComponentId>& exercised = {ComponentId::postgres}) {
    journal.scenario.stable_for = 60s;
    journal.scenario.horizon = 7200s;
    for (ComponentId c : exercised) journal.exercised.add(c);
    for (std::size_t i = 0; i < component_count; ++i)
      journal.dependents[i].add(static_cast<ComponentId>(i));
    put(0, StageBegan{StageBegan::Stage::steady});
    for (std::size_t i = 0; i < probe_table.size(); ++i)
      sample(0, static_cast<ProbeKind>(i), Answer::holds);
    put(60, StageBegan{StageBegan::Stage::drill});
  }

  JournalBuilder& objective(ComponentId component, std::optional<Duration> rto,
                            std::optional<Duration> rpo = {}) {
    journal.scenario.objectives.push_back({component, rto, rpo, {}});
    return *this;
  }
  JournalBuilder& depends(ComponentId from, ComponentId on) {
    journal.dependents[index_of(on)].add(from);
    return *this;
  }
  /// A fault that is made and takes effect at once.
  JournalBuilder& fault(double seconds, bool takes = true,
                        ComponentSet touched = set_of({ComponentId::postgres})) {
    const auto number = static_cast<std::uint32_t>(journal.scenario.faults.size());
    FaultSpec spec;
    spec.effect = {"f" + std::to_string(number), Primitive::crash, {Level::pod, "postgres-0", 1}};
    spec.catalog_id = "crash";
    journal.scenario.faults.push_back(spec);
    put(seconds, FaultInjected{number});
    if (takes) put(seconds, FaultTook{number, touched});
    return *this;
  }
  JournalBuilder& undone(double seconds, std::uint32_t fault = 0) {
    undone_.insert(fault);
    return put(seconds, FaultUndone{fault});
  }
  JournalBuilder& sample(double seconds, ProbeKind probe, Answer answer) {
    return put(seconds, Sample{at_s(seconds), probe, answer, answer == Answer::holds ? 1.0 : 0.0});
  }
  JournalBuilder& fails(double seconds, ProbeKind probe = ProbeKind::postgres_write) {
    return sample(seconds, probe, Answer::fails);
  }
  JournalBuilder& holds(double seconds, ProbeKind probe = ProbeKind::postgres_write) {
    return sample(seconds, probe, Answer::holds);
  }
  JournalBuilder& unanswered(double seconds, ProbeKind probe = ProbeKind::postgres_write) {
    return sample(seconds, probe, Answer::unanswered);
  }
  JournalBuilder& note(double began, double at, NoteKind kind,
                       ComponentId component = ComponentId::postgres, std::uint32_t subject = 0,
                       ParameterId parameter = ParameterId::none) {
    if (journal.subjects.size() <= subject) journal.subjects.resize(subject + 1);
    journal.subjects[subject] = "thing-" + std::to_string(subject);
    return put(at, Note{at_s(began), at_s(began), kind, component, SubjectId{subject}, parameter});
  }
  /// Adds a step to the runbook; its number.
  std::uint32_t step(std::string id, Phase phase = Phase::recover) {
    Step step;
    step.id = std::move(id);
    step.phase = phase;
    step.place = {"runbook.json", static_cast<int>(10 + journal.scenario.runbook.steps.size())};
    journal.scenario.runbook.steps.push_back(step);
    return static_cast<std::uint32_t>(journal.scenario.runbook.steps.size() - 1);
  }
  JournalBuilder& starts(double seconds, std::uint32_t step, int attempt = 1) {
    return put(seconds, StepStarted{step, attempt, false});
  }
  /// `touched` empty: it changed nothing.
  JournalBuilder& ends(double seconds, std::uint32_t step, ComponentSet touched = {},
                       int exit_status = 0, std::string output = "") {
    StepEnded end;
    end.step = step;
    end.exit_status = exit_status;
    end.touched = touched;
    end.changed_something = !touched.empty();
    end.said = std::make_shared<const StepTold>(StepTold{std::move(output), {}, {}});
    return put(seconds, end);
  }
  /// Of the time of the step that ended last.
  JournalBuilder& spent(ParameterId parameter, Duration time) {
    auto& end = std::get<StepEnded>(journal.entries.back().what);
    StepTold told = end.told();
    std::size_t used = 0;
    while (told.spent.at(used).parameter != ParameterId::none) ++used;
    told.spent.at(used) = {parameter, time};
    end.said = std::make_shared<const StepTold>(std::move(told));
    return *this;
  }
  JournalBuilder& undo(double seconds) { return put(seconds, StageBegan{StageBegan::Stage::undo}); }
  JournalBuilder& finished(double seconds) {
    return put(seconds, StageBegan{StageBegan::Stage::finished});
  }
  /// All faults undone at `seconds` that were not before; nothing after it.
  JournalBuilder& end(double seconds) {
    undo(seconds);
    for (std::uint32_t i = 0; i < journal.scenario.faults.size(); ++i)
      if (undone_.count(i) == 0) undone(seconds, i);
    return finished(seconds);
  }
  JournalBuilder& put(double seconds, Happening what) {
    if (auto* note = std::get_if<Note>(&what)) note->at = at_s(seconds);
    journal.entries.push_back({at_s(seconds), std::move(what)});
    return *this;
  }
  JournalBuilder& inventory(const std::string& name, std::int64_t before, std::int64_t after,
                            InventoryItem::Better better, bool tool_made = false) {
    journal.inventory_before.push_back({ComponentId::postgres, name, before, better, tool_made});
    journal.inventory_after.push_back({ComponentId::postgres, name, after, better, tool_made});
    return *this;
  }
  JournalBuilder& stream(std::string name, std::vector<LedgerRun> runs,
                         ComponentId component = ComponentId::postgres) {
    journal.ledger.streams.push_back({component, std::move(name), std::move(runs)});
    return *this;
  }
  JournalBuilder& parameter(std::uint16_t number, Provenance provenance) {
    UsedParameter used;
    used.number = ParameterId{number};
    used.id = "p" + std::to_string(number);
    used.provenance = provenance;
    journal.parameters.push_back(used);
    return *this;
  }

 private:
  std::set<std::uint32_t> undone_;
};

/// Acknowledged from `first` to `last` seconds.
inline LedgerRun records(double first, double last, std::uint64_t count, Fate fate) {
  return {at_s(first), at_s(last), count, fate};
}

}  // namespace drdrill::test
