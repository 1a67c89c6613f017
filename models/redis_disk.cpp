#include "models/redis.hpp"

/// A volume without room. With an append-only file the first write that does not fit is the last
/// one that is taken, until the rest of it has been written (aof.c, flushAppendOnlyFile): the
/// server tries each time it has nothing else to do. With `appendfsync always`, and as a replica,
/// it ends instead (server.c, processCommand: "Replica was unable to write command to disk"), and a
/// replica that starts again cannot take the copy of its master's data that it needs. Without such
/// a file nothing happens until the next snapshot fails, and from then on writes are refused until
/// one succeeds: one is tried every five seconds (server.c, CONFIG_BGSAVE_RETRY_DELAY). A server
/// that takes no snapshots feels nothing.
namespace drdrill::models {
namespace {

constexpr Duration save_again_after = std::chrono::seconds(5);

}  // namespace

/// Called whenever something changed.
void Redis::look_at_disks() {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& s = servers_[i];
    const bool full = s.up && kubernetes_.impairment(s.pod).full;
    if (full == s.no_room) continue;
    s.no_room = full;
    const int index = static_cast<int>(i);
    const double rate = rate_at(index);
    if (s.config.appends) {
      const bool ends = s.config.fsync == redis::Config::Fsync::always || s.following != none;
      s.refuses = full;
      if (full && ends) after(Duration::zero(), Kind::ends, index, s.work);
      continue;
    }
    const std::optional<double> round = save_round(s, rate);
    if (full && round) after(from_seconds(ticks_.uniform() * *round), Kind::saves, index, s.work);
    if (!full && s.refuses) {
      const Duration writes = from_seconds(bytes_of(s) / snapshot_rate_.value());
      after(from_seconds(ticks_.uniform() * to_seconds(save_again_after)) + writes, Kind::saves,
            index, s.work);
    }
  }
}

/// A snapshot has been written, or could not be.
void Redis::saved(Server& s) {
  s.refuses = s.no_room && s.config.saves > 0;
  if (!s.no_room) s.saved_at = context_.now();
}

const char* Redis::disk_refusal(const Server& s) {
  return s.config.appends
             ? "MISCONF Errors writing to the AOF file: No space left on device"
             : "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to "
               "persist to disk. Commands that may modify the data set are disabled, because this "
               "instance is configured to report errors during writes if RDB snapshotting fails "
               "(stop-writes-on-bgsave-error option). Please check the Redis logs for details "
               "about the RDB error.";
}

}  // namespace drdrill::models
