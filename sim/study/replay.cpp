#include "sim/study/replay.hpp"

#include <algorithm>

#include "models/simulated_world.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::study {
namespace {

/// Steps change when others do, so all of them are fitted together, a few times over.
constexpr int most_rounds = 30;
constexpr Duration close_enough = std::chrono::microseconds(100);

void shift(Step& step, std::size_t nth, Duration by) {
  if (step.shifts.size() <= nth) step.shifts.resize(nth + 1);
  step.shifts[nth] += by;
}

std::optional<std::uint32_t> step_of(const Scenario& scenario, const std::string& id) {
  const auto& steps = scenario.runbook.steps;
  const auto found =
      std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.id == id; });
  if (found == steps.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - steps.begin());
}

}  // namespace

Replay::Replay(const Journal& journal, Scenario scenario, PlatformSpec platform, std::uint64_t seed)
    : seed_(seed),
      replication_(journal.replication),
      observed_(study::observe(journal)),
      scenario_(std::move(scenario)),
      platform_(std::move(platform)) {
  // Of a drill whose steps make the fault, no fault of its own struck.
  Offset first = never;
  for (const Offset injected : observed_.injected) first = std::min(first, injected);
  struck_ = first == never ? observed_.steady : first;
  if (journal.world == "simulated" && seed == journal.seed) {
    same_ = run(scenario_, platform_, {});
    exact_ = same_.journal.fingerprint == journal.fingerprint;
  }
  if (!exact_) fit();
}

/// When the steady state had been watched, and faults struck.
void Replay::place(Scenario& scenario) const {
  scenario.steady_for = observed_.steady;
  for (std::size_t i = 0; i < scenario.faults.size() && i < observed_.injected.size(); ++i)
    if (observed_.injected[i] != never)
      scenario.faults[i].after = observed_.injected[i] - observed_.steady;
}

/// Each step is shifted by what it lacks, until all of them take as long as they did.
void Replay::fit() {
  place(scenario_);
  for (int round = 0; round < most_rounds; ++round) {
    same_ = run(scenario_, platform_, observed_.times);
    bool all_close = true;
    for (const ReplayedStep& row : same_.steps) {
      if (!row.again || !row.again->took || !row.observed.took) continue;
      const Duration lacks = row.observed.all() - row.again->all();
      if (lacks > -close_enough && lacks < close_enough) continue;
      all_close = false;
      shift(scenario_.runbook.steps[row.observed.step], row.observed.nth, lacks);
    }
    if (all_close) return;
  }
}

Replayed Replay::run(const Scenario& scenario, const PlatformSpec& platform,
                     const ObservedTimes& times) const {
  SimulatedWorld world(platform, scenario.start);
  world.observe(times);
  world.reset(seed_, replication_);
  Replayed out;
  DrillOptions options;
  options.seed = seed_;
  options.replication = replication_;
  run_drill(scenario, world, options, out.journal);
  out.judgement = judge(out.journal);
  out.steps = steps_of(out.journal);
  return out;
}

/// `again` may follow another runbook: steps are the same where their ids are.
std::vector<ReplayedStep> Replay::steps_of(const Journal& again) const {
  Observed now;
  if (why_no_replay(again).empty()) now = study::observe(again);
  std::vector<ReplayedStep> rows;
  for (const ObservedStep& was : observed_.steps) {
    rows.push_back({was, std::nullopt, Duration::zero()});
    const auto step = step_of(again.scenario, scenario_.runbook.steps[was.step].id);
    if (!step) continue;
    for (const ObservedStep& is : now.steps)
      if (is.step == *step && is.nth == was.nth && is.verifying == was.verifying)
        rows.back().again = is;
    const auto& shifts = again.scenario.runbook.steps[*step].shifts;
    if (was.nth < shifts.size()) rows.back().shift = shifts[was.nth];
  }
  return rows;
}

std::vector<Duration> Replay::sooner(Duration wanted) const {
  std::vector<Duration> all;
  for (const ObservedTimes::Person& person : observed_.times.people) {
    const Offset first = person.paged.value_or(person.ready);
    all.push_back(std::clamp(first - struck_, Duration::zero(), wanted));
  }
  return all;
}

Replayed Replay::changed(const ReplayChange& change, Scenario scenario,
                         const PlatformSpec& platform) const {
  if (!exact_) place(scenario);
  for (const Step& step : scenario_.runbook.steps)
    if (const auto same = step_of(scenario, step.id))
      scenario.runbook.steps[*same].shifts = step.shifts;
  ObservedTimes times = exact_ ? ObservedTimes{} : observed_.times;
  if (change.sooner > Duration::zero()) {
    times.people = observed_.times.people;
    const std::vector<Duration> by = sooner(change.sooner);
    for (std::size_t i = 0; i < by.size(); ++i) {
      ObservedTimes::Person& person = times.people[i];
      if (person.paged) *person.paged -= by[i];
      if (person.acknowledged) *person.acknowledged -= by[i];
      person.ready -= by[i];
    }
  }
  Replayed out;
  for (int round = 0; round < most_rounds; ++round) {
    out = run(scenario, platform, times);
    bool all_close = true;
    for (const ReplayedStep& row : out.steps) {
      const std::string& id = scenario_.runbook.steps[row.observed.step].id;
      for (const auto& [wanted, takes] : change.steps) {
        if (wanted != row.observed.step || row.observed.verifying) continue;
        if (!row.again || !row.again->took) continue;
        const Duration lacks = takes - *row.again->took;
        if (lacks > -close_enough && lacks < close_enough) continue;
        all_close = false;
        if (const auto step = step_of(scenario, id))
          shift(scenario.runbook.steps[*step], row.observed.nth, lacks);
      }
    }
    if (all_close) break;
  }
  return out;
}

}  // namespace drdrill::study
