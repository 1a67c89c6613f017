#include <algorithm>
#include <array>
#include <cctype>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/audit/prose.hpp"

/// What documents promise in words, against what they say elsewhere.
namespace drdrill::audit {
namespace {

bool says_any(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return contains(text, word); });
}

/// What stands behind the first of `words` in the text; empty: none of them does.
std::string behind(const std::string& text, std::string_view word) {
  const std::size_t at = text.find(word);
  return at == std::string::npos ? std::string() : text.substr(at + word.size());
}

/// "below 30 minutes" says that 30 minutes are too many.
bool promises_less(const std::string& text) {
  return contains(text, "<") ||
         says_any(text, {"less than", "below", "under ", "kurang dari", "within", "di bawah"});
}
bool excludes_limit(const std::string& text) {
  return (contains(text, "<") && !contains(text, "<=")) ||
         says_any(text, {"less than", "below", "under ", "kurang dari", "di bawah"});
}

/// The number before "%", and whether more or less than it is meant, and it itself.
struct Share {
  double percent = 0;
  bool above = false;
  bool itself = false;
  SourcePlace place;
};
std::optional<Share> share_in(const ProseLine& line) {
  const std::size_t sign = line.text.find('%');
  if (sign == std::string::npos || sign == 0) return std::nullopt;
  std::size_t begin = sign;
  while (begin > 0 && (std::isdigit(static_cast<unsigned char>(line.text[begin - 1])) != 0 ||
                       line.text[begin - 1] == '.'))
    --begin;
  if (begin == sign) return std::nullopt;
  std::string before = line.text.substr(0, begin);
  while (!before.empty() && before.back() == ' ') before.pop_back();
  Share out{std::atof(line.text.substr(begin, sign - begin).c_str()), false, false, line.place};
  if (before.ends_with(">=") || before.ends_with("≥"))
    out.above = out.itself = true;
  else if (before.ends_with("<=") || before.ends_with("≤"))
    out.itself = true;
  else if (before.ends_with(">"))
    out.above = true;
  else if (!before.ends_with("<"))
    return std::nullopt;
  return out;
}

}  // namespace

/// A conclusion that promises more than the table.
void check_promises(Look& look) {
  for (const DocumentText& document : look.input.texts) {
    const auto lines = prose_of(document);
    // What stands in a table is the objective; what prose says may be where it was read from.
    std::vector<const Objective*> own;
    for (const ProseLine& line : lines)
      if (line.row && !promises_less(lower(line.text)))
        for (const Objective& objective : look.objectives)
          if (objective.place.file == document.file && objective.place.line == line.place.line)
            own.push_back(&objective);
    bool sums_up = false;
    for (const ProseLine& line : lines) {
      if (line.heading > 0)
        sums_up = says_any(lower(line.text), {"conclusion", "summary", "overview", "introduction",
                                              "goals", "kesimpulan", "ringkasan", "tujuan"});
      if (!sums_up || line.row || line.heading > 0 || !promises_less(lower(line.text))) continue;
      for (const bool rpo : {false, true}) {
        const std::string rest = behind(line.text, rpo ? "RPO" : "RTO");
        // Of one component it is the component's.
        if (rest.empty() || component_of_text(line.text)) continue;
        const auto limit = time_in(rest.substr(0, rest.find_first_of(".;")));
        if (!limit) continue;
        std::string beyond;
        for (const Objective* objective : own) {
          const auto& time = rpo ? objective->rpo : objective->rto;
          if (!time || *time < *limit) continue;
          // The same figure twice, of the whole, is one objective in two words.
          const bool whole = objective->component == ComponentId::platform;
          if (*time == *limit && (whole || !excludes_limit(lower(rest)))) continue;
          beyond += (beyond.empty() ? "" : ", ") + objective_words(*objective, rpo);
        }
        if (!beyond.empty())
          look.report(line.place, std::string("it promises an ") + (rpo ? "RPO" : "RTO") +
                                      " below " + format_duration(*limit) +
                                      ", and the objectives allow " + beyond);
      }
    }
  }
}

/// "> 20 %" and "< 20 %": nobody says what 20 % is.
void check_severity_gaps(Look& look) {
  for (const DocumentText& document : look.input.texts) {
    std::vector<Share> shares;
    int last = 0;
    const auto tell = [&] {
      for (const Share& a : shares)
        for (const Share& b : shares) {
          const bool gap = a.above && !b.above && a.percent == b.percent && !a.itself && !b.itself;
          if (!gap) continue;
          std::string number = std::to_string(a.percent);
          number.resize(number.find_last_not_of('0') + 1);
          if (number.ends_with('.')) number.pop_back();
          number += " %";
          std::string evidence = "above ";
          evidence.append(number).append(" is one level and below ").append(number);
          evidence.append(" another: what exactly ").append(number).append(" is nobody says");
          look.report(b.place, std::move(evidence));
        }
      shares.clear();
    };
    for (const ProseLine& line : prose_of(document)) {
      if (line.place.line > last + 2) tell();
      last = line.place.line;
      if (const auto share = share_in(line)) shares.push_back(*share);
    }
    tell();
  }
}

/// Base backups for 30 days and WAL for 7.
void check_prose_retention(Look& look) {
  for (const DocumentText& document : look.input.texts) {
    double base = 0, wal = 0;
    SourcePlace place;
    for (const ProseLine& line : prose_of(document)) {
      const std::string text = lower(line.text);
      if (!says_any(text, {"retention", "retain", "kept", "keep", "retensi", "disimpan"}) &&
          !line.row)
        continue;
      const auto days = days_in(text);
      if (!days) continue;
      if (says_any(text, {"wal", "transaction log", "archive log", "binlog"})) {
        // One line may say both.
        if (wal == 0 || *days < wal) wal = *days, place = line.place;
      } else if (says_any(text, {"base backup", "full backup", "basebackup", "daily backup",
                                 "snapshot"})) {
        base = std::max(base, *days);
      }
    }
    if (base > 0 && wal > 0 && wal < base) {
      const auto number = [](double days) { return std::to_string(static_cast<int>(days)); };
      look.report(place, "WAL is kept for " + number(wal) + " days and base backups for " +
                             number(base) +
                             ": one older than that cannot be brought to any point in time");
    }
  }
}

/// A schedule that names no time.
void check_drill_schedule(Look& look) {
  for (const DocumentText& document : look.input.texts) {
    const auto lines = prose_of(document);
    const bool drills =
        std::any_of(look.procedures.begin(), look.procedures.end(), [&](const Followed& f) {
          return f.file == document.file && f.purpose == Followed::Purpose::drill;
        });
    if (!drills) continue;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string heading = lower(lines[i].text);
      const bool promises =
          lines[i].heading > 0 && contains(heading, "drill") &&
          says_any(heading, {"schedule", "monthly", "weekly", "quarterly", "jadwal", "bulanan"});
      if (!promises) continue;
      bool says_when = false;
      for (std::size_t k = i + 1; k < lines.size() && lines[k].heading == 0; ++k)
        says_when =
            says_when ||
            says_any(lower(lines[k].text),
                     {"monday", "tuesday", "wednesday", "thursday", "friday",  "saturday", "sunday",
                      "first ", "every",   "last ",     "week ",    "quarter", "q1",       "cron",
                      "utc",    "senin",   "setiap",    "pertama",  "january", "february"});
      bool runs = false;
      for (const Look::Scheduled& each : look.scheduled)
        for (const std::size_t p : each.procedures)
          runs = runs || look.procedures[p].purpose == Followed::Purpose::drill;
      if (!says_when && !runs)
        look.report(lines[i].place,
                    "\"" + lines[i].text.substr(lines[i].text.find_first_not_of("# ")) +
                        "\" names no day, nobody who does it, and nothing starts it: "
                        "it happens when somebody thinks of it");
    }
  }
}

}  // namespace drdrill::audit
