#include "sim/drill/drill.hpp"

#include <algorithm>
#include <vector>

#include "sim/base/ensure.hpp"
#include "sim/drill/checkers.hpp"
#include "sim/drill/fault_schedule.hpp"
#include "sim/drill/journal_writer.hpp"
#include "sim/drill/probe_watch.hpp"
#include "sim/drill/runbook_machine.hpp"

namespace drdrill {

struct DrillMemory {
  std::vector<Probe> probes;
  SampleBuffer buffer;
  ProbeWatch watch;
  FaultSchedule faults;
  RunbookMachine runbook;
};

namespace {

using Stage = StageBegan::Stage;

/// How often a world is asked whether a fault that it is undoing is gone.
constexpr Duration undo_poll = std::chrono::seconds(1);
/// How long what there was before has to come back, where probes hold sooner: a server of Redis or
/// PostgreSQL that returns serves nobody until it has been copied to, and no probe asks it.
constexpr Duration least_return = std::chrono::seconds(20);

/// One run. Each stage is the same beat: learn what happened, do what is due, let time pass until
/// the next thing can be due.
class Drill {
 public:
  Drill(const Scenario& scenario, World& world, const DrillOptions& options, Journal& journal,
        DrillMemory& memory)
      : scenario_(scenario),
        world_(world),
        options_(options),
        journal_(journal),
        writer_(journal, scenario),
        probes_(memory.probes),
        buffer_(memory.buffer),
        watch_(memory.watch),
        faults_(memory.faults),
        runbook_(memory.runbook) {}

  void run() {
    begin();
    const bool steady = watch_steady_state();
    if (steady) drill();
    journal_.checklist = fill_in_checklist(journal_, world_, steady);
    undo(steady);
    finish(steady);
  }

 private:
  void begin();
  bool is_needed(ProbeKind probe) const;
  bool watch_steady_state();
  void drill();
  void act();
  bool must_abort();
  void abort(Aborted why);
  bool has_settled() const;
  Offset next_due() const;
  void undo(bool drilled);
  void await_return();
  void finish(bool drilled);

  void enter(Stage stage) { writer_.put(world_.now(), StageBegan{stage}); }
  bool interrupted() const {
    return must_stop_ ||
           (options_.interrupted && options_.interrupted->load(std::memory_order_relaxed));
  }
  /// When everything will have held, untouched, for `stable_for`; never if something does not hold.
  Offset quiet_at() const {
    if (!watch_.all_hold()) return never;
    return std::max({watch_.last_change(), faults_.last_change(), runbook_.last_change()}) +
           scenario_.stable_for;
  }

  /// Ends of actions go before samples of the same instant: they are what the probes then show.
  void learn() {
    faults_.collect();
    runbook_.collect();
    buffer_.clear();
    world_.drain(buffer_);
    writer_.put_samples(buffer_);
    for (const Sample& sample : buffer_.samples) watch_.take(sample);
  }
  void sleep_until(Offset deadline) {
    ENSURE(deadline > world_.now(), "at " + format_duration(world_.now()));
    const Wake wake = world_.wait_until(deadline);
    if (wake.why == Wake::Why::must_stop) {
      must_stop_ = true;
      why_.world = wake.words;
    }
    learn();
  }

  const Scenario& scenario_;
  World& world_;
  const DrillOptions& options_;
  Journal& journal_;
  JournalWriter writer_;
  std::vector<Probe>& probes_;
  SampleBuffer& buffer_;
  ProbeWatch& watch_;
  FaultSchedule& faults_;
  RunbookMachine& runbook_;
  Offset drill_began_{};
  bool aborted_ = false;
  bool must_stop_ = false;
  Aborted why_;  // as far as the world said
};

void Drill::begin() {
  journal_.world = world_.name();
  journal_.seed = options_.seed;
  journal_.replication = options_.replication;
  for (std::size_t i = 0; i < component_count; ++i) {
    ComponentSet one;
    one.add(static_cast<ComponentId>(i));
    journal_.dependents[i] = world_.dependents(one);
  }
  probes_.clear();
  for (std::size_t i = 0; i < probe_table.size(); ++i) {
    const Probe probe{static_cast<ProbeKind>(i)};
    const std::optional<Refusal> refusal = world_.refusal(probe);
    if (!refusal) probes_.push_back(probe);
    if (refusal && is_needed(probe.kind)) journal_.unasked.push_back({probe.kind, refusal->reason});
  }
  watch_.start(probes_);
  faults_.start(scenario_.faults, world_, writer_);
  runbook_.start(scenario_.runbook, world_, writer_);
  // Looking takes a live world a while, which is not to lie between the steady state and the fault.
  journal_.inventory_before = world_.inventory();
  enter(Stage::steady);
  world_.watch(probes_);
  learn();
}

bool Drill::is_needed(ProbeKind probe) const {
  return std::any_of(
      scenario_.objectives.begin(), scenario_.objectives.end(),
      [&](const Objective& objective) { return steady_probe_of(objective.component) == probe; });
}

/// True when every probe held from the beginning for `steady_for`.
bool Drill::watch_steady_state() {
  const Offset until = world_.now() + scenario_.steady_for;
  while (watch_.all_hold()) {
    if (interrupted()) {
      abort(why_);
      return false;
    }
    if (world_.now() >= until) return true;
    sleep_until(until);
  }
  return false;
}

void Drill::drill() {
  enter(Stage::drill);
  drill_began_ = world_.now();
  faults_.set_going(drill_began_);
  const Offset horizon = std::max(scenario_.horizon, drill_began_);
  while (true) {
    if (!interrupted()) act();
    if (must_abort() || world_.now() >= horizon || has_settled()) break;
    sleep_until(std::min(horizon, next_due()));
  }
  runbook_.cut_off(world_.now());
  journal_.inventory_recovered = world_.inventory();
}

void Drill::act() {
  bool changed = true;
  while (changed && !runbook_.aborting_step()) {
    changed = faults_.advance(world_.now());
    changed |= faults_.collect();
    changed |= runbook_.collect();
    changed |= runbook_.advance(watch_, faults_.all_made(), world_.now());
  }
}

bool Drill::must_abort() {
  if (interrupted()) {
    abort(why_);
  } else if (auto step = runbook_.aborting_step()) {
    abort({.condition = Aborted::none, .step = *step, .world = {}});
  } else {
    for (std::uint32_t i = 0; i < scenario_.aborts.size() && !aborted_; ++i) {
      const AbortCondition& condition = scenario_.aborts[i];
      const auto since = watch_.failing_since(condition.probe);
      if (since && world_.now() >= std::max(*since, drill_began_) + condition.failing_for)
        abort({.condition = i, .step = Aborted::none, .world = {}});
    }
  }
  return aborted_;
}

void Drill::abort(Aborted why) {
  aborted_ = true;
  writer_.put(world_.now(), std::move(why));
}

bool Drill::has_settled() const {
  return faults_.all_made() && runbook_.all_over() && world_.now() >= quiet_at();
}

Offset Drill::next_due() const {
  Offset next = std::min(faults_.next_due(), runbook_.next_deadline());
  for (const AbortCondition& condition : scenario_.aborts)
    if (const auto since = watch_.failing_since(condition.probe))
      next = std::min(next, std::max(*since, drill_began_) + condition.failing_for);
  if (faults_.all_made() && runbook_.all_over()) next = std::min(next, quiet_at());
  return next;
}

/// Everything that was made is undone, whatever happened. Then the undo has time to show: until all
/// probes have held for `stable_for`, or at most twice as long past the horizon (past an abort),
/// and where that is short, until nothing is worse than before or `least_return` is over.
void Drill::undo(bool drilled) {
  enter(Stage::undo);
  const Offset began = world_.now();
  const bool anything = faults_.undo_all(began);
  learn();
  if (!drilled) return;
  Offset at_most = began + scenario_.stable_for;
  if (anything)
    at_most = (aborted_ ? began : std::max(scenario_.horizon, began)) + 2 * scenario_.stable_for;
  while (world_.now() < at_most) {
    const bool gone = faults_.all_undone();
    if (gone && world_.now() >= quiet_at()) break;
    const Offset next = gone ? quiet_at() : world_.now() + undo_poll;
    sleep_until(std::min(at_most, next));
  }
  if (scenario_.stable_for < least_return) await_return();
}

void Drill::await_return() {
  const Offset until = faults_.last_change() + least_return;
  while (world_.now() < until && is_worse(journal_.inventory_before, world_.inventory()))
    sleep_until(std::min(until, world_.now() + undo_poll));
}

void Drill::finish(bool drilled) {
  journal_.touched = faults_.touched() | runbook_.injected();
  journal_.exercised = world_.dependents(journal_.touched);
  journal_.inventory_after = world_.inventory();
  enter(Stage::finished);
  writer_.finish(world_);
  if (drilled) fill_in_from_ledger(journal_, world_.now());
}

}  // namespace

void run_drill(const Scenario& scenario, World& world, const DrillOptions& options,
               Journal& journal) {
  DrillRunner().run(scenario, world, options, journal);
}

DrillRunner::DrillRunner() : memory_(std::make_unique<DrillMemory>()) {}
DrillRunner::~DrillRunner() = default;
DrillRunner::DrillRunner(DrillRunner&&) noexcept = default;
DrillRunner& DrillRunner::operator=(DrillRunner&&) noexcept = default;

void DrillRunner::run(const Scenario& scenario, World& world, const DrillOptions& options,
                      Journal& journal) {
  Drill(scenario, world, options, journal, *memory_).run();
}

std::string_view drdrill_version() {
  return DRDRILL_VERSION;
}

}  // namespace drdrill
