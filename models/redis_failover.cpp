#include <algorithm>

#include "models/redis.hpp"

/// Which replica takes the place of a master, and when.
namespace drdrill::models {
namespace {

// cluster-replica-validity-factor and repl-ping-replica-period (redis.conf of 7.2).
constexpr int validity_timeouts = 10;
constexpr Duration replica_ping = std::chrono::seconds(10);
// CLUSTER_MF_TIMEOUT (cluster.c): a failover by hand that takes longer is given up.
constexpr Duration handover_limit = std::chrono::seconds(5);
// A client that waits longer counts as one who was not served: the deadline of a probe.
constexpr Duration patience = std::chrono::seconds(1);

}  // namespace

/// A replica looks at its master, and whether its delay is over, only when its cron runs: the delay
/// begins with the first run and ends with the one after it is over (cluster.c, clusterCron and
/// clusterHandleSlaveFailover). Then the masters vote and everybody hears who won.
Duration Redis::election() {
  const Duration period = std::max(cron_.time(), Duration(1));
  const Duration first = from_seconds(ticks_.uniform() * to_seconds(period));
  const std::int64_t runs = (election_delay_.time() + period - Duration(1)) / period;
  return first + runs * period + vote_.time();
}

Duration Redis::timeout_of(const Server& s) const {
  return s.config.node_timeout ? *s.config.node_timeout : node_timeout_.time();
}

/// Clients of the server wait for so long, unless it is told otherwise in the meantime.
void Redis::block(Server& s, Duration time) {
  const int index = static_cast<int>(&s - servers_.data());
  s.blocked_since = context_.now();
  s.blocked_until = context_.now() + time;
  if (time <= patience) return;
  after(patience, Kind::looked_at, index, s.work);
  after(time, Kind::looked_at, index, s.work);
}

bool Redis::is_blocked(const Server& s) const {
  return s.blocked_until > context_.now() && context_.now() - s.blocked_since >= patience;
}

/// CLUSTER FAILOVER at a replica (cluster.c). Agreed with the master: it makes its clients wait and
/// tells how far it has come; the replica goes on until it has all of that, and the others vote.
/// Before Redis 6.2 the master told it, and the replica went on, only at their next cron.
Redis::Reply Redis::hand_over(Server& replica, bool agreed) {
  const int master = self(replica).master;
  const int index = static_cast<int>(&replica - servers_.data());
  Duration takes = vote_.time();
  if (agreed) {
    Server& from = at(who(master).server);
    const Duration period = std::max(cron_.time(), Duration(1));
    for (int waits = static_cast<int>(handover_waits_.value()); waits > 0; --waits)
      takes += from_seconds(ticks_.uniform() * to_seconds(period));
    // There and back with the master, there and back with who votes.
    takes += 4 * kubernetes_.path(replica.pod, from.pod).delay + replication_lag_.time();
    block(from, std::min(takes, handover_limit));
  }
  if (takes <= handover_limit) after(takes, Kind::handed_over, index, replica.work, master);
  return {"OK", false, true, true};
}

/// Does one have more than the other of the first range in which they differ?
bool Redis::is_ahead(const Server& one, const Server& other) {
  for (std::size_t r = 0; r < one.shares.size(); ++r)
    if (one.shares[r].has != other.shares[r].has) return one.shares[r].has > other.shares[r].has;
  return false;
}

/// The replica that has the most of those that may stand: the rank in the delay sees to that.
int Redis::candidate(int identity) const {
  int best = none;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const Server& s = servers_[i];
    const Duration valid = timeout_of(s) * validity_timeouts + replica_ping;
    if (s.group == none || self(s).master != identity || !has_majority(s)) continue;
    if (s.following == none && (!s.detached_at || context_.now() - *s.detached_at > valid))
      continue;
    if (best != none && !is_ahead(s, at(best))) continue;
    best = static_cast<int>(i);
  }
  return best;
}

void Redis::elect(int identity) {
  const int winner = candidate(identity);
  if (!who(identity).failed || winner == none) return;
  context_.note(NoteKind::redis_election_won, ComponentId::redis, at(winner).subject,
                election_delay_.id());
  take_over(at(winner), identity);
}

void Redis::take_over(Server& winner, int identity) {
  Identity& me = who(winner.identity);
  if (winner.following != none) detach(winner, Duration::zero());
  winner.detached_at.reset();
  me.master = none;
  me.epoch = ++epoch_;
  for (Share& share : winner.shares)
    if (share.owner == identity) share.owner = winner.identity;
  winner.writable = true;
  winner.minority = winner.noticing = false;
}

}  // namespace drdrill::models
