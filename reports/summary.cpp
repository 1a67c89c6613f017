#include "reports/summary.hpp"

#include <algorithm>
#include <ostream>
#include <tuple>

#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"

namespace drdrill {
namespace reports {
namespace {

/// What RtoResult and RpoResult have in common.
struct Figure {
  bool undefined = false;  ///< it never came back
  bool missed = false;
  double of_target = 0;  ///< 1 is all of the target; 0 when there is no target
  Duration achieved{};
  bool operator<(const Figure& other) const {
    return std::tie(undefined, missed, of_target, achieved) <
           std::tie(other.undefined, other.missed, other.of_target, other.achieved);
  }
};

template <class Result>
Figure figure_of(const Result& result) {
  Figure figure;
  figure.undefined = !result.achieved;
  figure.missed = result.met == false;
  figure.achieved = result.achieved.value_or(Duration::zero());
  if (result.target && *result.target > Duration::zero())
    figure.of_target = to_seconds(figure.achieved) / to_seconds(*result.target);
  return figure;
}

const ObjectiveResult* worst_rto(const Judgement& judgement) {
  const ObjectiveResult* worst = nullptr;
  for (const ObjectiveResult& objective : judgement.objectives) {
    if (!objective.exercised || !objective.evaluated) continue;
    if (worst == nullptr || figure_of(worst->rto) < figure_of(objective.rto)) worst = &objective;
  }
  return worst;
}

const ObjectiveResult* worst_rpo(const Judgement& judgement) {
  const ObjectiveResult* worst = nullptr;
  for (const ObjectiveResult& objective : judgement.objectives) {
    const RpoResult& rpo = objective.rpo;
    if (!objective.exercised || !rpo.applicable || !rpo.evaluated) continue;
    if (worst == nullptr || figure_of(worst->rpo) < figure_of(rpo)) worst = &objective;
  }
  return worst;
}

/// " of 5m" behind a figure, " (target 5m)" behind what is none.
template <class Result>
std::string target_behind(const Result& result) {
  if (!result.target) return {};
  const std::string target = spell_duration(*result.target);
  return result.achieved ? " of " + target : " (target " + target + ")";
}

std::string worst_rto_words(const Judgement& judgement) {
  const bool exercised = std::any_of(judgement.objectives.begin(), judgement.objectives.end(),
                                     [](const ObjectiveResult& o) { return o.exercised; });
  const ObjectiveResult* worst = worst_rto(judgement);
  if (worst == nullptr) return exercised ? "nothing evaluated" : "nothing exercised";
  const RtoResult& rto = worst->rto;
  if (rto.achieved == Duration::zero()) return "all absorbed";
  return "RTO " + std::string(name_of(worst->component)) + " " + rto_words(*worst) +
         target_behind(rto);
}

std::string worst_rpo_words(const Judgement& judgement) {
  const ObjectiveResult* worst = worst_rpo(judgement);
  if (worst == nullptr) return {};
  const RpoResult& rpo = worst->rpo;
  if (rpo.achieved == Duration::zero()) return ", nothing lost";
  const std::string figure = rpo.achieved   ? format_duration(*rpo.achieved)
                             : rpo.at_least ? "≥ " + format_duration(*rpo.at_least)
                                            : "undefined";
  return ", RPO " + std::string(name_of(worst->component)) + " " + figure + target_behind(rpo);
}

std::string findings_words(const Judgement& judgement) {
  const auto count = static_cast<std::size_t>(
      std::count_if(judgement.findings.begin(), judgement.findings.end(),
                    [](const Finding& f) { return f.level != FindingLevel::note; }));
  return count == 0 ? "" : ", " + counted(count, "finding");
}

}  // namespace
}  // namespace reports

SummaryRow summary_row(const Report& report) {
  const Judgement& judgement = *report.judgement;
  return {reports::one_line(report.journal->scenario.name), judgement.verdict,
          reports::end_of(*report.journal),
          reports::worst_rto_words(judgement) + reports::worst_rpo_words(judgement) +
              reports::findings_words(judgement)};
}

void write_summary(std::span<const SummaryRow> rows, std::ostream& out,
                   const WriteOptions& options) {
  using reports::Align;
  using reports::Ink;
  reports::TextTable table({Align::left, Align::left, Align::right, Align::left});
  table.add({{"scenario", Ink::dim},
             {"verdict", Ink::dim},
             {"drill time", Ink::dim},
             {"worst against target", Ink::dim}});
  for (const SummaryRow& row : rows)
    table.add({{row.scenario},
               {reports::verdict_word(row.verdict), reports::ink_of(row.verdict)},
               {format_duration(row.lasted)},
               {row.worst}});
  table.write(out, reports::Pen(options.colour), 2, std::max(options.width, reports::narrowest),
              reports::Last::wrapped);
}

}  // namespace drdrill
