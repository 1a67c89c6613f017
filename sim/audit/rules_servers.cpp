#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// What PostgreSQL 15, Redis 7.2 and LiveKit do not have.
namespace drdrill::audit {
namespace {

/// `redis-cli cluster …` of Redis 7.2 (redis.io/commands).
constexpr std::string_view cluster_verbs =
    "addslots addslotsrange bumpepoch count-failure-reports countkeysinslot delslots delslotsrange "
    "failover "
    "flushslots forget getkeysinslot help info keyslot links meet myid myshardid nodes replicas "
    "replicate "
    "reset saveconfig set-config-epoch setslot shards slaves slots";
/// `redis-cli --cluster …` (redis-cli --cluster help, 7.2).
constexpr std::string_view manager_verbs =
    "create check info fix reshard rebalance add-node del-node call set-timeout import backup help";

struct ProgramOptions {
  std::string_view program;
  std::string_view
      options;  ///< long ones, and letters; as PROGRAM --help of PostgreSQL 15 lists them
};

constexpr std::string_view connection =
    " --host --port --username --no-password --password --dbname --help --version --verbose -h -p "
    "-U -w -W -d -V -v ";

constexpr std::array<ProgramOptions, 5> postgres_programs{{
    {"pg_receivewal",
     "--directory --endpos --if-not-exists --no-loop --no-sync --status-interval --slot "
     "--synchronous --compress "
     "--create-slot --drop-slot -D -E -n -s -S -Z"},
    {"pg_basebackup",
     "--pgdata --format --max-rate --write-recovery-conf --target --tablespace-mapping --waldir "
     "--wal-method --gzip "
     "--compress --checkpoint --create-slot --label --no-clean --no-sync --progress --slot "
     "--manifest-checksums "
     "--manifest-force-encode --no-estimate-size --no-manifest --no-slot --no-verify-checksums "
     "--status-interval "
     "-D -F -r -R -t -T -X -z -Z -c -C -l -n -N -P -S -s"},
    {"pg_restore",
     "--file --format --list --data-only --clean --create --exit-on-error --index --jobs "
     "--use-list --schema "
     "--exclude-schema --no-owner --function --schema-only --superuser --table --trigger "
     "--no-privileges "
     "--single-transaction --disable-triggers --enable-row-security --if-exists --no-comments "
     "--no-data-for-failed-tables --no-publications --no-security-labels --no-subscriptions "
     "--no-table-access-method --no-tablespaces --section --strict-names "
     "--use-set-session-authorization --role "
     "--no-acl -f -F -l -a -c -C -e -I -j -L -n -N -O -P -s -S -t -T -x -1"},
    {"pg_dump",
     "--file --format --jobs --compress --lock-wait-timeout --no-sync --data-only --large-objects "
     "--blobs --no-blobs --clean --create --extension --encoding --schema --exclude-schema "
     "--no-owner --schema-only --superuser --table --exclude-table --no-privileges --no-acl "
     "--binary-upgrade --column-inserts --attribute-inserts --disable-dollar-quoting "
     "--disable-triggers --enable-row-security --exclude-table-data --extra-float-digits "
     "--if-exists --include-foreign-data --inserts --load-via-partition-root --no-comments "
     "--no-publications --no-security-labels --no-subscriptions --no-table-access-method "
     "--no-tablespaces --no-toast-compression --no-unlogged-table-data --on-conflict-do-nothing "
     "--quote-all-identifiers --rows-per-insert --section --serializable-deferrable --snapshot "
     "--strict-names --use-set-session-authorization --role"},
    {"pg_dumpall",
     "--file --lock-wait-timeout --data-only --clean --encoding --globals-only --no-owner "
     "--roles-only --schema-only --superuser --tablespaces-only --no-privileges --no-acl "
     "--binary-upgrade --column-inserts --attribute-inserts --disable-dollar-quoting "
     "--disable-triggers --exclude-database --extra-float-digits --if-exists --inserts "
     "--load-via-partition-root --no-comments --no-publications --no-role-passwords "
     "--no-security-labels --no-subscriptions --no-sync --no-table-access-method --no-tablespaces "
     "--no-toast-compression --no-unlogged-table-data --on-conflict-do-nothing "
     "--quote-all-identifiers --rows-per-insert --use-set-session-authorization --role --database"},
}};

}  // namespace

void check_redis_verbs(Look& look) {
  for (const Call& call : look.calls) {
    if (call.program() != "redis-cli") continue;
    for (std::size_t i = 1; i + 1 < call.argv.size(); ++i) {
      const std::string verb = lower(call.argv[i + 1]);
      if (contains(verb, "?")) continue;
      if (lower(call.argv[i]) == "cluster" && !lists(cluster_verbs, verb)) {
        const bool manager = lists(manager_verbs, verb) || verb == "init";
        look.report(call.place,
                    "Redis has no CLUSTER " + verb + "; it answers an error" +
                        (manager ? ". redis-cli --cluster " +
                                       std::string(verb == "init" ? "create" : verb) + " was meant"
                                 : ""));
        break;
      }
      if (call.argv[i] == "--cluster" && !lists(manager_verbs, verb)) {
        look.report(
            call.place,
            "redis-cli --cluster has no \"" + verb + "\"" +
                (lists(cluster_verbs, verb) ? "; redis-cli cluster " + verb + " was meant" : ""));
        break;
      }
      // With -h it is another server that is asked.
      if (lower(call.argv[i]) == "cluster" && verb == "failover" &&
          call.option("-h", "-h").empty() &&
          (contains(call.pod, "master") || contains(call.pod, "primary")))
        look.report_as("failover-on-master", call.place,
                       "CLUSTER FAILOVER is for a replica: " + call.pod +
                           " answers \"ERR You should send CLUSTER FAILOVER to a "
                           "replica\" and redis-cli exits 0; with the master gone it takes FORCE "
                           "or TAKEOVER, too");
    }
  }
}

std::string unknown_option(const Call& call) {
  for (const ProgramOptions& known : postgres_programs) {
    if (call.program() != known.program) continue;
    const std::string all = std::string(known.options) + std::string(connection);
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
      std::string name = call.argv[i].substr(0, call.argv[i].find('='));
      if (name.starts_with("--") && name.size() > 2 && !contains(name, "?") && !lists(all, name))
        return name;
    }
  }
  return {};
}

void check_postgres_options(Look& look) {
  for (const Call& call : look.calls)
    if (const std::string name = unknown_option(call); !name.empty()) {
      const bool streams = call.program() == "pg_receivewal" && !call.background &&
                           call.option("-E", "--endpos").empty();
      look.report(call.place,
                  std::string(call.program()) + " of PostgreSQL 15 has no " + name +
                      ": it ends with \"unrecognized option\" before it does anything" +
                      (streams ? "; without that word it streams until it is killed, and nothing "
                                 "after it is ever run"
                               : ""));
    }
}

void check_recovery_conf(Look& look) {
  bool said = false;
  const auto tell = [&](const Call& call, const std::string& text) {
    if (!said && (contains(text, "recovery.conf") || contains(text, "standby_mode"))) {
      said = true;
      look.report(
          call.place,
          "PostgreSQL 12 and later refuse to start while recovery.conf is there, and know no "
          "standby_mode; settings go into postgresql.auto.conf, beside a file recovery.signal");
    }
    for (const std::string_view name :
         {"restore_command", "recovery_target_time", "primary_conninfo"}) {
      const std::size_t at = text.find(name);
      if (at == std::string::npos) continue;
      const std::size_t value = text.find_first_not_of(" =", at + name.size());
      if (value != std::string::npos && text[value] == '"') {
        look.report_as(
            "config-quotes", call.place,
            std::string(name) +
                " has its value in double quotes: in PostgreSQL's files that is a syntax error");
        return;
      }
    }
  };
  for (const Call& call : look.calls)
    if (call.program() == "echo" || call.program() == "printf" || call.program() == "cat" ||
        call.program() == "tee") {
      std::string text = call.line() + call.document;
      for (const std::string& target : call.targets) text += " > " + target;
      tell(call, text);
    }
}

/// Settings of a recovery to a point in time that have to be there.
void check_recovery_target(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Call* target = nullptr;
    const Call* drops = nullptr;
    bool ends = false, copies = false;
    for (const Call* call : look.of(p)) {
      const std::string line = call->line() + call->document;
      const bool aims = contains(line, "recovery_target_time") ||
                        contains(line, "recovery_target_lsn") ||
                        contains(line, "recovery_target_xid");
      // The innermost command says it, on its own line.
      if (aims && (!target || call->place.line > target->place.line)) target = call;
      ends = ends || contains(line, "recovery_target_action") ||
             contains(line, "pg_wal_replay_resume") || contains(line, "promote");
      const auto program = call->program();
      copies = copies || program == "mv" || program == "tar" || program == "rsync" ||
               program == "pg_dump" || program == "pg_dumpall" ||
               contains(lower(line), "snapshot") || (program == "cp" && contains(line, "data")) ||
               contains(lower(line), " rename to");
      const std::string name = lower(call->line());
      const bool scratch = contains(name, "test") || contains(name, "scratch") ||
                           contains(name, "verif") || contains(name, "tmp");
      if (!copies && !drops && !scratch &&
          (program == "dropdb" || (program == "psql" && contains(name, "drop database"))))
        drops = call;
    }
    if (drops && !target && look.procedures[p].purpose == Followed::Purpose::recovery)
      look.report_as("no-copy-before-restore", drops->place,
                     "it drops the database before anybody has seen that the backup can be "
                     "restored, and keeps no copy of it: a damaged backup leaves nothing",
                     "postgres RPO");
    if (!target) continue;
    if (!ends)
      look.report(target->place,
                  "recovery_target_action is \"pause\" by default: the server stops at the target, "
                  "takes no write, and nothing here lets it go on",
                  "postgres RTO");
    if (!copies && look.procedures[p].purpose == Followed::Purpose::recovery)
      look.report_as(
          "no-copy-before-restore", look.procedures[p].procedure->runbook.place,
          "it writes over the only data there is and keeps no copy of it: a wrong target "
          "cannot be tried again, and what came after it is gone",
          "postgres RPO");
  }
}

/// Variables of the image postgres count when its volume is empty; this one it does not know at
/// all.
void check_image_settings(Look& look) {
  constexpr std::string_view known =
      "POSTGRES_PASSWORD POSTGRES_USER POSTGRES_DB POSTGRES_INITDB_ARGS POSTGRES_INITDB_WALDIR "
      "POSTGRES_HOST_AUTH_METHOD POSTGRES_PASSWORD_FILE POSTGRES_USER_FILE POSTGRES_DB_FILE "
      "POSTGRES_INITDB_ARGS_FILE";
  for (const Call& call : look.calls) {
    if (call.program() != "kubectl" || !(call.has("patch") || (call.has("set") && call.has("env"))))
      continue;
    const std::string line = call.line();
    for (std::size_t at = line.find("POSTGRES_"); at != std::string::npos;
         at = line.find("POSTGRES_", at + 9)) {
      const std::size_t end = std::min(
          line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", at), line.size());
      const std::string name = line.substr(at, end - at);
      const bool whole = at == 0 || line[at - 1] == '"' || line[at - 1] == ' ';
      if (!whole || lists(known, name)) continue;
      look.report(call.place, "the image postgres reads no " + name +
                                  ": whom a standby follows is primary_conninfo, and that stays "
                                  "what it was");
      break;
    }
  }
}

void check_redis_files(Look& look) {
  for (const Call& call : look.calls)
    for (const std::string& word : call.argv)
      if (contains(word, "appendonly.aof") &&
          (call.program() == "cat" || call.program() == "cp" || call.program() == "tar") &&
          std::none_of(call.argv.begin(), call.argv.end(),
                       [](const auto& w) { return contains(w, "appendonlydir"); }))
        look.report(call.place,
                    "Redis 7 keeps its append-only file as several files in appendonlydir/; " +
                        word + " is not there");
}

void check_livekit(Look& look) {
  for (const Call& call : look.calls) {
    if (call.program() != "curl") continue;
    const std::string line = call.line();
    if (!contains(line, "livekit") && !contains(line, ":7880")) continue;
    if (contains(line, ":7880/rooms") || contains(line, ":7880/sessions"))
      look.report(call.place,
                  "LiveKit serves no /rooms: rooms are asked for by POST to "
                  "/twirp/livekit.RoomService/ListRooms with a token");
    if (contains(line, ":7880/metrics"))
      look.report(call.place,
                  "LiveKit serves metrics on prometheus_port, a port of its own, and not on 7880");
  }
  for (const Call& call : look.calls)
    if (contains(call.line(), "livekit_participants_total"))
      look.report(call.place,
                  "LiveKit has no metric livekit_participants_total; it is "
                  "livekit_participant_total, a gauge");
}

/// pg_wal_replay_resume() on a server that a dump was read into, which was never in recovery.
void check_not_in_recovery(Look& look) {
  const auto tells_server = [](const Call& call) {
    return call.pod + " " + call.option("-h", "--host") + " " + context_of(call);
  };
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    std::set<std::string> restored;
    bool recovers = false;
    for (const Call* call : look.of(p)) {
      const std::string line = lower(call->line() + call->document);
      for (const std::string_view word :
           {"recovery.signal", "standby.signal", "restore_command", "recovery_target",
            "pg_basebackup", "pgbackrest", "wal-g", "barman", "primary_conninfo", "pg_rewind"})
        recovers = recovers || contains(line, word);
      if (call->program() == "pg_restore") restored.insert(tells_server(*call));
      if (!recovers && call->program() == "psql" && contains(line, "pg_wal_replay_resume") &&
          restored.count(tells_server(*call)) != 0)
        look.report(call->place,
                    "pg_restore reads a dump into a server that takes writes: it is in no recovery "
                    "that could go on, and PostgreSQL answers \"recovery is not in progress\"",
                    "postgres RTO");
    }
  }
}

}  // namespace drdrill::audit
