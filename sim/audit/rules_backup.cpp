#include <algorithm>
#include <array>

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

bool is_backup_writer(const Call& call) {
  const auto program = call.program();
  return program == "pg_dump" || program == "pg_dumpall" || program == "pg_basebackup" ||
         program == "mysqldump" || program == "mongodump" ||
         (program == "redis-cli" && call.has("--rdb")) || program == "tar" ||
         (program == "kubectl" && !call.targets.empty());
}

/// The word of the command that names its file, with variables as "$name ".
std::string output_of(const Call& call) {
  if (call.program() == "kubectl") return call.raw_targets.empty() ? "" : call.raw_targets.front();
  for (std::size_t i = 1; i < call.argv.size(); ++i) {
    for (const std::string_view option : {"--file=", "--pgdata=", "--out=", "--archive="})
      if (call.argv[i].starts_with(option)) return call.raw[i].substr(option.size());
    for (const std::string_view option : {"-f", "--file", "--rdb", "-D", "--pgdata", "-o", "--out"})
      if (call.argv[i] == option && i + 1 < call.raw.size()) return call.raw[i + 1];
  }
  return {};
}

}  // namespace

void check_no_backup(Look& look) {
  const bool backs_up =
      !look.scheduled.empty() ||
      std::any_of(look.procedures.begin(), look.procedures.end(),
                  [](const Followed& f) { return f.purpose == Followed::Purpose::backup; });
  // Texts without any backup leave that to others.
  if (look.objectives.empty() || !backs_up) return;
  for (const Objective& objective : look.objectives) {
    const bool has_state =
        !components[static_cast<std::size_t>(objective.component)].record.empty();
    if (!objective.rpo || !has_state || objective.component == ComponentId::api ||
        objective.component == ComponentId::platform ||
        objective.component == ComponentId::load_balancer)
      continue;
    bool any = std::any_of(look.procedures.begin(), look.procedures.end(), [&](const Followed& f) {
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
  if (look.input.platform && !dumped.empty() && !look.input.platform->postgres.databases.empty()) {
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
      if (contains(call->line(), "restore_command") || contains(call->line(), "recovery_target"))
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
  for (const Call& call : look.calls) {
    if (tries_restore(look, call)) return;
    if ((dumps(call) || call.program() == "pg_basebackup") && !first) first = &call;
  }
  if (first && look.procedures.size() > 2)
    look.report_as(
        "restore-never-tried", first->place,
        "no procedure restores a backup to see whether it can be: the first try is the disaster");
}

void check_async_copy(Look& look) {
  for (std::size_t i = 0; i + 1 < look.calls.size(); ++i) {
    const std::string verb = lower(look.calls[i].line());
    if (look.calls[i].program() != "redis-cli" ||
        !(contains(verb, "bgrewriteaof") || contains(verb, "bgsave")))
      continue;
    const Call& next = look.calls[i + 1];
    if (next.program() == "sleep")
      look.report(
          next.place,
          "the server works on in the background and says when it is done (INFO persistence); " +
              next.line() + " does not know, and what is copied may be half written");
  }
}

void check_overwrites(Look& look) {
  for (const Call& call : look.calls) {
    if (!is_backup_writer(call)) continue;
    const std::string file = output_of(call);
    if (file.empty()) continue;
    if (!call.loops.empty()) {
      const std::string& variable = call.loops.back();
      const bool varies = contains(file, "$" + variable + " ");
      const bool matters = std::any_of(
          call.raw.begin(), call.raw.end(),
          [&](const std::string& word) { return contains(word, "$" + variable + " "); });
      if (!varies && matters)
        look.report(
            call.place,
            "the file's name does not contain the loop's variable (" + variable +
                "), so every round overwrites the one before and only the last one's backup "
                "is left");
    }
    // Without a date the next run overwrites this one's.
    bool dated = contains(file, "$()") || contains(file, "?");
    for (const Assigned& a : look.assigned)
      dated = dated || (a.procedure == call.procedure && contains(file, "$" + a.name + " ") &&
                        contains(a.value, "?"));
    for (const std::string& loop : call.loops)
      if (contains(file, "$" + loop + " ") && !contains(file, "/")) dated = true;
    if (!dated && look.procedures[call.procedure].purpose == Followed::Purpose::backup)
      look.report_as("one-generation", call.place,
                     "the file's name is the same in every run: a backup of what is broken already "
                     "replaces the last good one");
  }
}

void check_folder(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    if (look.procedures[p].purpose != Followed::Purpose::backup) continue;
    bool made = false;
    for (const Call* call : look.of(p)) {
      made = made || call->program() == "mkdir" || call->program() == "install" ||
             call->program() == "mktemp";
      const std::string wal =
          call->program() == "pg_receivewal" ? call->option("-D", "--directory") : "";
      const auto& calls = look.of(p);
      if (!wal.empty() && std::none_of(calls.begin(), calls.end(), [&](const Call* c) {
            return c->program() == "mkdir" && c->has(wal);
          }))
        look.report(call->place, "pg_receivewal makes no folder, and nothing else makes " + wal +
                                     ": \"could not open directory\"");
      for (const std::string& target : call->targets)
        if (!made && target.starts_with("/") && !target.starts_with("/dev/") &&
            !target.starts_with("/tmp/")) {
          look.report(call->place, "nothing makes the folder of " + target +
                                       "; where it is not there, nothing is written");
          made = true;
        }
    }
  }
}

/// pg_receivewal that is started now and then.
void check_wal_gaps(Look& look) {
  for (const Call& call : look.calls)
    if (call.program() == "pg_receivewal" && call.option("-S", "--slot").empty() &&
        !call.has("--create-slot") && !call.has("--drop-slot"))
      look.report(call.place,
                  "no replication slot (--slot) keeps WAL while it does not run: what the server "
                  "has recycled by its next start is missing, and nothing after a gap can be "
                  "replayed",
                  "postgres RPO");
}

/// Shards that are dumped one after the other are of different moments.
void check_one_moment(Look& look) {
  std::map<std::size_t, std::pair<const Call*, std::set<std::string>>> dumped;
  for (const Call& call : look.calls) {
    if (!dumps(call) || of_call(look, call).purpose != Followed::Purpose::backup) continue;
    auto& [first, names] = dumped[call.procedure];
    const std::string name = call.option("-d", "--dbname");
    if (contains(lower(name), "shard") && !first) first = &call;
    names.insert(call.loops.empty() ? name : name + "…");
  }
  for (const auto& [procedure, found] : dumped)
    if (found.first && (found.second.size() > 1 || !found.first->loops.empty()))
      look.report(
          found.first->place,
          "each pg_dump is of the moment it begins: dumps of shards that are made one after "
          "the other do not fit together, and rows that refer across them come back broken",
          "postgres RPO");
}

}  // namespace drdrill::audit
