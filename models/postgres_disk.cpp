#include <algorithm>

#include "models/postgres.hpp"
#include "models/postgres_text.hpp"
#include "models/volumes.hpp"

/// A volume without room. Pages and segments that a server has are written as ever; what it lacks
/// is room for another one. A table that needs a page ends the statement with an error: the server
/// goes on, answers reads and says that it accepts connections. Before a segment of WAL, and before
/// a checkpoint, whose first file is a new one (origin.c, CheckPointReplicationOrigin), it panics:
/// every process ends, and it recovers from the crash. It succeeds, because what starts removes
/// files that it makes anew; but nobody can log in before that of his connection can be made
/// ("could not write init file"). Where it is WAL that has no room, what ends recovery panics
/// again, and so on. Segments that checkpoints left for later use (xlog.c, XLOGfileslop) last until
/// the next one is over, so that on a volume which holds data and WAL it is mostly the checkpoint
/// that ends the server. A standby cannot replay what needs a page, and ends.
namespace drdrill::models {
namespace {

constexpr double page_bytes = 8192;
constexpr double slop = 1.1;  // XLOGfileslop: "add 10% for good measure"

}  // namespace

/// Data and WAL lie on volumes of their own where the image was told so.
Postgres::Room Postgres::room_of(const Server& server) const {
  if (server.pod == no_pod || !kubernetes_.impairment(server.pod).full) return {};
  const models::Disk disk = volumes_.disk_of(server.pod);
  const std::string data = volumes_.claim_behind(disk, postgres::data_folder);
  const std::string wal = volumes_.claim_behind(disk, wal_folder(*disk.spec));
  const bool of_data = volumes_.is_full(data), of_wal = volumes_.is_full(wal);
  // Neither is: all that the pod has is full.
  if (data == wal || of_data == of_wal) return {false, false};
  return {!of_data, !of_wal};
}

/// Called whenever something changed.
void Postgres::look_at_disks() {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& server = servers_[i];
    if (!server.up && !server.disk.panicked) continue;
    const Room room = room_of(server);
    if (room == server.disk.room) continue;
    server.disk.room = room;
    ++server.disk.time;
    if (server.up && room.data && server.disk.fails) {
      split_written_to(static_cast<int>(i));
      server.disk.fails = false;
      changed();
      context_.note(NoteKind::postgres_started, ComponentId::postgres, server.subject);
    }
    if (!server.disk.panicked)
      await_want(server);
    else if (room == Room{})
      at(until_recovered(server), Kind::started, static_cast<int>(i));
  }
}

/// Until the attempt that is under way, or the first one, has succeeded.
Duration Postgres::until_recovered(const Server& server) const {
  const Duration passed = context_.now() - *server.disk.panicked;
  const Duration round = std::max(server.disk.round, Duration(1));
  if (server.disk.again) return round - Duration(passed.count() % round.count());
  return std::max(round - passed, Duration::zero());
}

void Postgres::on_disk(Duration delay, Kind kind, const Server& server) {
  if (delay >= never - context_.now()) return;
  context_.engine.after(delay,
                        {.component = event_owner(Owner::postgres, installation_),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(&server - servers_.data()),
                         .data = server.disk.time},
                        server.work);
}

/// When will a server want what its volume has no room for?
void Postgres::await_want(Server& server) {
  if (server.disk.room == Room{}) return;
  const double rate = std::max(spec_.wal_bytes_per_second, 1.0);
  Duration page = never - context_.now();
  if (!server.disk.room.data) {
    const double period =
        page_bytes * draws_.growing_tables.value() / (rate * draws_.growth.value());
    page = from_seconds(period * (1 - draws_.page_filled.value()));
    on_disk(page, Kind::wants_page, server);
  }
  if (!server.standby) on_disk(until_panic(server, page), Kind::wants_file, server);
}

/// Statements that fail still leave a little WAL: that they were aborted.
Duration Postgres::until_panic(const Server& server, Duration page) const {
  Duration left = wal_lasts_until(server) - context_.now();
  if (left > page)
    left = from_seconds(to_seconds(page) + to_seconds(left - page) / draws_.failing_wal.value());
  if (server.disk.room.data) return left;
  const Duration every = server.checkpoint_every;
  const std::int64_t since = (context_.now() - server.checkpoint_phase).count();
  return std::min(left, Duration(every.count() - since % every.count()));
}

/// Up to when there are segments: the one that is written, and those that the last checkpoint which
/// is over left ahead. A server that has just started has none.
Offset Postgres::wal_lasts_until(const Server& server) const {
  const Duration each = segment_time(server);
  const Offset now = context_.now();
  const Offset phase = now >= server.switches_at ? server.switches_at : server.switched_at;
  const Offset current = phase + Duration(((now - phase) / each + 1) * each.count());
  const Offset redo = redo_from(server, now);
  if (!server.checkpoints_before && redo <= server.serves_from) return current;
  const double fills = postgres::segment_bytes / to_seconds(each);  // bytes of positions a second
  const double most = server.max_wal / fills - to_seconds(each);
  const double next = slop * (1 + draws_.completion.value()) * to_seconds(server.checkpoint_every);
  const double ahead = std::min(std::max(next, draws_.min_wal_size.value() / fills), most);
  return std::max(current, redo + from_seconds(ahead));
}

/// A table that is written needs a page.
void Postgres::want_page(Server& server) {
  if (!server.standby) {
    split_written_to(static_cast<int>(&server - servers_.data()));
    server.disk.fails = true;
    changed();
    log(server, "ERROR:  could not extend file \"base/16384/16385\": No space left on device");
    context_.note(NoteKind::capacity_exhausted, ComponentId::postgres, server.subject,
                  draws_.growth.id());
    return;
  }
  if (!server.streaming) return;  // nothing to replay
  log(server, "FATAL:  could not extend file \"base/16384/16385\": No space left on device");
  kubernetes_.container_failed(server.pod);
}

/// A new file of WAL, or that of a checkpoint.
void Postgres::want_file(Server& server) {
  const bool segment = wal_lasts_until(server) <= context_.now();
  if (server.disk.room.data && !segment)
    return on_disk(until_panic(server, never - context_.now()), Kind::wants_file, server);
  panic(server, segment);
}

/// The postmaster lives, and lets the crash be recovered from.
void Postgres::panic(Server& server, bool segment) {
  const std::string file = segment ? "pg_wal/xlogtemp.1" : "pg_logical/replorigin_checkpoint.tmp";
  give_up(server, "PANIC", "could not write to file \"" + file + "\": No space left on device");
  server.disk.panicked = context_.now();
  server.disk.again = segment;
  stopped(server, Ending::killed);
  const double bytes = redo_bytes(server);
  server.disk.round = draws_.reinitialize.time() + redo_time(bytes) + flush_time(bytes, server);
  lose_unflushed(server);
  kubernetes_.health_changed(server.pod);
  if (!segment) at(server.disk.round, Kind::recovered, static_cast<int>(&server - servers_.data()));
}

/// Does it say that it accepts connections, whether or not anybody can log in?
bool Postgres::says_ready(const Server& server) const {
  return accepts(server) || (server.disk.panicked && !server.disk.again &&
                             until_recovered(server) == Duration::zero());
}

}  // namespace drdrill::models
