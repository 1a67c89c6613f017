#include <algorithm>
#include <ostream>

#include "reports/text.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"

/// Where the time of each component's decisive outage went.
namespace drdrill::reports {
namespace {

constexpr std::size_t most_causes = 3;
constexpr std::size_t most_other_outages = 3;
constexpr std::size_t cause_column = 33;

std::string title_of(const Journal& journal, const ObjectiveResult& result, const Outage& outage) {
  std::string out = " " + clock_of(journal, outage.began) + " to ";
  out += outage.ended ? clock_of(journal, *outage.ended) + ", " +
                            format_duration(*outage.ended - outage.began)
                      : "the end of the drill, not recovered in " +
                            format_duration(length_of(outage, end_of(journal)));
  if (result.rto.outages.size() > 1 && outage.ended)
    out += ", the longest of " + counted(result.rto.outages.size(), "outage");
  return out;
}

std::string preceded_words(const Journal& journal, const Outage& outage) {
  if (!outage.preceded_by || *outage.preceded_by >= journal.entries.size()) return {};
  const Duration gap = outage.began - journal.entries[*outage.preceded_by].at;
  const std::string what = happening_words(journal, *outage.preceded_by);
  if (what.empty()) return {};
  return gap == Duration::zero() ? "with " + what : format_duration(gap) + " after " + what;
}

void write_cause(const Journal& journal, const Cause& cause, const Page& page,
                 const std::string& lead) {
  const std::string took = pad_left(format_duration(cause.to - cause.from), 8) + "  ";
  const std::string what = cause_words(journal, cause);
  const std::string why = cause_parameter_words(journal, cause);
  const std::size_t room = page.width - cause_column - 10;
  const std::string said = clip(what, room);
  page.out << lead << took << said;
  if (why.empty()) {
    page.out << '\n';
  } else if (columns(said) + 2 + columns(why) <= room) {
    page.out << "  " << page.pen(Ink::dim, why) << '\n';
  } else {
    page.out << '\n';
    for (const std::string& line : wrap(why, room))
      page.out << std::string(cause_column + 10, ' ') << page.pen(Ink::dim, line) << '\n';
  }
}

void write_part(const Journal& journal, const PartOfOutage& part, Duration outage,
                const Page& page) {
  const double share = outage > Duration::zero() ? to_seconds(part.took) / to_seconds(outage) : 0.0;
  const std::string lead = "    " + pad_right(part_name(part.part), 7) +
                           pad_left(format_duration(part.took), 12) + pad_left(percent(share), 8) +
                           "  ";
  if (part.causes.empty()) {
    page.out << lead << "  nothing noted explains it\n";
    return;
  }
  const std::size_t shown = std::min(part.causes.size(), most_causes);
  for (std::size_t i = 0; i < shown; ++i)
    write_cause(journal, part.causes[i], page, i == 0 ? lead : std::string(cause_column, ' '));
  if (shown < part.causes.size())
    page.out << std::string(cause_column + 10, ' ')
             << page.pen(Ink::dim, "and " + std::to_string(part.causes.size() - shown) + " shorter")
             << '\n';
}

void write_others(const Journal& journal, const RtoResult& rto, const Outage* decisive,
                  const Page& page) {
  std::size_t shown = 0;
  for (const Outage& outage : rto.outages) {
    if (&outage == decisive) continue;
    if (++shown > most_other_outages) break;
    const std::string before = preceded_words(journal, outage);
    page.out << "    "
             << clip("also " + clock_of(journal, outage.began) + " to " +
                         clock_of(journal, outage.ended.value_or(end_of(journal))) + ", " +
                         format_duration(length_of(outage, end_of(journal))) +
                         (before.empty() ? "" : ", " + before),
                     page.width - 4)
             << '\n';
  }
  const std::size_t others = rto.outages.size() - 1;
  if (others > most_other_outages)
    page.out << "    and " << counted(others - most_other_outages, "more outage") << '\n';
}

void write_component(const Journal& journal, const ObjectiveResult& result, const Page& page) {
  const Outage* outage = decisive_outage(result.rto.outages);
  if (outage == nullptr) return;
  page.out << "\n  " << page.pen(Ink::bold, std::string(name_of(result.component)) + " broken")
           << title_of(journal, result, *outage) << '\n';
  if (const std::string before = preceded_words(journal, *outage); !before.empty())
    page.out << "    " << clip(before, page.width - 4) << '\n';
  const Duration length = length_of(*outage, end_of(journal));
  for (const PartOfOutage& part : outage->parts)
    if (part.took > Duration::zero()) write_part(journal, part, length, page);
  write_others(journal, result.rto, outage, page);
}

}  // namespace

void write_outages(const Report& report, const Page& page) {
  for (const ObjectiveResult& result : report.judgement->objectives)
    write_component(*report.journal, result, page);
  const std::string estimates = estimate_words(*report.journal, *report.judgement);
  if (!estimates.empty())
    page.out << "\n  " << page.pen(Ink::yellow, estimates)
             << page.pen(Ink::dim, " · drdrill list parameters") << '\n';
}

}  // namespace drdrill::reports
