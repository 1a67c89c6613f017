#include <algorithm>
#include <array>

#include "models/backups.hpp"
#include "models/commands_running.hpp"
#include "models/sites.hpp"
#include "sim/kube/images.hpp"

/// Programs that take and restore backups. Messages are those of PostgreSQL 15.18's programs.
namespace drdrill::models {
namespace {

ProgramAnswer failed(std::string message, Duration takes = Duration::zero()) {
  return {{1, "", std::move(message) + "\n", true}, takes, false};
}

std::vector<std::string> words_of(const ProgramCall& call) {
  return {call.argv.begin(), call.argv.end()};
}

bool says(const ProgramCall& call, std::string_view word) {
  return std::find(call.argv.begin(), call.argv.end(), word) != call.argv.end();
}

std::string no_host(std::string_view program, std::string_view host) {
  return std::string(program) + ": error: could not translate host name \"" + std::string(host) +
         "\" to address: Name or service not known";
}

std::string refused(std::string_view program, std::string_view host) {
  return std::string(program) + ": error: connection to server at \"" + std::string(host) +
         "\", port 5432 failed: Connection refused\n\tIs the server running on that host and "
         "accepting TCP/IP connections?";
}

/// The last word that is neither an option nor the value of one.
std::string last_operand(const ProgramCall& call, std::string_view options_with_value) {
  std::string out;
  for (std::size_t i = 1; i < call.argv.size(); ++i) {
    const std::string& word = call.argv[i];
    if (word.size() == 2 && word[0] == '-' && options_with_value.find(word[1]) != std::string::npos)
      ++i;
    else if (!word.starts_with('-'))
      out = word;
  }
  return out;
}

constexpr Duration for_ever = std::chrono::hours(24 * 3650);

}  // namespace

bool Backups::is_missing(const Disk& disk, std::string_view program) {
  return !disk.spec->containers.empty() &&
         kube::image_has(disk.spec->containers.front().image, program) == kube::ImageHas::no;
}

/// A dump holds one database as it was when the dump began.
ProgramAnswer Backups::pg_dump(const ProgramCall& call) {
  const auto argv = words_of(call);
  const std::string host = option_value(argv, "-h", "--host");
  const std::string database = option_value(argv, "-d", "--dbname");
  const std::string path = option_value(argv, "-f", "--file");
  const Postgres& postgres = databases_.at_host(host, call.pod);
  const auto server = postgres.reading(host, call.pod, call.now, database);
  if (!server) return failed(no_host("pg_dump", host));
  if (!server->up) return failed(refused("pg_dump", host));
  const auto& databases = postgres.spec().databases;
  const auto known = std::find_if(databases.begin(), databases.end(),
                                  [&](const DatabaseSpec& each) { return each.name == database; });
  if (known == databases.end())
    return failed("pg_dump: error: connection to server at \"" + host +
                  "\", port 5432 failed: FATAL:  database \"" + database + "\" does not exist");
  const Duration takes = from_seconds(known->size_bytes / dump_rate_.value());
  Content content;
  content.kind = Content::Kind::dump;
  content.installation = postgres.number();
  content.database = database;
  content.timeline = server->timeline;
  content.until = server->until;
  content.complete = call.now + takes;
  content.bytes = known->size_bytes / compression_.value();
  const std::string key = volumes_.locate(call.disk, path);
  if (volumes_.is_full(key))
    return failed("pg_dump: error: could not write to file: No space left on device");
  volumes_.put(key, {"", std::move(content), call.now + takes});
  return {{}, takes, false, dump_rate_.id(), key};
}

/// Streams until it is killed. The directory must exist, and 15 knows no --progress.
ProgramAnswer Backups::pg_receivewal(const ProgramCall& call) {
  if (says(call, "--progress") || says(call, "-P"))
    return failed(
        "pg_receivewal: unrecognized option '--progress'\npg_receivewal: hint: Try "
        "\"pg_receivewal --help\" for more information.");
  const auto argv = words_of(call);
  const std::string host = option_value(argv, "-h", "--host");
  const std::string folder = option_value(argv, "-D", "--directory");
  const auto server = databases_.at_host(host, call.pod).reading(host, call.pod, call.now, "");
  if (!server) return failed(no_host("pg_receivewal", host));
  if (volumes_.paths_below(call.disk, folder).empty())
    return failed("pg_receivewal: error: could not open directory \"" + folder +
                  "\": No such file or directory");
  return {{}, for_ever, false};
}

ProgramAnswer Backups::pg_restore(const ProgramCall& call) {
  const auto argv = words_of(call);
  const std::string path = last_operand(call, "dUhpjnt");
  const File* file = volumes_.find(volumes_.locate(call.disk, path));
  if (!file)
    return failed("pg_restore: error: could not open input file \"" + path +
                  "\": No such file or directory");
  if (file->content.kind != Content::Kind::dump)
    return failed("pg_restore: error: input file does not appear to be a valid archive");
  if (file->content.complete > call.now)
    return failed("pg_restore: error: could not read from input file: end of file");
  const std::string& content = file->content.database;
  if (says(call, "--list") || says(call, "-l"))
    return {{0, ";     dbname: " + content + "\n", "", true}, {}, false};
  if (file->content.cut_short)
    return failed("pg_restore: error: could not read from input file: end of file");
  const std::string database = option_value(argv, "-d", "--dbname");
  const std::string host = option_value(argv, "-h", "--host");
  Postgres::Answer answer = databases_.at_host(host, call.pod)
                                .restore_dump(host, call.pod, database, file->content,
                                              says(call, "--data-only") || says(call, "-a"));
  return {
      {answer.exit_status, "", answer.err, true}, answer.takes, answer.changed, answer.paced_by};
}

/// tar -x of a base backup makes a data directory of it.
ProgramAnswer Backups::untar(const ProgramCall& call) {
  const auto argv = words_of(call);
  std::string archive, folder = ".";
  bool extracts = false;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const bool more = i + 1 < argv.size();
    const bool brief = argv[i].starts_with('-') && !argv[i].starts_with("--");
    if (argv[i] == "-C" && more) {
      folder = argv[++i];
    } else if (brief || i == 1) {
      extracts = extracts || argv[i].find('x') != std::string::npos;
      if (argv[i].ends_with('f') && more) archive = argv[++i];
    }
  }
  if (!extracts) return {{0, "", "tar: only extracting is known here\n", false}, {}, false};
  const File* file = volumes_.find(volumes_.locate(call.disk, archive));
  if (!file) return failed("tar: can't open '" + archive + "': No such file or directory");
  if (file->content.kind != Content::Kind::base_backup) return failed("tar: invalid tar magic");
  restorable_.use();
  if (file->content.complete > call.now || file->content.cut_short)
    return failed("tar: short read");
  // Whichever of the disk and the one core that unpacks is slower sets the pace.
  const bool packed = archive.ends_with("gz");
  Draw& paced_by =
      packed && gunzip_rate_.value() < clone_rate_.value() ? gunzip_rate_ : clone_rate_;
  const double size = file->content.bytes * (packed ? compression_.value() : 1);
  const Duration takes = from_seconds(size / paced_by.value());
  File data = *file;
  data.content.bytes = size;
  data.written = call.now + takes;
  const std::string key = volumes_.locate(call.disk, folder + "/PG_VERSION");
  if (volumes_.is_full(key)) return failed("tar: write error: No space left on device");
  volumes_.put(key, std::move(data));
  return {{}, takes, false, paced_by.id()};
}

/// redis-cli --rdb FILE: a snapshot of one node.
ProgramAnswer Backups::redis_snapshot(const ProgramCall& call) {
  const std::vector<std::string> argv = words_of(call);
  const std::string path = option_value(argv, "--rdb", "--rdb");
  const std::string host = option_value(argv, "-h", "-h");
  const auto saved = sites_.redis_of(call.pod, call.disk.cluster).save(call.pod, host, call.now);
  if (!saved)
    return failed("Could not connect to Redis at " + (host.empty() ? "127.0.0.1" : host) +
                  ":6379: Name or service not known");
  const std::string key = volumes_.locate(call.disk, path);
  if (volumes_.is_full(key)) return failed("Error writing data to file: No space left on device");
  volumes_.put(key, {"", saved->content, call.now + saved->takes});
  return {{}, saved->takes, false, saved->paced_by, key};
}

std::span<const Backups::ProgramOf> Backups::programs() {
  static constexpr std::array rows{
      ProgramOf{"date", &Backups::date},
      ProgramOf{"mkdir", &Backups::make_folder},
      ProgramOf{"rm", &Backups::remove},
      ProgramOf{"touch", &Backups::touch},
      ProgramOf{"chown", &Backups::nothing},
      ProgramOf{"chmod", &Backups::nothing},
      ProgramOf{"cp", &Backups::copy},
      ProgramOf{"find", &Backups::find},
      ProgramOf{"ls", &Backups::list},
      ProgramOf{"pg_dump", &Backups::pg_dump},
      ProgramOf{"pg_basebackup", &Backups::pg_basebackup},
      ProgramOf{"pg_rewind", &Backups::pg_rewind},
      ProgramOf{"pg_receivewal", &Backups::pg_receivewal},
      ProgramOf{"pg_restore", &Backups::pg_restore},
      ProgramOf{"tar", &Backups::untar},
      ProgramOf{"aws", &Backups::aws},
  };
  return rows;
}

std::optional<ProgramAnswer> Backups::run(const ProgramCall& call) {
  const std::string& word = call.argv.front();
  const std::string_view name = std::string_view(word).substr(word.rfind('/') + 1);
  if (is_missing(call.disk, word))
    return ProgramAnswer{{127, "", "sh: " + word + ": command not found\n", true}, {}, false};
  if (name == "redis-cli" && says(call, "--rdb")) return redis_snapshot(call);
  for (const ProgramOf& row : programs())
    if (row.name == name) return (this->*row.run)(call);
  return std::nullopt;
}

}  // namespace drdrill::models
