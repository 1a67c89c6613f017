#include <algorithm>
#include <array>
#include <ostream>

#include "reports/text.hpp"
#include "reports/timeline.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"

/// The timeline, the users, the findings and what was left changed.
namespace drdrill::reports {
namespace {

constexpr std::size_t timeline_rows = 30;
constexpr std::size_t most_findings = 12;

Ink ink_of(const TimelineRow& row) {
  if (row.kind == TimelineRow::Kind::note || row.kind == TimelineRow::Kind::stage)
    return row.context || row.kind == TimelineRow::Kind::stage ? Ink::dim : Ink::plain;
  if (row.tone == TimelineRow::Tone::plain) return Ink::plain;
  return row.tone == TimelineRow::Tone::good ? Ink::green : Ink::red;
}

Ink ink_of(FindingLevel level) {
  if (level == FindingLevel::error) return Ink::red;
  return level == FindingLevel::warning ? Ink::yellow : Ink::dim;
}

/// "+5m 00s" since the first fault; nothing before it.
std::string since(const std::optional<Offset>& first_fault, Offset at) {
  if (!first_fault || at < *first_fault) return {};
  return "+" + format_duration(at - *first_fault);
}

std::int64_t peak_of(const UserImpact& impact) {
  std::int64_t peak = 0;
  for (const auto& point : impact.curve) peak = std::max(peak, point.without_media);
  return peak;
}

/// The most participants without media in [from, to), from a curve of changes.
std::int64_t peak_between(const UserImpact& impact, Offset from, Offset to) {
  std::int64_t held = 0;
  std::int64_t peak = 0;
  for (const auto& point : impact.curve) {
    if (point.at >= to) break;
    held = point.without_media;
    peak = point.at < from ? held : std::max(peak, held);
  }
  return peak;
}

std::string sparkline(const UserImpact& impact, Offset from, Offset to, std::size_t width) {
  constexpr std::array<std::string_view, 9> bars{"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::int64_t peak = std::max<std::int64_t>(peak_of(impact), 1);
  const auto cells = static_cast<std::int64_t>(width);
  const std::int64_t span = (to - from).count();
  std::string out;
  for (std::int64_t i = 0; i < cells; ++i) {
    const Offset left = from + Duration(span / cells * i);
    const Offset right = from + Duration(span / cells * (i + 1));
    const std::int64_t most = peak_between(impact, left, right);
    out += bars[most == 0 ? 0 : static_cast<std::size_t>(1 + (most * 7) / peak)];
  }
  return out;
}

void write_curve(const Report& report, const Page& page) {
  const Journal& journal = *report.journal;
  const UserImpact& impact = journal.impact;
  const std::int64_t peak = peak_of(impact);
  if (peak == 0) return;
  const auto top = std::find_if(impact.curve.begin(), impact.curve.end(),
                                [&](const auto& point) { return point.without_media == peak; });
  const auto last = impact.curve.back();
  // From a little before the first change to a little after the last, so that the shape is seen.
  const Duration span =
      std::max<Duration>(last.at - impact.curve.front().at, std::chrono::seconds(40));
  const Offset from = std::max(Offset::zero(), impact.curve.front().at - span / 20);
  const Offset to = std::max(from + std::chrono::nanoseconds(1), last.at + span / 20);
  page.out << "    " << clock_of(journal, from) << " "
           << page.pen(Ink::yellow, sparkline(impact, from, to, 40)) << " " << clock_of(journal, to)
           << "\n    without media: at most " << grouped(static_cast<double>(peak)) << " at "
           << clock_of(journal, top->at) << ", " << grouped(static_cast<double>(last.without_media))
           << " from " << clock_of(journal, last.at) << " on\n";
}

void write_change_list(const std::vector<Change>& changes, std::string_view title, Ink ink,
                       const Page& page) {
  if (changes.empty()) return;
  page.out << "\n  " << page.pen(ink, title) << '\n';
  TextTable table({Align::left, Align::left, Align::right, Align::left, Align::right});
  for (const Change& change : changes)
    table.add({{std::string(name_of(change.before.component))},
               {one_line(change.before.name)},
               {std::to_string(change.before.value)},
               {"→"},
               {std::to_string(change.after.value)}});
  table.write(page.out, page.pen, 4, page.width);
}

}  // namespace

void write_timeline(const Report& report, const Page& page) {
  const auto rows = make_timeline(*report.journal, timeline_rows);
  if (rows.empty()) return;
  page.out << "\n  " << page.pen(Ink::bold, "Timeline") << '\n';
  TextTable table({Align::left, Align::right, Align::left, Align::left});
  for (const TimelineRow& row : rows) {
    std::string text = row.text;
    if (!row.output.empty()) text += " · " + row.output;
    table.add({{clock_of(*report.journal, row.at), Ink::dim},
               {since(report.judgement->first_fault, row.at), Ink::dim},
               {row.label, row.kind == TimelineRow::Kind::note ? Ink::dim : Ink::bold},
               {std::move(text), ink_of(row)}});
  }
  table.write(page.out, page.pen, 4, page.width);
}

void write_users(const Report& report, const Page& page) {
  const UserImpact& impact = report.journal->impact;
  if (impact.joined <= 0) return;
  const double share =
      static_cast<double>(impact.affected_30s) / static_cast<double>(impact.joined);
  page.out << "\n  " << page.pen(Ink::bold, "Users") << '\n'
           << "    " << grouped(static_cast<double>(impact.affected_30s)) << " of "
           << grouped(static_cast<double>(impact.joined)) << " (" << percent(share)
           << ") affected for 30 s or longer: " << severity_name(report.judgement->severity) << "; "
           << grouped(impact.participant_minutes_lost) << " participant-minutes lost\n";
  write_curve(report, page);
}

void write_checklist(const Report& report, const Page& page) {
  const auto& answers = report.journal->checklist;
  if (answers.empty()) return;
  page.out << "\n  " << page.pen(Ink::bold, "Checklist") << "  " << checklist_words(answers)
           << '\n';
  TextTable table({Align::left, Align::left, Align::left});
  for (const ChecklistAnswer& answer : answers) {
    constexpr std::array<Ink, 3> inks{Ink::green, Ink::red, Ink::dim};
    const ChecklistRow& row = row_of(answer.item);
    table.add(
        {{"[" + std::string(tick_of(answer)) + "]", inks[static_cast<std::size_t>(answer.outcome)]},
         {std::string(row.title)},
         {answer_words(*report.journal, answer)}});
  }
  table.write(page.out, page.pen, 4, page.width, Last::wrapped);
}

void write_findings(const Report& report, const Page& page) {
  const auto& findings = report.judgement->findings;
  if (findings.empty()) return;
  page.out << "\n  " << page.pen(Ink::bold, "Findings") << '\n';
  const std::size_t shown = std::min(findings.size(), most_findings);
  for (std::size_t i = 0; i < shown; ++i) {
    const Finding& finding = findings[i];
    const std::string lead = pad_right(level_name(finding.level), 9);
    std::string text = "[" + one_line(finding.rule) + "] ";
    if (finding.at) text += clock_of(*report.journal, *finding.at) + " ";
    text += one_line(finding.text);
    const auto lines = wrap(text, page.width - 13);
    for (std::size_t l = 0; l < lines.size(); ++l)
      page.out << "    " << (l == 0 ? page.pen(ink_of(finding.level), lead) : std::string(9, ' '))
               << lines[l] << '\n';
    if (const std::string place = place_words(finding.place); !place.empty())
      page.out << std::string(13, ' ') << page.pen(Ink::dim, place) << '\n';
  }
  if (shown < findings.size())
    page.out << "    and " << counted(findings.size() - shown, "more finding")
             << " in --report json=FILE\n";
}

void write_changes(const Report& report, const Page& page) {
  write_change_list(report.judgement->residue, "Left behind by drdrill itself: look now", Ink::red,
                    page);
  write_change_list(report.judgement->left_worse, "Left worse than before by the runbook",
                    Ink::bold, page);
  write_change_list(report.judgement->restored_by_undo, "Put back only by undoing the faults",
                    Ink::bold, page);
}

}  // namespace drdrill::reports
