#include "models/redis.hpp"

/// Replication: who follows whom, and what a replica has. One that was away and lacks no more than
/// its master keeps in its backlog goes on where it was (PSYNC); every other one, a master that
/// comes back as a replica among them, is copied to anew: the copy is waited for, made, sent and
/// loaded, and until then it has what it had and is nobody's candidate.
namespace drdrill::models {

void Redis::follow() {
  for (Server& s : servers_) {
    Identity& me = who(s.identity);
    while (me.master != none && who(me.master).master != none &&
           who(me.master).master != s.identity)
      me.master = who(me.master).master;
    const bool connected = s.group != none && me.master != none && is_linked(s, me.master);
    const int master = connected ? who(me.master).server : none;
    if (s.copying != master) s.copying = none;
    if (s.following == master || (master != none && s.copying == master)) continue;
    if (s.following != none) detach(s, replication_lag_.time());
    if (master == none || s.no_room) continue;  // it needs room for a copy
    if (goes_on(s, at(master)))
      attach(s, master);
    else
      begin_copy(s, master);
  }
}

/// Has the replica followed the same writes, and does the backlog hold what it lacks of them?
bool Redis::goes_on(const Server& s, const Server& master) {
  if (!s.detached_at || s.history != master.history) return false;
  double writes = 0;
  for (std::size_t r = 0; r < ranges_.size(); ++r)
    if (s.shares[r].owner == master.identity) writes += rate_of(ranges_[r]);
  const double missed = writes * to_seconds(context_.now() - *s.detached_at) * key_size_.value();
  return missed <= backlog_.value();
}

void Redis::begin_copy(Server& s, int master) {
  const double bytes = bytes_of(at(master));
  const Duration takes = copy_waits(at(master), context_.now()) +
                         from_seconds(bytes / snapshot_rate_.value()) +
                         from_seconds(bytes / snapshot_load_rate_.value());
  s.copying = master;
  s.copied_at = context_.now() + takes;
  after(takes, Kind::copied, static_cast<int>(&s - servers_.data()), s.work);
}

/// What a replica has is what its master has, as long as they are connected.
void Redis::attach(Server& s, int master) {
  for (std::size_t r = 0; r < ranges_.size(); ++r) {
    s.shares[r].present = at(master).shares[r].present;
    s.shares[r].began = at(master).shares[r].began;
    s.shares[r].foreign = at(master).shares[r].foreign;
  }
  s.following = master;
  s.history = at(master).history;
  s.copying = none;
}

/// What it has is what it had received by then.
void Redis::detach(Server& s, Duration behind) {
  const Server& master = at(s.following);
  for (std::size_t r = 0; r < ranges_.size(); ++r)
    s.shares[r].has = std::min(holds(master, r), std::max(context_.now() - behind, Offset::zero()));
  s.following = none;
  s.detached_at = context_.now();
}

}  // namespace drdrill::models
