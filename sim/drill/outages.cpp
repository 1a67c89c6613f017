#include <algorithm>

#include "sim/drill/checkers.hpp"

namespace drdrill {

namespace {

Answer read(Answer answer, Unanswered unanswered) {
  if (answer != Answer::unanswered || unanswered == Unanswered::neither) return answer;
  return unanswered == Unanswered::as_holds ? Answer::holds : Answer::fails;
}

/// Turns answers in order of time into outages.
class Tracker {
 public:
  Tracker(Duration stable_for, Answer before) : stable_for_(stable_for), last_(before) {}

  void take(Offset at, Answer answer, Duration slack) {
    close_if_stable(at);
    if (answer != Answer::holds) held_since_.reset();
    if (answer == Answer::unanswered) return;
    if (answer == Answer::fails && last_ != Answer::fails && !open_) {
      open_.emplace().began = at;
      open_->may_have_begun_earlier = slack;
    }
    if (answer == Answer::holds && open_ && !held_since_) {
      held_since_ = at;
      open_->may_have_ended_earlier = slack;
    }
    last_ = answer;
  }

  std::vector<Outage> finish(Offset at) {
    close_if_stable(at);
    if (open_) all_.push_back(*open_);
    return std::move(all_);
  }

 private:
  void close_if_stable(Offset at) {
    if (!open_ || !held_since_ || at - *held_since_ < stable_for_) return;
    open_->ended = held_since_;
    all_.push_back(*open_);
    open_.reset();
    held_since_.reset();
  }

  Duration stable_for_;
  Answer last_;  ///< the last answer that was one
  std::optional<Outage> open_;
  std::optional<Offset> held_since_;
  std::vector<Outage> all_;
};

}  // namespace

std::vector<Outage> find_outages(const Chronicle& chronicle, ComponentId component,
                                 Unanswered unanswered) {
  const auto probe = steady_probe_of(component);
  const auto from = chronicle.first_injection;
  if (!probe || !from) return {};
  const Answers& answers = chronicle.answers[static_cast<std::size_t>(*probe)];
  if (!answers.asked) return {};
  const bool blind = answers.before == Answer::unanswered;
  Tracker tracker(chronicle.scenario().stable_for, blind ? Answer::holds : answers.before);
  if (blind) tracker.take(*from, read(Answer::unanswered, unanswered), {});
  for (const Sample& s : answers.samples) tracker.take(s.at, read(s.answer, unanswered), s.slack);
  auto outages = tracker.finish(chronicle.finished);
  for (Outage& outage : outages)
    if (outage.began < chronicle.undo && outage.ended && *outage.ended >= chronicle.undo)
      outage.ended.reset();
  return outages;
}

Offset censored_at(const Chronicle& chronicle, const Outage& outage) {
  return outage.began < chronicle.undo ? chronicle.undo : chronicle.finished;
}

Offset end_of(const Chronicle& chronicle, const Outage& outage) {
  return outage.ended ? *outage.ended : censored_at(chronicle, outage);
}

std::optional<std::size_t> what_preceded(const Chronicle& chronicle, const Outage& outage) {
  std::optional<std::size_t> last;
  auto consider = [&](std::size_t entry, Offset at) {
    if (at <= outage.began && (!last || entry > *last)) last = entry;
  };
  const auto& entries = chronicle.journal->entries;
  for (std::size_t i = 0; i < entries.size() && entries[i].at <= outage.began; ++i)
    if (std::holds_alternative<FaultTook>(entries[i].what) ||
        std::holds_alternative<FaultUndone>(entries[i].what))
      consider(i, entries[i].at);
  for (const StepRun& run : chronicle.runs) {
    if (!run.changed_something()) continue;
    consider(run.began_entry, run.began);
    consider(run.ended_entry, run.ended);
  }
  return last;
}

}  // namespace drdrill
