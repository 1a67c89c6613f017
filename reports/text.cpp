#include "reports/text.hpp"

#include <algorithm>
#include <ostream>

#include "reports/formats.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"

namespace drdrill::reports {
namespace {

constexpr std::size_t most_reasons = 8;

Ink mark_ink(Mark mark) {
  constexpr Ink inks[] = {Ink::green, Ink::red, Ink::dim};
  return inks[static_cast<std::size_t>(mark)];
}

void write_head(const Report& report, const Page& page) {
  const Journal& journal = *report.journal;
  std::string line = "drdrill " + one_line(journal.version) + " · " +
                     scenario_words(journal.scenario) + " · " + one_line(journal.world) + " " +
                     one_line(journal.scenario.platform) + " · seed " +
                     std::to_string(journal.seed);
  if (journal.replication != 0) line += " · replication " + std::to_string(journal.replication);
  page.out << page.pen(Ink::dim, line) << '\n';
}

void write_verdict(const Report& report, const Page& page) {
  const Judgement& judgement = *report.judgement;
  const std::string word = verdict_word(judgement.verdict);
  const std::string indent(columns(word) + 5, ' ');
  page.out << "\n  " << page.pen(ink_of(judgement.verdict), page.pen(Ink::bold, word)) << "   ";
  bool first = true;
  const std::size_t room = page.width - std::min(page.width / 2, indent.size());
  for (const std::string& line : wrap(summary_words(report), room)) {
    page.out << (first ? "" : indent) << page.pen(Ink::bold, line) << '\n';
    first = false;
  }
  const std::size_t shown = std::min(judgement.reasons.size(), most_reasons);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto lines = wrap(one_line(judgement.reasons[i]), room - 2);
    for (std::size_t l = 0; l < lines.size(); ++l)
      page.out << indent << (l == 0 ? "- " : "  ") << lines[l] << '\n';
  }
  if (shown < judgement.reasons.size())
    page.out << indent << "- and " << counted(judgement.reasons.size() - shown, "more reason")
             << '\n';
}

std::vector<Cell> objective_row(const Journal& journal, const ObjectiveResult& result) {
  const Mark mark = mark_of(result);
  const Ink rto = result.rto.met == false ? Ink::red : Ink::plain;
  const Ink rpo = result.rpo.met == false ? Ink::red : Ink::plain;
  return {{std::string(name_of(result.component))},
          {target_words(result.rto.target)},
          {rto_words(result), rto},
          {result.rpo.applicable ? target_words(result.rpo.target) : ""},
          {rpo_words(result), result.rpo.applicable ? rpo : Ink::dim},
          {std::string(symbol_of(mark)), mark_ink(mark)},
          {remark_words(journal, result)}};
}

void write_objectives(const Report& report, const Page& page) {
  if (report.judgement->objectives.empty()) return;
  page.out << '\n';
  TextTable table({Align::left, Align::right, Align::left, Align::right, Align::left, Align::left,
                   Align::left});
  table.add({{"objective", Ink::dim},
             {"RTO target", Ink::dim},
             {"achieved", Ink::dim},
             {"RPO target", Ink::dim},
             {"achieved", Ink::dim}});
  for (const ObjectiveResult& result : report.judgement->objectives)
    table.add(objective_row(*report.journal, result));
  table.write(page.out, page.pen, 2, page.width);
}

void write_next(const Report& report, const Page& page) {
  const std::string next = command_next(*report.journal);
  page.out << "\n  " << page.pen(Ink::dim, "Again  ") << command_again(*report.journal) << '\n';
  if (!next.empty()) page.out << "  " << page.pen(Ink::dim, "Next   ") << next << '\n';
}

}  // namespace

Ink ink_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return Ink::green;
    case Verdict::inconclusive:
    case Verdict::aborted:
      return Ink::yellow;
    case Verdict::fail:
    case Verdict::residue:
      break;
  }
  return Ink::red;
}

std::string verdict_word(Verdict verdict) {
  std::string out(verdict_name(verdict));
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

void write_text(const Report& report, std::ostream& out, const WriteOptions& options) {
  const Page page{out, Pen(options.colour), std::max(options.width, narrowest)};
  write_head(report, page);
  write_verdict(report, page);
  write_objectives(report, page);
  write_outages(report, page);
  write_precision(report, page);
  write_timeline(report, page);
  write_users(report, page);
  write_checklist(report, page);
  write_findings(report, page);
  write_changes(report, page);
  write_next(report, page);
}

}  // namespace drdrill::reports
