#include <algorithm>
#include <array>
#include <string>

#include "sim/drill/checkers.hpp"

namespace drdrill {

namespace {

/// A note that is a finding, and the note that ends the state of affairs, if there is one.
struct NoteRule {
  NoteKind kind;
  std::optional<NoteKind> until;
  FindingLevel level;
};

constexpr std::array<NoteRule, 12> rules{{
    {NoteKind::endpoints_empty, NoteKind::endpoints_back, FindingLevel::warning},
    {NoteKind::postgres_two_primaries, NoteKind::postgres_stopped, FindingLevel::error},
    {NoteKind::postgres_replica_detached, NoteKind::postgres_replica_attached,
     FindingLevel::warning},
    {NoteKind::postgres_replica_refused, NoteKind::postgres_replica_attached, FindingLevel::error},
    {NoteKind::redis_slots_uncovered, NoteKind::redis_slots_covered, FindingLevel::warning},
    {NoteKind::pod_unschedulable, NoteKind::pod_scheduled, FindingLevel::warning},
    {NoteKind::capacity_exhausted, {}, FindingLevel::warning},
    {NoteKind::clients_gave_up, {}, FindingLevel::warning},
    {NoteKind::postgres_refused_start, {}, FindingLevel::error},
    {NoteKind::job_failed, {}, FindingLevel::warning},
    {NoteKind::pod_cannot_start, {}, FindingLevel::warning},
    {NoteKind::dns_behind, NoteKind::dns_caught_up, FindingLevel::warning},
}};

const NoteRule* rule_of(const Note& note) {
  auto found = std::find_if(rules.begin(), rules.end(),
                            [&](const NoteRule& rule) { return rule.kind == note.kind; });
  return found == rules.end() ? nullptr : &*found;
}

std::string sentence(const NoteRow& row, std::string_view subject) {
  std::string text(row.text);
  if (const auto hole = text.find("{}"); hole != std::string::npos) text.replace(hole, 2, subject);
  return text;
}

bool is_about(const Note& a, const Note& b, NoteKind kind) {
  return a.kind == kind && a.subject == b.subject && a.component == b.component;
}

/// Those that begin or end what is a finding: of many participants hardly any.
std::vector<const Note*> that_matter(const Chronicle& chronicle) {
  std::vector<const Note*> notes;
  for (const Note* note : chronicle.notes)
    if (std::any_of(rules.begin(), rules.end(), [&](const NoteRule& rule) {
          return rule.kind == note->kind || rule.until == note->kind;
        }))
      notes.push_back(note);
  return notes;
}

/// ", for 12 s", ", until the drill ended", ", 3 times".
std::string extent(const std::vector<const Note*>& notes, const NoteRule& rule, const Note& first) {
  Duration total{};
  int times = 0;
  std::optional<Offset> open;
  for (const Note* note : notes) {
    if (note->at < first.at) continue;
    if (is_about(*note, first, rule.kind)) {
      if (!open) ++times, open = note->at;
      if (!rule.until) open.reset();
    } else if (rule.until && open && is_about(*note, first, *rule.until)) {
      total += note->at - *open;
      open.reset();
    }
  }
  std::string text;
  if (times > 1) text += ", " + std::to_string(times) + " times";
  if (open) return text + ", and still when the drill ended";
  if (rule.until) text += ", for " + format_duration(total) + (times > 1 ? " in all" : "");
  return text;
}

}  // namespace

void find_in_notes(const Chronicle& chronicle, std::vector<Finding>& findings) {
  const std::vector<const Note*> notes = that_matter(chronicle);
  std::vector<const Note*> seen;
  for (const Note* note : notes) {
    const NoteRule* rule = rule_of(*note);
    if (!rule || note->at < chronicle.first_injection.value_or(Offset::zero())) continue;
    if (std::any_of(seen.begin(), seen.end(),
                    [&](const Note* s) { return is_about(*s, *note, note->kind); }))
      continue;
    seen.push_back(note);
    const NoteRow& row = row_of(note->kind);
    Finding finding{
        .rule = std::string(row.id),
        .level = rule->level,
        .text = sentence(row, subject_of(*chronicle.journal, *note)) + extent(notes, *rule, *note),
        .at = note->at,
        .component = note->component,
        .step = last_step_that_touched(chronicle, note->component, note->at),
        .place = {}};
    if (finding.step) finding.place = chronicle.scenario().runbook.steps[*finding.step].place;
    findings.push_back(std::move(finding));
  }
}

}  // namespace drdrill
