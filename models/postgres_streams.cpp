#include <algorithm>
#include <utility>

#include "models/postgres.hpp"
#include "models/volumes.hpp"

/// Who streams from whom. A stream ends with either process, and then the standby asks for another
/// one every wal_retrieve_retry_interval. Where nothing is heard any more both ends wait for their
/// timeout, and go on as if nothing had been when the other is heard before. A standby that was
/// away gets what it lacks from its upstream's pg_wal, which goes back to the last checkpoint or
/// wal_keep_size, or from the archive; else it stays away until it is copied anew.
namespace drdrill::models {

bool Postgres::is_reached(const Server& server) const {
  return accepts(server) && kubernetes_.is_up(server.pod) &&
         kubernetes_.reached_from_outside(server.pod);
}

bool Postgres::live_primary(const Server& server) const {
  return accepts(server) && !server.standby && !server.scratch && kubernetes_.is_up(server.pod);
}

/// Do the two hear of each other?
bool Postgres::hear_each_other(const Server& one, const Server& other) const {
  return kubernetes_.is_up(one.pod) && kubernetes_.is_up(other.pod) &&
         kubernetes_.reaches(one.pod, other.pod);
}

/// Does the stream that a standby has go on?
bool Postgres::stream_holds(const Server& server) const {
  if (server.source == none || !server.up) return false;
  const Server& source = servers_[static_cast<std::size_t>(server.source)];
  return source.up && source.timeline == server.timeline && hear_each_other(server, source);
}

/// Does it stream from `server` and has caught up?
bool Postgres::streams_all(const Server& standby, int server) const {
  return standby.streaming && standby.source == server && context_.now() >= standby.catch_up.to;
}

/// Has the stream from `server` fallen silent, and the server not given it up?
bool Postgres::is_waited_for(const Server& standby, int server) const {
  const Server& source = servers_[static_cast<std::size_t>(server)];
  return !standby.streaming && standby.unheard.source == server &&
         standby.unheard.source_life == source.life &&
         context_.now() < standby.unheard.source_waits_until;
}

/// How far a standby that streams is behind what was acknowledged on its source.
Duration Postgres::behind(const Server& standby) const {
  const Server& source = servers_[static_cast<std::size_t>(standby.source)];
  const auto index = static_cast<std::size_t>(&standby - servers_.data());
  if (index < most_servers && (source.confirming >> index & 1) != 0) return Duration::zero();
  const CatchUp& all = standby.catch_up;
  Duration missing = Duration::zero();
  if (context_.now() < all.to) {
    const double done = to_seconds(context_.now() - all.from) / to_seconds(all.to - all.from);
    missing =
        context_.now() - all.has_until - from_seconds(done * to_seconds(all.to - all.has_until));
  }
  return missing + draws_.replication_lag.time() + unflushed(source);
}

/// Up to when a standby that streams has records: no more than whom it streams from.
Offset Postgres::received_by(const Server& server) const {
  if (server.source == none) return context_.now() - draws_.replication_lag.time();
  const Offset received = context_.now() - behind(server);
  const Server& source = servers_[static_cast<std::size_t>(server.source)];
  return source.standby && !source.streaming ? std::min(received, source.has_until) : received;
}

/// A fresh copy has its source's history; without a source to copy from it has none.
void Postgres::finish_clone(Server& server) {
  const int source = upstream_of(server);
  if (source == none) return;
  server.timeline = servers_[static_cast<std::size_t>(source)].timeline;
  server.has_until = context_.now();
}

void Postgres::update() {
  look_at_disks();
  look_at_leader();
  for (std::size_t c = 0; c < routes_.size(); ++c) set_route(static_cast<int>(c));
  follow();
  look_at_commits();
}

/// A standby stays with the server that it streams from, whatever Services say, until that breaks;
/// then it asks whoever its conninfo leads to. It follows a server whose history it shares; one
/// that holds records which the upstream lacks is refused until it is rebuilt.
void Postgres::follow() {
  for (Server& server : servers_) {
    if (server.streaming) {
      if (stream_holds(server)) continue;
      const Server& source = servers_[static_cast<std::size_t>(std::max(server.source, 0))];
      const bool unheard = server.source != none && source.up && source.timeline == server.timeline;
      detach(server, received_by(server), unheard);
    }
    if (!server.standby || !server.up) continue;
    const int up = upstream_of(server);
    if (up == none) continue;
    const Server& source = servers_[static_cast<std::size_t>(up)];
    if (&source == &server || !accepts(source) || !hear_each_other(server, source)) continue;
    if (server.timeline != source.timeline) {
      const Timeline& line = timelines_[static_cast<std::size_t>(source.timeline)];
      if (line.parent != server.timeline || server.has_until > line.forked_at) continue;
    }
    if (!goes_on(server, up) && !is_time_to_try(server)) continue;
    attach(server, up);
  }
}

/// The stream that fell silent is heard again, before either end has given it up.
bool Postgres::goes_on(const Server& server, int source) const {
  const Unheard& unheard = server.unheard;
  return unheard.source == source && unheard.life == server.life &&
         unheard.source_life == servers_[static_cast<std::size_t>(source)].life &&
         context_.now() < std::min(unheard.source_waits_until, unheard.waits_until);
}

/// It asks now, or it will be asked again when it does.
bool Postgres::is_time_to_try(Server& server) {
  const Offset now = context_.now();
  const std::int64_t every = std::max<std::int64_t>(retry_time_.count(), 1);
  const std::int64_t since = (now - server.tries_from).count();
  if (since >= 0 && since % every == 0) return true;
  draws_.retry.use();
  const Offset next =
      since < 0 ? server.tries_from : server.tries_from + Duration((since / every + 1) * every);
  if (std::exchange(server.asked_for, next) != next) look_again(next - now);
  return false;
}

/// WAL that it lacks comes as fast as a copy of the data would, or from the archive as fast as that
/// is replayed, while more is made.
void Postgres::attach(Server& server, int upstream) {
  Server& source = servers_[static_cast<std::size_t>(upstream)];
  const Offset now = context_.now();
  const bool kept = server.has_until >= kept_from(source);
  if (!kept && (!server.restores || source.archive.empty() || !volumes_.find(source.archive))) {
    if (!std::exchange(server.refused, true)) {
      log(server,
          "FATAL:  could not receive data from WAL stream: ERROR:  requested WAL segment has "
          "already been removed");
      context_.note(NoteKind::postgres_replica_refused, ComponentId::postgres, server.subject,
                    draws_.wal_keep_size.id());
    }
    return;
  }
  if (!take_slot(server, source)) {
    if (!std::exchange(server.refused, true))
      give_up(server, "FATAL",
              "could not start WAL streaming: ERROR:  replication slot \"" + slot_of(server) +
                  (find_slot(source, slot_of(server)) ? "\" is active for PID 1"
                                                      : "\" does not exist"));
    return;
  }
  server.refused = false;
  server.timeline = source.timeline;
  server.streaming = true;
  server.source = upstream;
  server.unheard = {};
  const double made = spec_.wal_bytes_per_second;
  const double comes = (kept ? draws_.clone_rate : draws_.replay_rate).value();
  const double missing = std::max(to_seconds(lacks(server, source)), 0.0);
  const Duration takes = comes > made ? from_seconds(missing * made / (comes - made)) : never - now;
  server.catch_up = {now, now + takes, server.has_until};
  if (takes < never - now) look_again(takes);
  changed();
  context_.note(NoteKind::postgres_replica_attached, ComponentId::postgres, server.subject,
                draws_.attach.id());
}

/// `unheard`: nobody ended the stream; both ends find out by their timeouts.
void Postgres::detach(Server& standby, Offset has_until, bool unheard) {
  standby.tries_from = context_.now();
  if (unheard) fall_silent(standby);
  leave_slot(standby, has_until);
  standby.streaming = false;
  standby.source = none;
  standby.has_until = has_until;
  changed();
  context_.note(NoteKind::postgres_replica_detached, ComponentId::postgres, standby.subject);
}

void Postgres::fall_silent(Server& standby) {
  if (standby.source == none) return;
  const Offset now = context_.now();
  standby.unheard = {standby.source, servers_[static_cast<std::size_t>(standby.source)].life,
                     standby.life, now + draws_.sender_timeout.time(),
                     now + draws_.receiver_timeout.time()};
  standby.tries_from = standby.unheard.waits_until;
  look_again(standby.unheard.source_waits_until - now);
}

void Postgres::look_again(Duration delay) {
  context_.engine.after(delay, {.component = event_owner(Owner::postgres, installation_),
                                .kind = static_cast<std::uint16_t>(Kind::look)});
}

}  // namespace drdrill::models
