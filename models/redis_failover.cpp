#include <algorithm>

#include "models/redis.hpp"

/// Which replica takes the place of a master, and when.
namespace drdrill::models {
namespace {

// cluster-replica-validity-factor and repl-ping-replica-period (redis.conf of 7.2).
constexpr int validity_timeouts = 10;
constexpr Duration replica_ping = std::chrono::seconds(10);

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

/// Does one have more than the other of the first range in which they differ?
bool Redis::is_ahead(const Server& one, const Server& other) {
  for (std::size_t r = 0; r < one.shares.size(); ++r)
    if (one.shares[r].has != other.shares[r].has) return one.shares[r].has > other.shares[r].has;
  return false;
}

/// The replica that has the most of those that may stand: the rank in the delay sees to that.
int Redis::candidate(int identity) const {
  const Duration valid = from_seconds(node_timeout_.value() * validity_timeouts) + replica_ping;
  int best = none;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const Server& s = servers_[i];
    if (s.group == none || self(s).master != identity || !has_majority(s)) continue;
    if (s.following == none && context_.now() - s.detached_at > valid) continue;
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
  me.master = none;
  me.epoch = ++epoch_;
  for (Share& share : winner.shares)
    if (share.owner == identity) share.owner = winner.identity;
  winner.writable = true;
  winner.minority = winner.noticing = false;
}

}  // namespace drdrill::models
