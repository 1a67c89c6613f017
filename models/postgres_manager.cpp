#include <algorithm>
#include <utility>

#include "models/postgres.hpp"

/// Who promotes standbys by itself, and brings back old primaries as standbys.
///
/// Patroni: the primary renews a lock in the API server of its cluster every loop_wait. When it has
/// not done so for the ttl, the standby with most WAL takes it when it next looks, and is promoted,
/// unless it lacks more than maximum_lag_on_failover. A primary that cannot renew the lock gives up
/// being one after retry_timeout, so before the lock is free to others: there are never two.
///
/// CloudNativePG: the operator promotes the standby with most WAL when Kubernetes says that the
/// primary's pod is not ready, so for a silent node only after its grace period. A primary that is
/// cut off goes on until it hears of that.
///
/// The write Service leads to primaries alone: both label their pods, or write its endpoints.
namespace drdrill::models {

/// Do the pod's processes run, and hear of the cluster's API server?
bool Postgres::answers_manager(const Server& server) const {
  return server.pod != no_pod && kubernetes_.name_of(server.pod) == server.name &&
         kubernetes_.is_up(server.pod) && kubernetes_.cluster(server.cluster).api_available &&
         kubernetes_.kubelet_answers(server.pod) && kubernetes_.heard_outside(server.pod) &&
         kubernetes_.reached_from_outside(server.pod);
}

/// Does the leader lead, as far as its manager can know?
bool Postgres::renews(const Server& leader) const {
  if (spec_.manager == PostgresManager::patroni) return answers_manager(leader);
  if (leader.pod == no_pod) return false;
  const kube::Pod& pod = kubernetes_.pod(leader.pod);
  return pod.meta.exists && pod.meta.name == leader.name && pod.ready && !pod.terminating;
}

/// Has it been starting for longer than primary_start_timeout, and somebody else could lead?
bool Postgres::starts_too_long(const Server& leader) {
  if (spec_.manager != PostgresManager::patroni || leader.disk.panicked) return false;
  const Offset until = leader.starts_since + draws_.start_patience.time();
  if (context_.now() < until) {
    look_again(until - context_.now());
    return false;
  }
  return std::any_of(servers_.begin(), servers_.end(), [&](const Server& other) {
    return &other != &leader && is_managed(other) && other.up && answers_manager(other);
  });
}

/// It gives the lock back, and goes on starting as a standby.
void Postgres::release(Server& leader) {
  context_.note(NoteKind::postgres_lock_expired, ComponentId::postgres, leader.subject,
                draws_.start_patience.id(), context_.now() - leader.starts_since);
  lead_.known_until = leader.has_until;
  lead_.last_leader = std::exchange(lead_.leader, none);
  leader.standby = true;
  changed();
}

void Postgres::begin_lead() {
  lead_ = {.over = lead_.over, .demotion = lead_.demotion};
  if (spec_.manager == PostgresManager::none) return;
  manager_phases_.restart(context_.seed, context_.replication);
  for (std::size_t i = 0; i < servers_.size() && lead_.leader == none; ++i)
    if (!servers_[i].standby && !servers_[i].scratch) lead_.leader = static_cast<int>(i);
  lead_.phase = -from_seconds(manager_phases_.uniform() * to_seconds(draws_.loop_wait.time()));
}

bool Postgres::is_managed(const Server& server) const {
  return spec_.manager != PostgresManager::none && lead_.cluster(servers_) == server.cluster &&
         !server.scratch;
}

/// Called whenever something changed.
void Postgres::look_at_leader() {
  if (spec_.manager == PostgresManager::none) return;
  if (lead_.leader != none) {
    Server& leader = servers_[static_cast<std::size_t>(lead_.leader)];
    const bool sound = renews(leader);
    if (sound && std::exchange(lead_.missed, false)) {
      context_.engine.cancel(lead_.over);
      context_.engine.cancel(lead_.demotion);
    }
    if (!sound && !std::exchange(lead_.missed, true)) miss_leader(leader);
    if (sound && !leader.up && starts_too_long(leader)) release(leader);
    // It gave up while it could not renew a lock that is still its own.
    if (lead_.leader != none && sound && leader.up && leader.standby && lead_.elected == none)
      promote_managed(lead_.leader);
  }
  if (lead_.elected != none) {
    const Server& elected = servers_[static_cast<std::size_t>(lead_.elected)];
    if (!elected.up || !answers_manager(elected)) lead_.elected = none;
  }
  if (lead_.leader == none && lead_.elected == none) elect();
  if (lead_.leader == none) return;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& member = servers_[i];
    if (!is_managed(member) || static_cast<int>(i) == lead_.leader || !member.up ||
        member.streaming || !answers_manager(member))
      continue;
    if (!member.standby || ahead_since(member)) demote(member);
  }
}

/// Since when a server's history is not that of whom it should follow; nothing: it is, as far as it
/// goes.
std::optional<Offset> Postgres::ahead_since(const Server& member) const {
  const int leader = led_by();
  if (leader == none) return std::nullopt;
  const int followed = servers_[static_cast<std::size_t>(leader)].timeline;
  Offset own = never;
  for (int line = member.timeline; line != none;) {
    const Offset shared = std::min(own, fork_of(line, followed));
    if (shared != Offset::min())
      return own != never || member.has_until > shared ? std::optional(shared) : std::nullopt;
    own = std::min(own, timelines_[static_cast<std::size_t>(line)].forked_at);
    line = timelines_[static_cast<std::size_t>(line)].parent;
  }
  return std::nullopt;
}

void Postgres::after_lead(Duration delay, Kind kind, Group group) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::postgres, installation_),
                         .kind = static_cast<std::uint16_t>(kind)},
                        group);
}

/// Nobody has noticed yet that the leader is gone.
void Postgres::miss_leader(const Server& leader) {
  lead_.missed_since = context_.now();
  if (spec_.manager == PostgresManager::cloudnative_pg) {
    lead_.known_until = context_.now();
    return after_lead(draws_.failover_delay.time() + draws_.reconcile.time(), Kind::lock_expired,
                      lead_.over);
  }
  const Duration loop = std::max(draws_.loop_wait.time(), Duration(1));
  const Duration since((context_.now() - lead_.phase).count() % loop.count());
  lead_.known_until = context_.now() - since;
  after_lead(std::max(draws_.lock_ttl.time() - since, Duration::zero()), Kind::lock_expired,
             lead_.over);
  if (leader.up) after_lead(loop - since + draws_.lock_retry.time(), Kind::gave_up, lead_.demotion);
}

void Postgres::lock_expired() {
  if (!lead_.missed || lead_.leader == none) return;
  const bool patroni = spec_.manager == PostgresManager::patroni;
  context_.note(NoteKind::postgres_lock_expired, ComponentId::postgres,
                servers_[static_cast<std::size_t>(lead_.leader)].subject,
                patroni ? draws_.lock_ttl.id() : draws_.reconcile.id(),
                context_.now() - lead_.missed_since);
  lead_.last_leader = std::exchange(lead_.leader, none);
  lead_.missed = false;
  context_.engine.cancel(lead_.demotion);
  changed();
  look_at_leader();
}

/// The leader could not renew its lock for retry_timeout, and is still running.
void Postgres::gave_up() {
  if (!lead_.missed || lead_.leader == none) return;
  Server& leader = servers_[static_cast<std::size_t>(lead_.leader)];
  if (kubernetes_.is_up(leader.pod) && live_primary(leader)) demote(leader);
}

/// The server with most WAL; one that takes writes already has all of it.
void Postgres::elect() {
  int best = none;
  Offset most = Offset::min();
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const Server& server = servers_[i];
    if (!is_managed(server) || !server.up || !answers_manager(server)) continue;
    const Offset has = !server.standby    ? never
                       : server.streaming ? received_by(server)
                                          : server.has_until;
    const double lacks = to_seconds(lead_.known_until - std::min(has, lead_.known_until)) *
                         spec_.wal_bytes_per_second;
    if (spec_.manager == PostgresManager::patroni && lacks > draws_.most_lag.value()) continue;
    if (best == none || has > most) {
      best = static_cast<int>(i);
      most = has;
    }
  }
  if (best == none) return;
  if (!servers_[static_cast<std::size_t>(best)].standby) return take_lead(best);
  lead_.elected = best;
  if (spec_.manager == PostgresManager::cloudnative_pg) return promote_managed(best);
  const Duration look =
      from_seconds(manager_phases_.uniform() * to_seconds(draws_.loop_wait.time()));
  lead_.looked = look;
  at(look, Kind::elected, best);
}

void Postgres::elected(int index) {
  if (lead_.elected != index) return;
  context_.note(NoteKind::postgres_lock_taken, ComponentId::postgres,
                servers_[static_cast<std::size_t>(index)].subject, draws_.loop_wait.id(),
                lead_.looked);
  promote_managed(index);
}

void Postgres::promote_managed(int index) {
  Server& server = servers_[static_cast<std::size_t>(index)];
  lead_.elected = index;
  server.promotion = draws_.promote.time();
  at(server.promotion, Kind::promoted, index);
}

/// The others are told whom to follow, and ask there at once.
void Postgres::take_lead(int index) {
  lead_.leader = index;
  lead_.elected = none;
  lead_.missed = false;
  lead_.phase = context_.now();
  context_.engine.cancel(lead_.over);
  context_.engine.cancel(lead_.demotion);
  for (Server& member : servers_) {
    if (!is_managed(member)) continue;
    member.unheard = {};
    member.tries_from = context_.now();
  }
  changed();
}

/// The server whom others follow, or who is about to be; none: whoever has data may lead.
int Postgres::led_by() const {
  return lead_.leader != none ? lead_.leader : lead_.elected;
}

/// A server becomes a standby. What it has beyond the leader's history is rewound (pg_rewind, taken
/// to find the WAL that it needs), which takes as long as to copy what either has written since,
/// and leaves it with what the leader has. How long that is.
Duration Postgres::rejoin(Server& server) {
  server.standby = true;
  const std::optional<Offset> fork = ahead_since(server);
  if (!fork) return Duration::zero();
  const double apart = to_seconds(server.has_until - *fork) + to_seconds(context_.now() - *fork);
  server.timeline = servers_[static_cast<std::size_t>(led_by())].timeline;
  server.has_until = context_.now();
  server.clean = true;
  const double bytes = std::min(size_bytes(), spec_.wal_bytes_per_second * apart);
  return draws_.start.time() + from_seconds(bytes / draws_.clone_rate.value());
}

/// A server that takes writes, or has too much, is told not to: PostgreSQL starts again.
void Postgres::demote(Server& server) {
  if (!server.standby)
    context_.note(NoteKind::postgres_demoted, ComponentId::postgres, server.subject);
  stopped(server, Ending::killed);
  const Duration rewound = rejoin(server);
  at(rewound + draws_.start.time(), Kind::started, static_cast<int>(&server - servers_.data()));
  kubernetes_.health_changed(server.pod);
}

}  // namespace drdrill::models
