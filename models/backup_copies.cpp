#include <algorithm>

#include "models/backups.hpp"
#include "models/commands_running.hpp"
#include "models/postgres_text.hpp"

/// Programs that make a data directory of another server's: pg_basebackup and pg_rewind. Messages
/// are those of PostgreSQL 15.18's programs.
namespace drdrill::models {
namespace {

/// The databases postgres, template0 and template1 of PostgreSQL 15, 7.5 MB each, are copied too.
constexpr double made_by_initdb = 22.5e6;

ProgramAnswer failed(std::string message) {
  return {{1, "", std::move(message) + "\n", true}, {}, false};
}

/// One letter, alone or among others that take no value.
bool has_flag(const ProgramCall& call, char flag, std::string_view full) {
  return std::any_of(call.argv.begin() + 1, call.argv.end(), [&](const std::string& word) {
    const bool brief = word.size() > 1 && word[0] == '-' && word[1] != '-';
    return word == full || (brief && word.size() <= 3 && word.find(flag) != std::string::npos);
  });
}

std::string target_folder(const ProgramCall& call, std::string_view full) {
  return option_value({call.argv.begin(), call.argv.end()}, "-D", full);
}

}  // namespace

/// -R: the copy starts as a standby of the server that it was made from.
void Backups::write_standby(const ProgramCall& call, const std::string& folder,
                            const std::string& host, Offset at) {
  volumes_.put(volumes_.locate(call.disk, folder + "/standby.signal"), {"", {}, at});
  volumes_.put(volumes_.locate(call.disk, folder + "/postgresql.auto.conf"),
               {"primary_conninfo = 'host=" + host + " port=5432 user=replicator'\n", {}, at});
}

/// A copy of the whole data directory. As tar files it can be brought to any instant from its end
/// on, as far as there is WAL; plain, it holds the WAL that it needs and starts by itself.
ProgramAnswer Backups::pg_basebackup(const ProgramCall& call) {
  const std::vector<std::string> argv(call.argv.begin(), call.argv.end());
  const std::string host = option_value(argv, "-h", "--host");
  const std::string folder = target_folder(call, "--pgdata");
  Postgres& postgres = databases_.at_host(host, call.pod);
  const auto server = postgres.reading(host, call.pod, call.now, "");
  if (!server)
    return failed("pg_basebackup: error: could not translate host name \"" + host +
                  "\" to address: Name or service not known");
  if (!server->up)
    return failed("pg_basebackup: error: connection to server at \"" + host +
                  "\", port 5432 failed: Connection refused");
  const bool plain = !option_value(argv, "-F", "--format").starts_with("t");
  if (plain && !volumes_.paths_below(call.disk, folder).empty())
    return failed("pg_basebackup: error: directory \"" + folder + "\" exists but is not empty");
  if (volumes_.is_full(volumes_.locate(call.disk, folder)))
    return failed("pg_basebackup: error: could not write to file: No space left on device");
  const double size = postgres.size_bytes() + made_by_initdb;
  const bool packed = !plain && has_flag(call, 'z', "--gzip");
  // One core packs what comes: whichever of the two is slower sets the pace.
  Draw& paced_by = packed && gzip_rate_.value() < clone_rate_.value() ? gzip_rate_ : clone_rate_;
  const Duration takes = from_seconds(size / paced_by.value());
  if (call.pod != no_pod) postgres.backed_up(host, call.pod, takes);
  Content content;
  content.kind = Content::Kind::base_backup;
  content.installation = postgres.number();
  content.timeline = server->timeline;
  content.until = server->until;
  content.complete = call.now + takes;
  content.bytes = size;
  content.with_wal = plain;
  if (plain) {
    // The WAL of the time that copying takes is streamed beside it.
    if (content.until == call.now) content.until = content.complete;
    const std::string key = volumes_.locate(call.disk, folder + "/PG_VERSION");
    volumes_.put(key, {"15\n", content, call.now + takes});
    if (has_flag(call, 'R', "--write-recovery-conf"))
      write_standby(call, folder, host, call.now + takes);
    return {{}, takes, false, paced_by.id(), key};
  }
  if (packed) content.bytes /= compression_.value();
  const std::string key =
      volumes_.locate(call.disk, folder + (packed ? "/base.tar.gz" : "/base.tar"));
  volumes_.put(key, {"", content, call.now + takes});
  return {{}, takes, false, paced_by.id(), key};
}

/// pg_rewind -D FOLDER --source-server='host=…' [-R] [-c].
ProgramAnswer Backups::pg_rewind(const ProgramCall& call) {
  const std::vector<std::string> argv(call.argv.begin(), call.argv.end());
  const std::string folder = target_folder(call, "--target-pgdata");
  const std::string source = option_value(argv, "--source-server", "--source-server");
  if (source.empty() || folder.empty())
    return failed("pg_rewind: error: no source specified (--source-pgdata or --source-server)");
  const std::string host = host_in(source);
  const std::string key = volumes_.locate(call.disk, folder + "/PG_VERSION");
  const File* target = volumes_.find(key);
  if (!target)
    return failed("pg_rewind: error: could not open file \"" + folder +
                  "/global/pg_control\" for reading: No such file or directory");
  Content content;
  const Postgres::Rewind done =
      databases_.at_host(host, call.pod)
          .rewind(*target, host, call.pod, has_flag(call, 'c', "--restore-target-wal"), content);
  if (!done.error.empty()) return failed(done.error);
  if (!done.changed) return {{0, done.said, "", true}, {}, false};
  volumes_.put(key, {"15\n", content, call.now + done.takes});
  if (has_flag(call, 'R', "--write-recovery-conf"))
    write_standby(call, folder, host, call.now + done.takes);
  return {{0, done.said, "", true}, done.takes, false, clone_rate_.id()};
}

}  // namespace drdrill::models
