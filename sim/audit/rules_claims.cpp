#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "sim/audit/alerts.hpp"
#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/audit/prose.hpp"

/// What is said of scheduled backups, and who would learn that they fail.
namespace drdrill::audit {
namespace {

bool any_in(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return contains(text, word); });
}

bool makes_backups(const Look& look, const Look::Scheduled& each) {
  const std::string name = lower(each.job->meta.name + " " + each.script);
  if (any_in(name, {"restore", "verif", "test", "drill", "clean", "prune", "check"})) return false;
  if (any_in(name, {"backup", "dump", "snapshot"})) return true;
  return std::any_of(each.procedures.begin(), each.procedures.end(), [&](std::size_t p) {
    return look.procedures[p].purpose == Followed::Purpose::backup;
  });
}

/// Does the job tell somebody how it went: a webhook, a dead man's switch, a metric that it pushes?
bool tells(const Look& look, const Look::Scheduled& each) {
  return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
    if (!each.runs(call.procedure)) return false;
    const auto program = call.program();
    return program == "curl" || program == "wget" || program == "mail" || program == "sendmail" ||
           program == "slack" || contains(call.line(), "sns publish") ||
           contains(call.line(), "put-metric-data");
  });
}

bool asks_for_backups(const AlertRule& rule) {
  return any_in(lower(rule.name + " " + rule.expression),
                {"backup", "kube_job", "kube_cronjob", "cronjob", "jobfail", "job_fail", "velero",
                 "barman", "pgbackrest", "archiv", "wal_g", "wal-g", "snapshot", "dump", "restic",
                 "k8up", "last_success"});
}

}  // namespace

/// A backup that fails is missed when it is needed, or before.
void check_backup_alerts(Look& look) {
  const auto alerts = alert_rules(look.input);
  if (alerts.empty() || std::any_of(alerts.begin(), alerts.end(), asks_for_backups) ||
      beside_kube_prometheus(look.input))
    return;
  std::set<std::string> jobs;
  const Look::Scheduled* first = nullptr;
  for (const Look::Scheduled& each : look.scheduled) {
    if (!makes_backups(look, each) || tells(look, each)) continue;
    if (!first) first = &each;
    jobs.insert(each.job->meta.name);
  }
  if (!first) return;
  std::string files;
  for (const AlertRule& rule : alerts)
    if (!contains(files, rule.place.file)) files += (files.empty() ? "" : ", ") + rule.place.file;
  look.report(first->place,
              "no alert (" + std::to_string(alerts.size()) + " rules are given, in " + files +
                  ") asks whether " + joined(jobs) +
                  " ran or how old the last backup is, and the job tells nobody: that it fails "
                  "comes out when a backup is needed");
}

namespace {

/// A line of prose with what it stands under.
struct Said {
  const ProseLine* line = nullptr;
  std::string text;   ///< in small letters
  std::string under;  ///< the item or heading that it belongs to
  std::string chain;  ///< all headings around it
};

/// An item that others stand below: "2. PostgreSQL Database", "Database backups:".
bool is_title(const ProseLine& line, const std::string& text) {
  const std::size_t colon = text.find(':');
  return line.heading == 0 && !line.row && text.size() < 60 &&
         (colon == std::string::npos || colon + 1 >= text.size());
}

std::vector<Said> sayings(const std::vector<ProseLine>& lines) {
  std::vector<Said> out;
  std::array<std::string, 7> headings;
  std::string title;
  for (const ProseLine& line : lines) {
    const std::string text = lower(line.text);
    if (line.heading > 0) {
      const auto level = static_cast<std::size_t>(line.heading);
      headings[level] = text;
      for (std::size_t i = level + 1; i < headings.size(); ++i) headings[i].clear();
      title.clear();
      continue;
    }
    Said said{&line, text, title, ""};
    for (const std::string& heading : headings) {
      said.chain += heading + " ";
      if (title.empty() && !heading.empty()) said.under = heading;
    }
    out.push_back(std::move(said));
    if (is_title(line, text)) title = text;
  }
  return out;
}

constexpr double minute = 60, hour = 3600, day = 86400;

struct Unit {
  std::string_view word;
  double seconds;
};
constexpr std::array<Unit, 9> units{{{"minute", minute},
                                     {"hour", hour},
                                     {"day", day},
                                     {"week", 7 * day},
                                     {"night", day},
                                     {"jam", hour},
                                     {"menit", minute},
                                     {"hari", day},
                                     {"h ", hour}}};

/// "every 6 hours", "hourly", "daily at 2 AM": how often; nothing when the text says none, or
/// several.
std::optional<double> interval_said(const std::string& given) {
  const std::string text = given + " ";
  std::set<double> found;
  for (const auto& [word, seconds] :
       {Unit{"hourly", hour}, {"daily", day}, {"nightly", day}, {"weekly", 7 * day}})
    if (contains(text, word)) found.insert(seconds);
  for (const std::string_view each : {"every ", "setiap "})
    for (std::size_t at = text.find(each); at != std::string::npos; at = text.find(each, at + 1)) {
      std::string rest = text.substr(at + each.size());
      const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
      const double count = digits == 0 ? 1 : std::atof(rest.substr(0, digits).c_str());
      rest.erase(0, std::min(rest.find_first_not_of(" -", digits), rest.size()));
      for (const Unit& unit : units)
        if (rest.starts_with(unit.word)) found.insert(count * unit.seconds);
    }
  if (found.size() != 1 || *found.begin() <= 0) return std::nullopt;
  return *found.begin();
}

/// Days after which the job deletes; nothing when it does not, or in several ways.
std::optional<double> kept_days(const Look& look, const Look::Scheduled& job) {
  std::set<double> found;
  for (const Call& call : look.calls) {
    if (!job.runs(call.procedure)) continue;
    const std::string age = call.program() == "find" ? call.option("-mtime", "-mtime")
                                                     : call.option("--older-than", "--older-than");
    if (age.empty()) continue;
    const std::size_t begin = age.starts_with('+') ? 1 : 0;
    const std::size_t end = std::min(age.find_first_not_of("0123456789", begin), age.size());
    if (end == begin || (end < age.size() && age.substr(end) != "d")) return std::nullopt;
    found.insert(std::atof(age.substr(begin, end - begin).c_str()));
  }
  if (found.size() != 1) return std::nullopt;
  return *found.begin();
}

struct Claim {
  double seconds = 0;
  SourcePlace place;
};
struct Claims {
  std::vector<Claim> schedules, retentions;
};

/// What else may be copied or done by the clock, of which a backup job says nothing.
bool of_something_else(const std::string& text) {
  return any_in(text, {"wal",     "incremental", "differential", "replica",  "snapshot", "velero",
                       "aof",     "config",      "test",         "drill",    "restor",   "verif",
                       "monitor", "alert",       "check",        "clean",    "review",   "archiv",
                       "log",     "until",       "offsite",      "off-site", "glacier"});
}

std::map<ComponentId, Claims> claims_of(const DocumentText& document) {
  std::map<ComponentId, Claims> out;
  const auto lines = prose_of(document);
  for (const Said& said : sayings(lines)) {
    const std::string near = said.text + " " + said.under;
    const auto component = component_of_text(near);
    if (!component || !contains(near + said.chain, "backup") || of_something_else(near)) continue;
    const bool times = any_in(said.text, {"schedule", "frequency", "backup", "jadwal"});
    if (const auto interval = interval_said(said.text); interval && (times || said.line->row))
      out[*component].schedules.push_back({*interval, said.line->place});
    const auto days = days_in(said.text);
    if (days && any_in(said.text, {"retention", "kept", "keep", "retain", "retensi", "disimpan"}) &&
        said.text.find("day") == said.text.rfind("day") && !said.line->row)
      out[*component].retentions.push_back({*days * day, said.line->place});
  }
  return out;
}

/// "6 hours", "30 days".
std::string words_of(double seconds) {
  for (const auto& [word, length] : {std::pair{"day", day}, {"hour", hour}, {"minute", minute}}) {
    const double count = seconds / length;
    if (count < 1 || std::abs(count - std::round(count)) > 1e-6) continue;
    const auto whole = static_cast<std::int64_t>(std::round(count));
    return std::to_string(whole) + " " + word + (whole == 1 ? "" : "s");
  }
  return format_duration(
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds)));
}

/// The first of the claims, when none of them is `seconds`.
const Claim* contradicted(const std::vector<Claim>& claims, double seconds) {
  const bool said = std::any_of(claims.begin(), claims.end(), [&](const Claim& claim) {
    return std::abs(claim.seconds - seconds) < 0.05 * seconds;
  });
  return claims.empty() || said ? nullptr : &claims.front();
}

}  // namespace

/// A document says how often, or for how long; the one job of that component has it otherwise.
void check_claims(Look& look) {
  std::map<ComponentId, std::vector<const Look::Scheduled*>> jobs;
  for (const Look::Scheduled& each : look.scheduled) {
    const auto component = component_of_text(each.job->meta.name + " " + each.script);
    if (component && makes_backups(look, each)) jobs[*component].push_back(&each);
  }
  for (const DocumentText& document : look.input.texts)
    for (const auto& [component, claims] : claims_of(document)) {
      const auto known = jobs.find(component);
      if (known == jobs.end() || known->second.size() != 1) continue;
      const Look::Scheduled& job = *known->second.front();
      const std::string where = job.place.file + ":" + std::to_string(job.place.line);
      const auto interval = interval_of(job);
      const double seconds = interval ? std::chrono::duration<double>(*interval).count() : 0;
      if (const Claim* claim = interval ? contradicted(claims.schedules, seconds) : nullptr)
        look.report(claim->place, "it says every " + words_of(claim->seconds) + ", and " +
                                      job.job->meta.name + " (" + where + ") runs \"" +
                                      job.schedule + "\": every " + words_of(seconds));
      const auto days = kept_days(look, job);
      const Claim* kept = days ? contradicted(claims.retentions, *days * day) : nullptr;
      if (kept && kept->seconds > *days * day)
        look.report(kept->place, "it says that backups are kept for " + words_of(kept->seconds) +
                                     ", and " + job.job->meta.name + " (" + where +
                                     ") deletes what is older than " + words_of(*days * day));
    }
}

}  // namespace drdrill::audit
