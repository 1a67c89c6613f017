#include <algorithm>
#include <map>
#include <utility>

#include "sim/study/fit.hpp"
#include "sim/study/replay.hpp"

/// What a journal dates, as a simulation can take it.
namespace drdrill::study {
namespace {

using Stage = StageBegan::Stage;

template <class What>
const What* as(const JournalEntry& entry) {
  return std::get_if<What>(&entry.what);
}

std::optional<Offset> began(const Journal& journal, Stage wanted) {
  for (const JournalEntry& entry : journal.entries)
    if (const auto* stage = as<StageBegan>(entry); stage && stage->stage == wanted) return entry.at;
  return std::nullopt;
}

std::string words_for(StepEnded::Why why) {
  switch (why) {
    case StepEnded::Why::timed_out:
      return "ran into its time limit";
    case StepEnded::Why::skipped:
      return "was skipped";
    case StepEnded::Why::cut_off:
      return "was cut off when the drill ended";
    case StepEnded::Why::ended:
      break;
  }
  return "ended";
}

void observe_steps(const Journal& journal, Observed& out) {
  const auto& steps = journal.scenario.runbook.steps;
  std::vector<std::size_t> begun(steps.size());
  std::vector<std::optional<std::size_t>> open(steps.size());
  std::vector<Offset> ended(steps.size(), out.steady);
  for (const JournalEntry& entry : journal.entries) {
    if (const auto* start = as<StepStarted>(entry)) {
      open[start->step] = out.steps.size();
      const Step& step = steps[start->step];
      Offset due = ended[start->step];
      for (const std::uint32_t need : step.needs) due = std::max(due, ended[need]);
      const Duration waited = step.wait_for ? Duration::zero() : entry.at - due;
      out.steps.push_back(
          {start->step, begun[start->step]++, start->verifying, entry.at, waited, std::nullopt});
    }
    const auto* end = as<StepEnded>(entry);
    if (!end) continue;
    ended[end->step] = entry.at;
    const auto row = std::exchange(open[end->step], std::nullopt);
    if (end->why != StepEnded::Why::ended)
      out.undated.push_back("step " + steps[end->step].id + " " + words_for(end->why) +
                            ": how long it takes is the simulation's");
    else if (row)
      out.steps[*row].took = entry.at - out.steps[*row].began;
  }
}

/// From notes where the world tells who was paged, and otherwise from when the first step of each
/// role began: then somebody was there and knew what to do.
void observe_people(const Journal& journal, Observed& out) {
  std::map<std::string, ObservedTimes::Person, std::less<>> paged;
  std::vector<std::string> order;
  for (const JournalEntry& entry : journal.entries) {
    const auto* note = as<Note>(entry);
    if (!note) continue;
    const std::string who(subject_of(journal, *note));
    if (note->kind == NoteKind::page_sent) {
      if (paged.count(who) == 0) order.push_back(who);
      ObservedTimes::Person& person = paged[who];
      person.who = who;
      if (!person.acknowledged) person.paged = note->at;
    }
    const auto found = paged.find(who);
    if (found == paged.end()) continue;
    if (note->kind == NoteKind::page_acknowledged) found->second.acknowledged = note->at;
    if (note->kind == NoteKind::diagnosed) {
      found->second.ready = note->at;
      out.times.people.push_back(found->second);
    }
  }
  for (const std::string& who : order)
    if (std::none_of(out.times.people.begin(), out.times.people.end(),
                     [&](const ObservedTimes::Person& person) { return person.who == who; }))
      out.undated.push_back(who + " was paged and had not diagnosed it when the drill ended");
  if (!order.empty() || journal.world == "simulated") return;
  for (const ObservedStep& begun : out.steps) {
    const std::string& role = journal.scenario.runbook.steps[begun.step].actor;
    if (role == "automation" || role.empty()) continue;
    if (std::none_of(out.times.people.begin(), out.times.people.end(),
                     [&](const ObservedTimes::Person& person) { return person.who == role; }))
      out.times.people.push_back({role, std::nullopt, std::nullopt, begun.began});
  }
}

/// Starts of containers and how long each took, where a readiness probe told, and promotions. Only
/// live worlds note when a probe that succeeded was asked.
void observe_phases(const Journal& journal, Observed& out) {
  const bool simulated = journal.world == "simulated";
  for (const Phases& phases : phases_of(journal, began(journal, Stage::undo).value_or(never))) {
    const bool started = phases.parameter != "postgres.promote";
    const auto all = static_cast<std::ptrdiff_t>(phases.values.size());
    const auto known = simulated && started
                           ? 0
                           : std::count_if(phases.values.begin(), phases.values.end(),
                                           [](const auto& value) { return value.has_value(); });
    if (!phases.parameter.empty() && known > 0)
      out.times.values.push_back({phases.parameter, phases.values});
    if (all > known)
      out.undated.push_back(std::to_string(all - known) + " of " + std::to_string(all) +
                            " starts of " + phases.what +
                            ": when the process first answered is not dated");
  }
}

}  // namespace

std::string why_no_replay(const Journal& journal) {
  if (!began(journal, Stage::drill))
    return "the steady state did not hold, so nothing was done in this drill";
  for (const JournalEntry& entry : journal.entries)
    if (as<Aborted>(entry))
      return "this drill was aborted after " + format_duration(entry.at) +
             ", so there is no recovery to replay";
  if (journal.scenario.faults.empty() && journal.scenario.runbook.steps.empty())
    return "nothing was done in this drill: it only observed";
  return {};
}

Observed observe(const Journal& journal) {
  Observed out;
  out.steady = *began(journal, Stage::drill) - began(journal, Stage::steady).value_or(Offset{});
  out.injected.assign(journal.scenario.faults.size(), never);
  for (const JournalEntry& entry : journal.entries)
    if (const auto* fault = as<FaultInjected>(entry)) out.injected[fault->fault] = entry.at;
  for (std::size_t i = 0; i < out.injected.size(); ++i)
    if (out.injected[i] == never)
      out.undated.push_back("fault " + journal.scenario.faults[i].effect.id + " was never made");
  observe_steps(journal, out);
  observe_people(journal, out);
  observe_phases(journal, out);
  return out;
}

}  // namespace drdrill::study
