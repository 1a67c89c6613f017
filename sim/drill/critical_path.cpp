#include "sim/drill/critical_path.hpp"

#include <algorithm>

namespace drdrill {
namespace {

CauseId timer(ParameterId parameter) {
  return {CauseId::Kind::timer, static_cast<std::uint32_t>(parameter)};
}

CauseId id_of(const Cause& cause) {
  using Kind = CauseId::Kind;
  if (cause.step) return {Kind::step, *cause.step};
  if (cause.fault) return {Kind::fault, *cause.fault};
  if (!cause.note) return {};
  if (cause.note->parameter != ParameterId::none) return timer(cause.note->parameter);
  return {Kind::mechanism, static_cast<std::uint32_t>(cause.note->kind)};
}

/// What the world says that the step's time went to; null for a step of which nothing is told.
const StepEnded* end_of(const Journal& journal, const Cause& cause) {
  if (cause.ended_entry >= journal.entries.size()) return nullptr;
  return std::get_if<StepEnded>(&journal.entries[cause.ended_entry].what);
}

}  // namespace

std::string name_of(const CauseId& cause, const Scenario& scenario,
                    const ParameterTable& parameters) {
  switch (cause.kind) {
    case CauseId::Kind::step:
      return "step " + scenario.runbook.steps.at(cause.index).id;
    case CauseId::Kind::timer:
      return parameters[static_cast<ParameterId>(cause.index)].id;
    case CauseId::Kind::mechanism:
      return std::string(row_of(static_cast<NoteKind>(cause.index)).id);
    case CauseId::Kind::fault:
      return "fault " + scenario.faults.at(cause.index).effect.id;
    case CauseId::Kind::unexplained:
      break;
  }
  return "(nothing known)";
}

const std::vector<CauseTime>& CriticalPath::walk(const Journal& journal, const Outage& outage) {
  journal_ = &journal;
  rows_.clear();
  Offset from = outage.began;
  for (const PartOfOutage& part : outage.parts) {
    walk_part(part, from, from + part.took);
    from += part.took;
  }
  std::sort(rows_.begin(), rows_.end(),
            [](const CauseTime& a, const CauseTime& b) { return a.cause < b.cause; });
  return rows_;
}

/// What ended last by `at` was waited for. Of several that ended at once: what ended there rather
/// than going on; a step, since timers that it waited for are found within it; the longest; and
/// what happened last.
bool CriticalPath::is_worse(const Span& a, const Span& b, Offset at) {
  const Offset a_to = std::min(a.to, at), b_to = std::min(b.to, at);
  if (a_to != b_to) return a_to < b_to;
  const bool a_went_on = a.went_on || a.to > at, b_went_on = b.went_on || b.to > at;
  if (a_went_on != b_went_on) return a_went_on;
  const bool a_step = a.cause.kind == CauseId::Kind::step;
  const bool b_step = b.cause.kind == CauseId::Kind::step;
  if (a_step != b_step) return b_step;
  return a.from >= b.from;
}

CriticalPath::Span* CriticalPath::last_by(Offset at, bool timers_only) {
  Span* last = nullptr;
  for (Span& span : spans_) {
    if (span.from >= at || (timers_only && span.cause.kind == CauseId::Kind::step)) continue;
    if (!last || is_worse(*last, span, at)) last = &span;
  }
  return last;
}

void CriticalPath::walk_part(const PartOfOutage& part, Offset from, Offset to) {
  spans_.clear();
  path_.clear();
  for (const Cause& cause : part.causes)
    if (cause.from < cause.to)
      spans_.push_back({std::max(cause.from, from), std::min(cause.to, to), id_of(cause), &cause,
                        cause.went_on, false});
  for (Offset at = to; at > from;) {
    Span* last = last_by(at, false);
    const Offset ended = last ? std::min(last->to, at) : from;
    if (ended < at) path_.push_back({ended, at, {}, nullptr, false, true});
    if (!last) break;
    last->critical = true;
    path_.push_back(*last);
    path_.back().to = ended;
    at = last->from;
  }
  for (const Span& span : path_) add_critical(span);
  for (const Span& span : spans_) {
    if (span.critical) continue;
    const auto meanwhile = std::find_if(path_.begin(), path_.end(), [&](const Span& critical) {
      return critical.from < span.to && span.to <= critical.to;
    });
    if (meanwhile != path_.end()) add({span.cause, false, {}, {}, meanwhile->to - span.to});
  }
}

void CriticalPath::add_critical(const Span& span) {
  if (span.cause.kind == CauseId::Kind::step) return add_step(span);
  add({span.cause, true, span.to - span.from, span.to - span.from, {}});
}

/// First what is told of the step's time, one after the other from its beginning; then, backwards
/// from its end, the timers that it waited for; the rest is its own.
void CriticalPath::add_step(const Span& span) {
  Duration left = span.to - span.from;
  Offset told_to = span.from;
  if (const StepEnded* end = end_of(*journal_, *span.source)) {
    Offset at = span.source->began;
    for (const TimeSpent& spent : end->told().spent) {
      const Offset from = std::max(at, span.from), to = std::min(at + spent.time, span.to);
      at += spent.time;
      if (spent.parameter == ParameterId::none || to <= from) continue;
      add({timer(spent.parameter), true, to - from, to - from, {}});
      left -= to - from;
      told_to = to;
    }
  }
  for (Offset at = span.to; left > Duration{} && at > told_to;) {
    Span* last = last_by(at, true);
    if (!last || last->to <= told_to) break;
    const Offset ended = std::min(last->to, at);
    const Duration took = std::min(left, ended - std::max(last->from, told_to));
    last->critical = true;
    add({last->cause, true, took, took, {}});
    left -= took;
    at = last->from;
  }
  add({span.cause, true, span.to - span.from, left, {}});
}

void CriticalPath::add(const CauseTime& row) {
  for (CauseTime& known : rows_) {
    if (known.cause != row.cause) continue;
    const bool on_path = known.on_path || row.on_path;
    known.critical += row.critical;
    known.own += row.own;
    known.slack = on_path ? Duration{} : std::min(known.slack, row.slack);
    known.on_path = on_path;
    return;
  }
  rows_.push_back(row);
}

Duration time_on_estimates(const Journal& journal, const std::vector<CauseTime>& path) {
  Duration sum{};
  for (const CauseTime& row : path) {
    if (row.cause.kind != CauseId::Kind::timer || !row.on_path) continue;
    const auto* used = parameter_of(journal, static_cast<ParameterId>(row.cause.index));
    if (used && used->provenance == Provenance::estimate) sum += row.own;
  }
  return sum;
}

}  // namespace drdrill
