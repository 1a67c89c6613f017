#include "sim/study/critical_path.hpp"

#include <algorithm>

namespace drdrill::study {
namespace {

CauseId id_of(const Cause& cause) {
  using Kind = CauseId::Kind;
  if (cause.step) return {Kind::step, *cause.step};
  if (!cause.note) return {};
  if (cause.note->parameter != ParameterId::none)
    return {Kind::timer, static_cast<std::uint32_t>(cause.note->parameter)};
  return {Kind::mechanism, static_cast<std::uint32_t>(cause.note->kind)};
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
    case CauseId::Kind::unexplained:
      break;
  }
  return "(nothing known)";
}

const std::vector<CauseTime>& CriticalPath::walk(const Outage& outage) {
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

void CriticalPath::walk_part(const PartOfOutage& part, Offset from, Offset to) {
  spans_.clear();
  path_.clear();
  for (const Cause& cause : part.causes)
    if (cause.from < cause.to)
      spans_.push_back({std::max(cause.from, from), std::min(cause.to, to), id_of(cause)});
  for (Offset at = to; at > from;) {
    // What ended last by `at`; failing that, what was running; of several, the longest.
    Span* last = nullptr;
    const auto before = [at](const Span& a, const Span& b) {
      const Offset a_to = std::min(a.to, at), b_to = std::min(b.to, at);
      if (a_to != b_to) return a_to < b_to;
      if ((a.to > at) != (b.to > at)) return a.to > at;
      if (a.from != b.from) return a.from > b.from;
      return b.cause < a.cause;
    };
    for (Span& span : spans_)
      if (span.from < at && (!last || before(*last, span))) last = &span;
    const Offset ended = last ? std::min(last->to, at) : from;
    if (ended < at) path_.push_back({ended, at, {}});
    if (!last) break;
    path_.push_back({last->from, ended, last->cause});
    last->critical = true;
    at = last->from;
  }
  for (const Span& span : path_) add({span.cause, span.to - span.from, {}});
  for (const Span& span : spans_) {
    if (span.critical) continue;
    const auto meanwhile = std::find_if(path_.begin(), path_.end(), [&](const Span& critical) {
      return critical.from < span.to && span.to <= critical.to;
    });
    if (meanwhile != path_.end()) add({span.cause, {}, meanwhile->to - span.to});
  }
}

void CriticalPath::add(const CauseTime& row) {
  for (CauseTime& known : rows_) {
    if (known.cause != row.cause) continue;
    const bool critical = known.critical > Duration{} || row.critical > Duration{};
    known.critical += row.critical;
    known.slack = critical ? Duration{} : std::min(known.slack, row.slack);
    return;
  }
  rows_.push_back(row);
}

}  // namespace drdrill::study
