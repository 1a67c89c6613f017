#include <algorithm>
#include <utility>
#include <vector>

#include "sim/drill/checkers.hpp"

namespace drdrill {

namespace {

struct Span {
  Offset from{};
  Offset to{};
};

/// The part that a note's time belongs to. A page is a signal, but the time that paging takes is
/// spent on the way to a decision: the alert had fired before.
Part explains(NoteKind kind) {
  return kind == NoteKind::page_sent ? Part::decide : row_of(kind).part;
}

/// What people do about an incident takes its time for every component that is broken meanwhile,
/// whichever of them they were paged for.
bool is_about_people(NoteKind kind) {
  return kind == NoteKind::page_sent || kind == NoteKind::page_acknowledged ||
         kind == NoteKind::diagnosed;
}

/// Of the places that a name may lead to, the one that it leads most clients to is the platform, so
/// a change of it concerns every component.
bool is_about_the_name(NoteKind kind) {
  return kind == NoteKind::dns_published || kind == NoteKind::dns_moved;
}

/// One outage, and what happened within it to the component or to what it depends on.
class Breakdown {
 public:
  Breakdown(const Chronicle& chronicle, ComponentId component, const Outage& outage)
      : chronicle_(chronicle),
        concerned_(chronicle.with_dependencies(component)),
        outage_{outage.began, end_of(chronicle, outage)},
        recovered_(outage.ended.has_value()) {
    for (const Note* note : chronicle.notes)
      if (is_within(*note) &&
          (concerns(*note) || (is_about_people(note->kind) && note->began != note->at)))
        notes_.push_back(note);
  }

  std::vector<PartOfOutage> run() const {
    const Offset action = first_action();
    const Offset noticed = std::min(first_note(Part::detect, &Note::at), action);
    const Offset detected = noticed != never ? noticed : without_help();
    const Offset decided = action != never ? action : std::max(detected, without_help());
    const Offset acted = std::max(decided, last_action());
    std::vector<PartOfOutage> parts;
    parts.reserve(4);
    parts.push_back(part(Part::detect, {outage_.from, detected}));
    parts.push_back(part(Part::decide, {detected, decided}));
    parts.push_back(part(Part::act, {decided, acted}));
    parts.push_back(part(Part::restore, {acted, outage_.to}));
    return parts;
  }

 private:
  bool concerns(const Note& note) const {
    return concerned_.has(note.component) || is_about_the_name(note.kind);
  }
  bool is_within(const Note& note) const {
    return note.at >= outage_.from && note.at <= outage_.to;
  }
  Offset clip(Offset at) const { return std::clamp(at, outage_.from, outage_.to); }

  /// The earliest instant, of those that `when` says, of a note of this part within the outage;
  /// never when there is none.
  Offset first_note(Part of, Offset Note::*when) const {
    Offset first = never;
    for (const Note* note : notes_)
      if (row_of(note->kind).part == of && concerns(*note))
        first = std::min(first, clip(note->*when));
    return first;
  }

  /// Nobody did anything: the part in which nothing happened ends when service began to come back.
  Offset without_help() const {
    return recovered_ ? std::min(first_note(Part::restore, &Note::began), outage_.to) : outage_.to;
  }

  Phase phase_of_step(const StepRun& run) const {
    return chronicle_.scenario().runbook.steps[run.step].phase;
  }

  static Cause cause_of(const StepRun& run) {
    return {.from = run.began,
            .to = run.ended,
            .step = run.step,
            .note = {},
            .ended_entry = run.result ? run.ended_entry : Cause::no_entry};
  }

  /// Steps that repair, or put things back; those that look or that make the fault are no action.
  bool acts(const StepRun& run) const {
    const Phase phase = phase_of_step(run);
    return !run.verifying && (phase == Phase::recover || phase == Phase::end);
  }

  Offset first_action() const {
    Offset first = first_note(Part::act, &Note::began);
    for (const StepRun& run : chronicle_.runs)
      if (acts(run) && run.began < outage_.to && run.ended >= outage_.from)
        first = std::min(first, clip(run.began));
    return first;
  }

  Offset last_action() const {
    Offset last = outage_.from;
    for (const Note* note : notes_)
      if (row_of(note->kind).part == Part::act && concerns(*note)) last = std::max(last, note->at);
    for (const StepRun& run : chronicle_.runs)
      if (acts(run) && overlap(run.touched(), concerned_) && run.ended >= outage_.from &&
          run.ended <= outage_.to)
        last = std::max(last, run.ended);
    return last;
  }

  PartOfOutage part(Part of, Span span) const {
    PartOfOutage result{.part = of, .took = span.to - span.from, .causes = {}};
    for (const Note* note : notes_) add_note(*note, span, result);
    for (const StepRun& run : chronicle_.runs)
      if (may_explain(run, of)) add(cause_of(run), span, result);
    // Where nothing else took any time, whatever the runbook was at is what came first.
    const bool took_time = std::any_of(result.causes.begin(), result.causes.end(),
                                       [](const Cause& cause) { return cause.to > cause.from; });
    for (const StepRun& run : chronicle_.runs)
      if (!took_time && phase_of_step(run) != Phase::inject) add(cause_of(run), span, result);
    longest_first(result.causes);
    drop_repetitions(result.causes);
    if (fill_gaps(span, result.causes)) longest_first(result.causes);
    return result;
  }

  static void longest_first(std::vector<Cause>& causes) {
    std::stable_sort(causes.begin(), causes.end(),
                     [](auto& a, auto& b) { return a.to - a.from > b.to - b.from; });
  }

  /// Where nothing else is known to have been under way, service waited for the end of a fault if
  /// it came back only after that (one that went on is no reason: service came back all the same),
  /// or what came next waited for a step that only looks.
  bool fill_gaps(Span span, std::vector<Cause>& causes) const {
    const std::size_t known = causes.size();
    for (std::uint32_t f = 0; f < chronicle_.faults.size(); ++f) {
      const FaultRecord& fault = chronicle_.faults[f];
      if (!recovered_ || !fault.took || !fault.undone || *fault.undone > outage_.to) continue;
      if (!overlap(fault.touched, concerned_)) continue;
      Cause cause;
      cause.from = *fault.took;
      cause.to = *fault.undone;
      cause.fault = f;
      fill(cause, span, causes);
    }
    for (const StepRun& run : chronicle_.runs)
      if (phase_of_step(run) == Phase::watch) fill(cause_of(run), span, causes);
    return causes.size() > known;
  }

  /// Adds the cause wherever within the span nothing else was under way.
  static void fill(Cause cause, Span span, std::vector<Cause>& causes) {
    const Offset end = std::min(cause.to, span.to);
    cause.began = cause.from;
    cause.went_on = cause.to > span.to;
    for (Offset at = std::max(cause.from, span.from); at < end;) {
      const Offset busy = busy_until(causes, at);
      if (busy > at) {
        at = busy;
        continue;
      }
      cause.from = at;
      cause.to = at = std::min(next_beginning(causes, at), end);
      causes.push_back(cause);
    }
  }

  /// Until when something is under way that is so at `at`; `at` itself if nothing is.
  static Offset busy_until(const std::vector<Cause>& causes, Offset at) {
    Offset until = at;
    for (const Cause& cause : causes)
      if (cause.from <= at) until = std::max(until, cause.to);
    return until;
  }

  static Offset next_beginning(const std::vector<Cause>& causes, Offset at) {
    Offset next = never;
    for (const Cause& cause : causes)
      if (cause.from > at && cause.to > cause.from) next = std::min(next, cause.from);
    return next;
  }

  /// Steps of a runbook follow on each other, so while it is acted on each of them, checks
  /// included, may be what the next one waits for; what they go on to do while service comes back
  /// matters when they touch what is broken. Those that wait or look are how a fault is noticed and
  /// what is done about it decided.
  bool may_explain(const StepRun& run, Part of) const {
    const Phase phase = phase_of_step(run);
    if (phase == Phase::watch) return of == Part::detect || of == Part::decide;
    if (phase != Phase::recover && phase != Phase::end) return false;
    return of == Part::act || (!run.verifying && overlap(run.touched(), concerned_));
  }

  /// A timer explains the part that it belongs to and those before it that it ran through, for that
  /// is what it kept waiting; what it ran on into had other reasons. An instant explains its part.
  static void add_note(const Note& note, Span span, PartOfOutage& result) {
    const Part of = explains(note.kind);
    const bool instant = note.began == note.at;
    if (of == Part::info ? instant : of < result.part || (instant && of != result.part)) return;
    add({.from = note.began, .to = note.at, .step = {}, .note = note}, span, result);
  }

  static void add(Cause cause, Span span, PartOfOutage& result) {
    const bool instant = cause.from == cause.to;
    cause.began = cause.from;
    cause.went_on = cause.to > span.to;
    cause.from = std::max(cause.from, span.from);
    cause.to = std::min(cause.to, span.to);
    if (cause.from > cause.to || (!instant && cause.from == cause.to)) return;
    // Of a hundred thousand clients that notice one after the other each holds the one before.
    constexpr std::ptrdiff_t looked_at = 8;
    auto& causes = result.causes;
    const auto recent = causes.end() - std::min(std::ssize(causes), looked_at);
    if (std::any_of(recent, causes.end(), [&](const Cause& other) { return holds(other, cause); }))
      return;
    causes.erase(std::remove_if(recent, causes.end(),
                                [&](const Cause& other) { return holds(cause, other); }),
                 causes.end());
    causes.push_back(cause);
  }

  /// Is the second one the same timer, within the time of the first?
  static bool holds(const Cause& longer, const Cause& cause) {
    return longer.note && cause.note && longer.note->kind == cause.note->kind &&
           longer.note->parameter == cause.note->parameter && longer.from <= cause.from &&
           cause.to <= longer.to;
  }

  /// Many pods run the same timer at the same time: the longest one stands for those within it.
  static void drop_repetitions(std::vector<Cause>& causes) {
    std::vector<Cause> kept;
    for (const Cause& cause : causes) {
      const bool covered = std::any_of(kept.begin(), kept.end(),
                                       [&](const Cause& longer) { return holds(longer, cause); });
      if (!covered) kept.push_back(cause);
    }
    causes = std::move(kept);
  }

  const Chronicle& chronicle_;
  ComponentSet concerned_;
  Span outage_;
  bool recovered_;
  std::vector<const Note*> notes_;  // what can explain it: within it, what ended later cannot
};

}  // namespace

std::vector<PartOfOutage> break_down(const Chronicle& chronicle, ComponentId component,
                                     const Outage& outage) {
  return Breakdown(chronicle, component, outage).run();
}

}  // namespace drdrill
