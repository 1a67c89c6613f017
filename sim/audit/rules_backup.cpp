#include <algorithm>
#include <array>
#include <cctype>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// What backups hold, and whether anybody could know.
namespace drdrill::audit {
namespace {

bool dumps(const Call& call) {
  return call.program() == "pg_dump";
}

/// The databases that dumps or restores name; loops over words are gone through.
std::set<std::string> databases_of(const Look& look, std::string_view program) {
  std::set<std::string> out;
  for (const Call& call : look.calls) {
    if (call.program() != program || call.has("--list") || call.has("-l")) continue;
    const std::string name = call.option("-d", "--dbname");
    if (!name.empty() && !contains(name, "?")) out.insert(call.loops.empty() ? name : name + "…");
  }
  return out;
}

/// Is it copied by what the commands do, whatever the procedures are called? Copies of whole
/// namespaces and volumes hold everything.
bool copied(const Look& look, ComponentId component) {
  return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
    const auto program = call.program();
    const std::string line = lower(call.line());
    if (program == "velero" || contains(line, "volumesnapshot") ||
        contains(line, "etcdctl snapshot"))
      return true;
    if (component == ComponentId::postgres)
      return lists("pg_dump pg_dumpall pg_basebackup pgbackrest barman wal-g", program);
    if (component == ComponentId::redis)
      return program == "redis-cli" &&
             (call.has("--rdb") || contains(line, "bgsave") || contains(line, " save"));
    return false;
  });
}

/// Does the procedure say that it restores to see whether it can be done?
bool tests_restore(const Followed& followed) {
  constexpr std::array<std::string_view, 13> words{
      "restore-test",  "test-restore",  "restore test",       "test restore", "restore-drill",
      "restore drill", "test_restore",  "restore_test",       "backup test",  "test backup",
      "test-backup",   "verify-backup", "backup verification"};
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return contains(followed.about, word); });
}

/// Does it restore to see whether it can be done, into a server or database for that?
bool tries_restore(const Look& look, const Call& call) {
  if ((call.program() != "pg_restore" && call.program() != "createdb") || call.has("--list"))
    return false;
  const Procedure& procedure = *of_call(look, call).procedure;
  const std::string names =
      lower(procedure.runbook.name + " " + procedure.runbook.title + " " + procedure.script + " " +
            call.argv.back() + " " + call.option("-d", "--dbname"));
  for (const std::string_view word :
       {"restore-test", "test-restore", "restore test", "test restore", "scratch", "restore-drill",
        "restore drill", "verif", "_test"})
    if (contains(names, word)) return true;
  return false;
}

}  // namespace

namespace {

/// A provider's database copies itself.
bool is_managed(const Look& look) {
  constexpr std::array<std::string_view, 11> words{
      "azure sql",  "rds",  "cloud sql",       "cloudsql",         "aurora",
      "supabase",   "neon", "flexible server", "managed database", "managed postgres",
      "planetscale"};
  // Whole words: "records" ends as "RDS" does.
  const auto speaks_of = [](const std::string& text, std::string_view word) {
    const auto is_letter = [&](std::size_t at) {
      return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
    };
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
      if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + word.size())) return true;
    return false;
  };
  return std::any_of(look.input.texts.begin(), look.input.texts.end(), [&](const auto& document) {
    const std::string low = lower(document.text);
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return speaks_of(low, word); });
  });
}

}  // namespace

void check_no_backup(Look& look) {
  const bool jobs =
      std::any_of(look.scheduled.begin(), look.scheduled.end(), [&](const auto& each) {
        return !look.input.platform || each.place.file != look.input.platform->file;
      });
  const bool backs_up =
      jobs || std::any_of(look.procedures.begin(), look.procedures.end(),
                          [](const Followed& f) { return f.purpose == Followed::Purpose::backup; });
  // Texts without any backup leave that to others, and one drill is not all that there is.
  if (look.objectives.empty() || !backs_up || look.input.scenario) return;
  for (const Objective& objective : look.objectives) {
    const bool has_state =
        !components[static_cast<std::size_t>(objective.component)].record.empty();
    if (!objective.rpo || !has_state || objective.component == ComponentId::api ||
        objective.component == ComponentId::platform ||
        objective.component == ComponentId::load_balancer)
      continue;
    bool any = copied(look, objective.component) ||
               (objective.component == ComponentId::postgres && is_managed(look));
    any =
        any || std::any_of(look.procedures.begin(), look.procedures.end(), [&](const Followed& f) {
          return f.purpose == Followed::Purpose::backup &&
                 component_of_text(f.about) == objective.component;
        });
    any = any || std::any_of(look.scheduled.begin(), look.scheduled.end(), [&](const auto& s) {
            return component_of_text(s.job->meta.name) == objective.component;
          });
    if (!any)
      look.report(objective.place,
                  "nothing makes a copy of what " + std::string(name_of(objective.component)) +
                      " keeps: with its volumes all of it is lost",
                  objective_words(objective, true));
  }
}

void check_databases(Look& look) {
  const std::set<std::string> dumped = databases_of(look, "pg_dump");
  // Of manifests nobody knows which databases there are: one is assumed.
  if (look.input.platform && !look.input.imported && !dumped.empty() &&
      !look.input.platform->postgres.databases.empty()) {
    for (const DatabaseSpec& database : look.input.platform->postgres.databases) {
      const bool named = std::any_of(dumped.begin(), dumped.end(), [&](const std::string& name) {
        const bool loop = name.ends_with("…");
        const std::size_t size = loop ? name.find_last_not_of("0123456789…\xe2\x80\xa6") + 1 : 0;
        return name == database.name ||
               (loop && database.name.substr(0, size) == name.substr(0, size));
      });
      if (named) continue;
      for (const Call& call : look.calls)
        if (dumps(call)) {
          look.report(call.place, "no backup names the database " + database.name, "postgres RPO");
          break;
        }
    }
  }
  const std::set<std::string> restored = databases_of(look, "pg_restore");
  if (dumped.size() < 2 || restored.empty()) return;
  std::set<std::size_t> said;
  for (const Call& call : look.calls) {
    if (call.program() != "pg_restore" || tries_restore(look, call) ||
        of_call(look, call).purpose != Followed::Purpose::recovery)
      continue;
    if (!said.insert(call.procedure).second) continue;
    std::set<std::string> here, missing = dumped;
    for (const Call* each : look.of(call.procedure))
      if (each->program() == "pg_restore") missing.erase(each->option("-d", "--dbname"));
    for (const std::string& name : dumped)
      if (name.ends_with("…") && !call.loops.empty()) missing.erase(name);
    if (!missing.empty())
      look.report_as("restore-misses-database", call.place,
                     "it restores " + call.option("-d", "--dbname") +
                         " only; backups are made of " + joined(dumped) + ", and " +
                         joined(missing) + " come back empty or not at all");
  }
}

void check_roles(Look& look) {
  const Call* dump = nullptr;
  for (const Call& call : look.calls) {
    if (call.program() == "pg_dumpall" || call.program() == "pg_basebackup") return;
    if (dumps(call) && !dump && of_call(look, call).purpose == Followed::Purpose::backup)
      dump = &call;
  }
  if (dump)
    look.report(dump->place,
                "pg_dump holds no roles and no tablespaces; on a new server every GRANT and OWNER "
                "of the dump "
                "fails (pg_dumpall --globals-only has them)");
}

void check_dump_and_wal(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Call* restore = nullptr;
    bool recovery = false;
    for (const Call* call : look.of(p)) {
      if (call->program() == "pg_restore" && !call->has("--list")) restore = call;
      if (!only_prints(*call) &&
          (contains(call->line(), "restore_command") || contains(call->line(), "recovery_target")))
        recovery = true;
    }
    if (restore && recovery)
      look.report(restore->place,
                  "WAL cannot be replayed onto what pg_restore makes: recovery to a point in time "
                  "needs a copy "
                  "of the data directory (pg_basebackup), and there is none",
                  "postgres RPO");
  }
  // WAL that nothing can use.
  const Call* wal = nullptr;
  for (const Call& call : look.calls) {
    if (call.program() == "pg_basebackup") return;
    if (call.program() == "pg_receivewal" && !wal) wal = &call;
  }
  if (wal)
    look.report_as("wal-without-base", wal->place,
                   "WAL is kept, and no base backup that it could be replayed onto");
}

void check_verification(Look& look) {
  for (const Call& call : look.calls)
    if (call.program() == "pg_restore" && (call.has("--list") || call.has("-l")) &&
        of_call(look, call).purpose == Followed::Purpose::backup)
      look.report(call.place,
                  "pg_restore --list reads the table of contents only: a dump that is cut short or "
                  "damaged behind it "
                  "passes");
  const Call* first = nullptr;
  if (std::any_of(look.procedures.begin(), look.procedures.end(), tests_restore)) return;
  for (const Call& call : look.calls) {
    if (tries_restore(look, call)) return;
    if ((dumps(call) || call.program() == "pg_basebackup") && !first) first = &call;
  }
  if (first && look.procedures.size() > 2)
    look.report_as(
        "restore-never-tried", first->place,
        "no procedure restores a backup to see whether it can be: the first try is the disaster");
}

}  // namespace drdrill::audit
