#include <algorithm>

#include "models/postgres.hpp"
#include "models/postgres_text.hpp"
#include "models/volumes.hpp"

/// Data directories that are made of another server's: copies, and old primaries that are rewound.
/// Messages and conditions are those of PostgreSQL 15.18's pg_rewind.
namespace drdrill::models {
/// A copy with its WAL starts as what its signal file says: a standby, or a primary of its own.
void Postgres::plan_copy(const Server& server, const Content& data, Start& start) const {
  const bool copied = data.kind == Content::Kind::base_backup;
  const File* conf = volumes_.find(data_key(server.pod, "postgresql.auto.conf"));
  start.recovers = true;
  start.follows = volumes_.find(data_key(server.pod, "standby.signal")) != nullptr;
  start.promotes = !start.follows;
  start.timeline = copied ? data.timeline : server.timeline;
  start.until = copied ? data.until : server.has_until;
  if (conf) start.upstream = host_in(setting_in(conf->text, "primary_conninfo"));
}

/// What ALTER SYSTEM and a recovery have written is copied with the data. A copy that is to stop at
/// a moment which lies before it was taken never starts: what is left of a point-in-time recovery.
bool Postgres::copies_a_target(const Server& server) const {
  const int source = upstream_of(server);
  if (source == none) return false;
  const File* conf = volumes_.find(
      data_key(servers_[static_cast<std::size_t>(source)].pod, "postgresql.auto.conf"));
  return conf && !setting_in(conf->text, "recovery_target_time").empty();
}

/// ALTER SYSTEM RESET of what stands in postgresql.auto.conf; false: it is not known here.
bool Postgres::reset_setting(const Server& server, std::string_view name) {
  if (!name.starts_with("recovery_") && name != "restore_command" && name != "all") return false;
  const std::string key = data_key(server.pod, "postgresql.auto.conf");
  const File* known = volumes_.find(key);
  if (!known) return true;
  File file = *known;
  std::string kept;
  for (std::string_view rest = file.text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::string_view set = line.substr(0, line.find_first_of(" ="));
    if (name != "all" && set != name) kept.append(line).append("\n");
  }
  file.text = std::move(kept);
  volumes_.put(key, std::move(file));
  return true;
}

/// Up to when a timeline's history is that of one that comes from it; Offset::min(): they share
/// nothing.
Offset Postgres::fork_of(int target, int timeline) const {
  Offset limit = never;
  for (int line = timeline; line != none;) {
    if (line == target) return limit;
    const Timeline& of = timelines_[static_cast<std::size_t>(line)];
    limit = std::min(limit, of.forked_at);
    line = of.parent;
  }
  return Offset::min();
}

Postgres::Rewind Postgres::rewind(const File& target, std::string_view host, PodRef local,
                                  bool restores, Content& content) const {
  const auto fails = [](std::string error) {
    return Rewind{"pg_rewind: error: " + std::move(error), {}, false, {}};
  };
  const int from = local_index(local, host);
  const Server* source = from == none ? nullptr : &servers_[static_cast<std::size_t>(from)];
  if (!source || !accepts(*source) || !kubernetes_.is_up(source->pod))
    return fails("connection to server at \"" + std::string(host) +
                 "\", port 5432 failed: Connection refused");
  const bool ours = target.content.installation == installation_;
  if (ours && (target.content.kind != Content::Kind::live_data || target.content.server < 0))
    return fails("unexpected control file size 0, expected 8192");
  if (!ours) return fails("source and target clusters are from different systems");
  const Server& old = servers_[static_cast<std::size_t>(target.content.server)];
  if (old.up || old.recovery)
    return fails(
        "postgres single-user mode in target cluster failed\n"
        "FATAL:  lock file \"postmaster.pid\" already exists");
  if (!old.hints)
    return fails("target server needs to use either data checksums or \"wal_log_hints = on\"");
  const Offset fork = fork_of(old.timeline, source->timeline);
  if (fork == Offset::min())
    return fails("could not find common ancestor of the source and target cluster's timelines");
  // The source's control file names its new timeline only after the checkpoint that follows a
  // promotion.
  draws_.checkpoint.use();
  if (fork == never || source->checkpointed > context_.now())
    return {{},
            "pg_rewind: source and target cluster are on the same timeline\n"
            "pg_rewind: no rewind required\n",
            false,
            {}};
  const double rate = spec_.wal_bytes_per_second;
  const Offset end = old.standby ? std::min(old.has_until, context_.now()) : old.has_until;
  const double apart = to_seconds(std::max(end - fork, Duration::zero()));
  const bool fetched = restores && old.restores;
  // It is read from the checkpoint before the point where histories part; the old server's own
  // last checkpoint, when it was shut down or recovered, has left only what wal_keep_size keeps.
  const double before = to_seconds(fork - redo_from(old, fork));
  if (!fetched && old.wal_kept < rate * (apart + before))
    return fails(
        "could not open file \"pg_wal/000000010000000000000002\": No such file or directory\n"
        "pg_rewind: error: could not find previous WAL record");
  const double size = size_bytes();
  // What either side has written since is copied; at most everything.
  const double changed =
      std::min(size, rate * (apart + to_seconds(context_.now() - std::min(fork, context_.now()))));
  Rewind done;
  done.changed = true;
  done.takes = draws_.start.time() + from_seconds(changed / draws_.clone_rate.value());
  done.said = "pg_rewind: servers diverged\npg_rewind: Done!\n";
  content = {};
  content.kind = Content::Kind::base_backup;
  content.installation = installation_;
  content.with_wal = true;
  content.timeline = source->timeline;
  content.until = source->standby && !source->streaming ? source->has_until : context_.now();
  content.complete = context_.now() + done.takes;
  content.bytes = size;
  return done;
}

}  // namespace drdrill::models
