#include <algorithm>
#include <ostream>

#include "reports/formats.hpp"
#include "reports/markup.hpp"
#include "reports/precision.hpp"
#include "reports/timeline.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"

/// Markdown as GitHub, GitLab and most wikis take it: headings, tables, lists, one <details>.
namespace drdrill::reports {
namespace {

constexpr std::size_t timeline_rows = 40;
constexpr std::size_t most_findings = 30;

/// `text` as code; a fence longer than any run of backticks inside.
std::string code(std::string_view text) {
  const std::string line = one_line(text);
  std::size_t longest = 0;
  std::size_t run = 0;
  for (char c : line) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  const std::string gap = longest > 0 ? " " : "";
  return fence + gap + line + gap + fence;
}

std::string_view sign_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "✅";
    case Verdict::fail:
    case Verdict::residue:
      return "❌";
    case Verdict::inconclusive:
    case Verdict::aborted:
      break;
  }
  return "⚠️";
}

void put_head(const Report& report, std::ostream& out) {
  const Judgement& judgement = *report.judgement;
  const Journal& journal = *report.journal;
  out << "## " << sign_of(judgement.verdict) << ' '
      << markdown_text(scenario_words(journal.scenario)) << ": " << verdict_name(judgement.verdict)
      << "\n\n**" << markdown_text(summary_words(report)) << "**\n\n";
  for (const std::string& reason : judgement.reasons) out << "- " << markdown_text(reason) << '\n';
  if (!judgement.reasons.empty()) out << '\n';
}

void put_objectives(const Report& report, std::ostream& out) {
  if (report.judgement->objectives.empty()) return;
  out << "| objective | RTO target | achieved | RPO target | achieved | | |\n"
         "| --- | ---: | --- | ---: | --- | :-: | --- |\n";
  for (const ObjectiveResult& result : report.judgement->objectives)
    out << "| " << name_of(result.component) << " | " << target_words(result.rto.target) << " | "
        << rto_words(result) << " | "
        << (result.rpo.applicable ? target_words(result.rpo.target) : "") << " | "
        << rpo_words(result) << " | " << symbol_of(mark_of(result)) << " | "
        << markdown_text(remark_words(*report.journal, result)) << " |\n";
  out << '\n';
}

void put_part(const Journal& journal, const PartOfOutage& part, std::ostream& out) {
  out << "  - " << part_name(part.part) << " " << format_duration(part.took);
  constexpr std::size_t most_causes = 3;
  for (std::size_t i = 0; i < std::min(part.causes.size(), most_causes); ++i) {
    const Cause& cause = part.causes[i];
    out << (i == 0 ? ": " : "; ") << markdown_text(cause_words(journal, cause)) << " ("
        << format_duration(cause.to - cause.from) << ')';
    const std::string why = cause_parameter_words(journal, cause);
    if (!why.empty()) out << ' ' << code(why);
  }
  out << '\n';
}

void put_outages(const Report& report, std::ostream& out) {
  const Journal& journal = *report.journal;
  bool any = false;
  for (const ObjectiveResult& result : report.judgement->objectives) {
    const Outage* outage = decisive_outage(result.rto.outages);
    if (outage == nullptr) continue;
    if (!any) out << "### Where the time went\n\n";
    any = true;
    out << "- **" << name_of(result.component) << "**, broken " << clock_of(journal, outage->began)
        << " to "
        << (outage->ended ? clock_of(journal, *outage->ended) : std::string("the end of the drill"))
        << " (" << format_duration(length_of(*outage, end_of(journal))) << ")\n";
    for (const PartOfOutage& part : outage->parts) put_part(journal, part, out);
  }
  if (any) out << '\n';
  const std::string estimates = estimate_words(journal, *report.judgement);
  if (!estimates.empty()) out << estimates << ".\n\n";
}

void put_findings(const Report& report, std::ostream& out) {
  const auto& findings = report.judgement->findings;
  if (findings.empty()) return;
  out << "### Findings\n\n";
  for (std::size_t i = 0; i < std::min(findings.size(), most_findings); ++i) {
    const Finding& finding = findings[i];
    out << "- **" << level_name(finding.level) << "** " << code(finding.rule) << ' '
        << markdown_text(finding.text);
    const std::string place = place_words(finding.place);
    if (!place.empty()) out << " (" << code(place) << ')';
    out << '\n';
  }
  if (findings.size() > most_findings)
    out << "- and " << counted(findings.size() - most_findings, "more finding") << '\n';
  out << '\n';
}

void put_checklist(const Report& report, std::ostream& out) {
  const auto& answers = report.journal->checklist;
  if (answers.empty()) return;
  out << "### Checklist: " << checklist_words(answers) << "\n\n";
  for (const ChecklistAnswer& answer : answers) {
    const ChecklistRow& row = row_of(answer.item);
    const bool done = answer.outcome == ChecklistAnswer::Outcome::done;
    out << "- [" << (done ? 'x' : ' ') << "] " << markdown_text(row.title) << " (" << code(row.id)
        << "): " << markdown_text(answer_words(*report.journal, answer)) << '\n';
  }
  out << '\n';
}

void put_precision(const Journal& journal, std::ostream& out) {
  const auto rows = precision_of(journal);
  if (rows.empty()) return;
  out << "### How finely it was measured\n\n";
  for (const PrecisionRow& row : rows)
    out << "- " << code(row.what) << ": " << markdown_text(row.words) << '\n';
  out << '\n';
}

void put_changes(const std::vector<Change>& changes, std::string_view title, std::ostream& out) {
  if (changes.empty()) return;
  out << "### " << title
      << "\n\n| component | what | before | after |\n| --- | --- | ---: | ---: |\n";
  for (const Change& change : changes)
    out << "| " << name_of(change.before.component) << " | " << markdown_text(change.before.name)
        << " | " << change.before.value << " | " << change.after.value << " |\n";
  out << '\n';
}

void put_timeline(const Report& report, std::ostream& out) {
  const auto rows = make_timeline(*report.journal, timeline_rows);
  if (rows.empty()) return;
  out << "<details><summary>Timeline</summary>\n\n| time | | |\n| --- | --- | --- |\n";
  for (const TimelineRow& row : rows) {
    out << "| " << clock_of(*report.journal, row.at) << " | " << markdown_text(row.label) << " | "
        << markdown_text(row.text);
    if (!row.output.empty()) out << " · " << markdown_text(clip(row.output, 120));
    out << " |\n";
  }
  out << "\n</details>\n\n";
}

}  // namespace

void write_markdown(const Report& report, std::ostream& out, const WriteOptions&) {
  const Journal& journal = *report.journal;
  put_head(report, out);
  put_objectives(report, out);
  put_outages(report, out);
  put_precision(journal, out);
  put_checklist(report, out);
  put_findings(report, out);
  put_changes(report.judgement->residue, "Left behind by drdrill itself: look now", out);
  put_changes(report.judgement->left_worse, "Left worse than before by the runbook", out);
  put_changes(report.judgement->restored_by_undo, "Put back only by undoing the faults", out);
  put_timeline(report, out);
  out << "drdrill " << markdown_text(journal.version) << " · " << markdown_text(journal.world)
      << ' ' << markdown_text(journal.scenario.platform) << " · seed " << journal.seed
      << " · fingerprint " << hex(journal.fingerprint)
      << " · again: " << code(command_again(journal)) << '\n';
}

}  // namespace drdrill::reports
