#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "models/postgres.hpp"

/// Checkpoints, which decide how much WAL a crash leaves to be replayed and how much of it is there
/// for standbys. One begins every checkpoint_timeout, or sooner when so much WAL has been written
/// that max_wal_size would be passed before it is over (checkpointer.c: a share of 1 / (1 + target)
/// of it), and is over when checkpoint_completion_target of the interval has gone by.
namespace drdrill::models {
namespace {

/// "5min", "300s", "30000ms"; a plain number is seconds.
std::optional<Duration> time_in(const std::string& text) {
  char* unit = nullptr;
  const double number = std::strtod(text.c_str(), &unit);
  if (unit == text.c_str() || number <= 0) return std::nullopt;
  const std::string_view rest(unit);
  const double seconds = rest == "ms" ? 0.001 : rest == "min" ? 60 : rest == "h" ? 3600 : 1;
  return from_seconds(number * seconds);
}

/// "2GB", "512MB", "16384kB"; a plain number is megabytes.
double bytes_in(const std::string& text) {
  char* unit = nullptr;
  const double number = std::strtod(text.c_str(), &unit);
  const std::string_view rest(unit);
  constexpr double mega = 1024.0 * 1024;
  if (rest == "kB") return number * 1024;
  if (rest == "GB") return number * 1024 * mega;
  return number * mega;
}

}  // namespace

/// What its container's arguments say of WAL and of data pages. Checksums are made with the data:
/// POSTGRES_INITDB_ARGS.
void Postgres::read_settings(Server& server) const {
  const kube::PodTemplate& pod = *kubernetes_.pod(server.pod).spec;
  const std::string hints = server_argument(pod, "wal_log_hints");
  server.hints = hints == "on" || hints == "true";
  for (const kube::Container& container : pod.containers)
    for (const kube::EnvVar& variable : container.env)
      if (variable.name == "POSTGRES_INITDB_ARGS")
        server.hints = server.hints || variable.value.find("-checksums") != std::string::npos;
  server.restores = !server_argument(pod, "restore_command").empty();
  const std::string kept = server_argument(pod, "wal_keep_size");
  server.wal_kept = kept.empty() ? draws_.wal_keep_size.value() : bytes_in(kept);
  const std::string slot_kept = server_argument(pod, "max_slot_wal_keep_size");
  server.slot_kept = slot_kept.empty() ? draws_.slot_wal_keep_size.look() : bytes_in(slot_kept);
  const std::string most = server_argument(pod, "max_wal_size");
  server.max_wal = most.empty() ? draws_.max_wal_size.value() : bytes_in(most);
  const std::string buffers = server_argument(pod, "shared_buffers");
  server.buffers = buffers.empty() ? draws_.shared_buffers.look() : bytes_in(buffers);
  const double until_forced = server.max_wal / (1 + draws_.completion.value());
  server.checkpoint_every =
      std::min(time_in(server_argument(pod, "checkpoint_timeout"))
                   .value_or(draws_.checkpoint_timeout.time()),
               from_seconds(until_forced / std::max(spec_.wal_bytes_per_second, 1.0)));
  server.checkpoint_every = std::max(server.checkpoint_every, Duration(1));
}

/// Where redo would begin after a crash at `at`: the start of the last checkpoint that was over. A
/// server begins with one.
Offset Postgres::redo_from(const Server& server, Offset at) const {
  const std::int64_t every = std::max<std::int64_t>(server.checkpoint_every.count(), 1);
  const Duration takes =
      from_seconds(to_seconds(server.checkpoint_every) * draws_.completion.value());
  const std::int64_t since = (at - server.checkpoint_phase).count();
  std::int64_t latest = since >= 0 ? since / every : -((-since + every - 1) / every);
  if (Duration(since - latest * every) < takes) --latest;
  if (!server.checkpoints_before) latest = std::max<std::int64_t>(latest, 0);
  const Offset begun = server.checkpoint_phase + Duration(latest * every);
  return std::max(std::min(begun, at), -in_service_time_);
}

/// What redo after a crash has to replay, from where the server's WAL ends.
double Postgres::redo_bytes(const Server& server) const {
  const Duration since = server.has_until - redo_from(server, server.has_until);
  return to_seconds(since) * spec_.wal_bytes_per_second;
}

Duration Postgres::redo_time(double bytes) const {
  return from_seconds(bytes / draws_.redo_rate.value());
}

/// The checkpoint that ends recovery writes what redo has changed, as far as it still is in shared
/// buffers; a primary that crashed, or one that recovered to a target by itself, lets nobody in
/// before (xlog.c, PerformRecoveryXLogAction). A promotion does not wait for it.
Duration Postgres::flush_time(double replayed, const Server& server) const {
  draws_.shared_buffers.use();
  const double dirty = std::min({replayed * draws_.dirtied.value(), server.buffers, size_bytes()});
  return from_seconds(dirty / draws_.checkpoint_rate.value());
}

/// From when on a server still has its WAL: whole segments, the one where redo begins included.
Offset Postgres::kept_from(const Server& server) const {
  const double rate = std::max(spec_.wal_bytes_per_second, 1.0);
  Offset from = std::min(redo_from(server, context_.now()),
                         context_.now() - from_seconds(server.wal_kept / rate));
  from = std::min(from, slots_keep_from(server));
  // Between the end of its WAL and its start nothing was written.
  if (from <= server.serves_from) from = std::min(from, server.ended_before);
  const double position = to_seconds(from + in_service_time_) * rate;
  return from_seconds(std::floor(position / postgres::segment_bytes) * postgres::segment_bytes /
                      rate) -
         in_service_time_;
}

/// The checkpoint that ends a start leaves nothing before it; what follows a promotion goes on from
/// the standby's own. `until`: the end of its WAL so far.
void Postgres::begin_checkpoints(Server& server, Offset until, bool promotion) {
  server.checkpoint_phase = context_.now();
  server.checkpoints_before = promotion;
  server.serves_from = context_.now();
  server.ended_before = until;
}

/// How long was there something written on `source` that a standby does not have?
Duration Postgres::lacks(const Server& standby, const Server& source) const {
  if (standby.has_until >= source.serves_from) return context_.now() - standby.has_until;
  return context_.now() - source.serves_from +
         std::max(source.ended_before - standby.has_until, Duration::zero());
}

}  // namespace drdrill::models
