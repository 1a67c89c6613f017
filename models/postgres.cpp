#include "models/postgres.hpp"

#include <algorithm>
#include <utility>

#include "models/volumes.hpp"

/// Processes: what they start from, what ends with them, and promotion.
namespace drdrill::models {

void Postgres::at(Duration delay, Kind kind, int server) {
  const Group group = servers_[static_cast<std::size_t>(server)].work;
  context_.engine.after(delay,
                        {.component = event_owner(Owner::postgres, installation_),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(std::max(server, 0))},
                        group);
}

void Postgres::handle(const Event& event) {
  const int index = static_cast<int>(event.subject);
  const auto slot = static_cast<std::size_t>(event.data);
  switch (static_cast<Kind>(event.kind)) {
    case Kind::started: {
      Server& server = servers_[event.subject];
      if (server.cloned && copies_a_target(server))
        return refuse_start(server,
                            "requested recovery stop point is before consistent recovery point");
      server.up = true;
      server.has_data = true;
      server.down_for = context_.now() - server.stopped_at;
      if (server.cloned || server.emptied || server.recovery) server.slots.clear();
      server.disk.begin();
      if (std::exchange(server.cloned, false)) finish_clone(server);
      if (std::exchange(server.emptied, false)) {
        damages_.push_back({server.timeline, context_.now(),
                            std::vector<Offset>(spec_.databases.size(), Offset::min())});
      }
      if (server.recovery) finish_recovery(server);
      own_data(server);
      begin_archive(server);
      begin_checkpoints(server, server.standby ? context_.now() : server.has_until, false);
      server.tries_from = context_.now();
      context_.note(NoteKind::postgres_started, ComponentId::postgres, server.subject,
                    draws_.start.id());
      kubernetes_.health_changed(server.pod);
      if (live_primary(server)) {
        for (const Server& other : servers_)
          if (&other != &server && live_primary(other))
            context_.note(NoteKind::postgres_two_primaries, ComponentId::postgres, server.subject);
      }
      update();
      break;
    }
    case Kind::promoted:
      promoted(index);
      break;
    case Kind::loaded:
      loaded(event.subject);
      break;
    case Kind::lock_expired:
      lock_expired();
      break;
    case Kind::gave_up:
      gave_up();
      break;
    case Kind::elected:
      elected(index);
      break;
    case Kind::wants_page:
      if (servers_[event.subject].disk.time == event.data) want_page(servers_[event.subject]);
      break;
    case Kind::wants_file:
      if (servers_[event.subject].disk.time == event.data) want_file(servers_[event.subject]);
      break;
    case Kind::recovered:
      kubernetes_.health_changed(servers_[event.subject].pod);
      break;
    case Kind::look:
      update();
      break;
    case Kind::reconnected:
      reconnected(index, slot);
      break;
    case Kind::given_up:
      give_up(index, slot);
      break;
    case Kind::resumed:
      resume(index, slot);
      break;
  }
}

Postgres::Server* Postgres::server_of(PodRef ref) {
  return const_cast<Server*>(static_cast<const Postgres*>(this)->server_of(ref));
}

const Postgres::Server* Postgres::server_of(PodRef ref) const {
  const std::string_view name = kubernetes_.name_of(ref);
  for (const Server& server : servers_)
    if (server.cluster == ref.cluster && server.name == name) return &server;
  const WorkloadModel* model = kubernetes_.model_of(ref);
  for (const Server& server : servers_)
    if (server.deployment && server.deployment == model && !server.up) return &server;
  return nullptr;
}

// ---- processes ------------------------------------------------------------------------------

/// A server with data starts as what its data directory says, after redo if it was killed. Without
/// data it is cloned from its upstream when it has one, else it starts empty.
void Postgres::pod_started(PodRef ref) {
  Server* server = server_of(ref);
  if (!server) server = new_server(ref);
  if (!server) return;
  server->pod = ref;
  server->name = kubernetes_.name_of(ref);
  server->up = false;
  ++server->life;
  server->starts_since = context_.now();
  server->refused = false;
  read_settings(*server);
  if (refuses_settings(*server)) return;
  const std::string upstream = upstream_env(*kubernetes_.pod(ref).spec);
  if (!upstream.empty() && !server->has_data) server->upstream = upstream;
  Duration takes = draws_.start.time();
  const int leader = led_by();
  if (is_managed(*server) && server->has_data && !server->standby && leader != none &&
      &servers_[static_cast<std::size_t>(leader)] != server)
    takes += rejoin(*server);
  server->disk.begin();
  if (!room_of(*server).data)
    return refuse_start(*server,
                        "could not write lock file \"postmaster.pid\": No space left on device");
  Start start = look_at_data(*server);
  if (!start.fatal.empty()) return refuse_start(*server, start.fatal);
  if (start.recovers) {
    start.replay = from_seconds(start.wal_bytes / draws_.replay_rate.value());
    takes += start.replay;
    if (start.promotes) takes += flush_time(start.wal_bytes, *server);
    server->recovery = std::move(start);
  } else if (!server->has_data) {
    server->standby = server->cloned = !upstream.empty();
    if (server->standby) takes += from_seconds(size_bytes() / draws_.clone_rate.value());
    if (!server->standby) {
      timelines_.push_back({none, context_.now()});
      server->timeline = static_cast<int>(timelines_.size()) - 1;
      server->emptied = true;
    }
    server->has_until = context_.now();
  } else if (!server->clean) {
    const double bytes = redo_bytes(*server);
    takes += redo_time(bytes);
    if (!server->standby) takes += flush_time(bytes, *server);
    lose_unflushed(*server);
  }
  context_.engine.cancel(server->work);
  at(takes, Kind::started, static_cast<int>(server - servers_.data()));
}

/// A fast shutdown, as the images' stop signal asks for: sessions end at once and nobody is let in,
/// then the checkpoint is written and what standbys lack is sent.
bool Postgres::pod_stopping(PodRef ref) {
  kubernetes_.exit_after(ref, draws_.shutdown.time());
  Server* server = server_of(ref);
  if (!server || server->pod != ref || !server->up) return true;
  server->ending = true;
  end_sessions(static_cast<int>(server - servers_.data()), Ending::clean);
  update();
  return true;
}

void Postgres::pod_ended(PodRef ref, Ending ending) {
  Server* server = server_of(ref);
  if (!server || server->pod != ref) return;
  stopped(*server, ending);
}

/// Clients of a machine that is gone are not told: they wait for an answer.
void Postgres::end_sessions(int index, Ending ending) {
  for (std::size_t c = 0; c < routes_.size(); ++c) {
    Route& route = routes_[c];
    for (std::size_t slot = 0; slot < route.legs.size(); ++slot) {
      Leg& leg = route.legs[slot];
      if (leg.weight > 0 && leg.server == index) {
        const bool connected = leg.connected;
        stop_writing(route, leg);
        if (connected && ending == Ending::lost) await_answer(static_cast<int>(c), slot, index);
      }
      if (leg.silence.server == index) leg.silence.same_process = false;
    }
  }
}

/// A primary that is shut down sends all its WAL first; one that is killed takes what the standbys
/// had not received yet with it.
void Postgres::stopped(Server& server, Ending ending) {
  context_.engine.cancel(server.work);
  server.recovery.reset();
  if (!server.up) return;
  const int index = static_cast<int>(&server - servers_.data());
  end_sessions(index, ending);
  server.up = server.ending = false;
  server.clean = ending == Ending::clean;
  end_archive(server);
  if (!server.standby)
    server.has_until = context_.now() - (server.clean ? Duration::zero() : unflushed(server));
  if (server.streaming) server.has_until = received_by(server);
  for (Server& other : servers_) {
    if (!other.streaming || other.source != index) continue;
    const Offset sent = server.standby ? server.has_until : context_.now();
    detach(other, sent - (server.clean ? Duration::zero() : behind(other)), ending == Ending::lost);
  }
  if (server.streaming && ending == Ending::lost) fall_silent(server);
  if (server.streaming) leave_slot(server, server.has_until);
  server.stopped_at = context_.now();
  server.streaming = false;
  server.source = none;
  context_.note(NoteKind::postgres_stopped, ComponentId::postgres, server.subject);
  update();
}

bool Postgres::pod_healthy(PodRef ref) const {
  const Server* server = server_of(ref);
  return server && says_ready(*server);
}

void Postgres::data_lost(int cluster, std::string_view pod_name) {
  for (Server& server : servers_)
    if (server.cluster == cluster && server.name == pod_name && !server.up) server.has_data = false;
}

// ---- promotion ------------------------------------------------------------------------------

void Postgres::promoted(int index) {
  Server& server = servers_[static_cast<std::size_t>(index)];
  if (!server.up || !server.standby) return;
  if (server.streaming) server.has_until = received_by(server);
  // Those that stream from it have no more than it has, and follow it onto its timeline.
  for (Server& other : servers_)
    if (other.streaming && other.source == index)
      detach(other, std::min(received_by(other), server.has_until), false);
  server.streaming = false;
  server.source = none;
  split_written_to(index);  // its connections take writes from now on
  server.standby = false;
  if (lead_.elected == index) take_lead(index);
  begin_checkpoints(server, server.has_until, true);
  changed();
  server.checkpointed = context_.now() + checkpoint_time_;
  volumes_.remove(data_key(server.pod, "standby.signal"));
  timelines_.push_back({server.timeline, server.has_until});
  server.timeline = static_cast<int>(timelines_.size()) - 1;
  context_.note(NoteKind::postgres_promoted, ComponentId::postgres, server.subject,
                draws_.promote.id(), server.promotion);
  for (const Server& other : servers_)
    if (&other != &server && live_primary(other))
      context_.note(NoteKind::postgres_two_primaries, ComponentId::postgres, server.subject);
  update();
}

}  // namespace drdrill::models
