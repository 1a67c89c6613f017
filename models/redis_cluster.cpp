#include <algorithm>

#include "models/redis.hpp"
#include "models/redis_pings.hpp"

/// Links, gossip, failure detection and elections.
namespace drdrill::models {
namespace {

// cluster.c: CLUSTER_FAIL_UNDO_TIME_MULT, cluster-replica-validity-factor and repl-ping-period; the
// bounds of the delay before a master that had been in the minority is writable again.
constexpr int fail_undo_timeouts = 2;
constexpr int validity_timeouts = 10;
constexpr Duration replica_ping = std::chrono::seconds(10);
constexpr Duration least_rejoin = std::chrono::milliseconds(500);
constexpr Duration most_rejoin = std::chrono::milliseconds(5000);

}  // namespace

/// Looks at everything again after a process, an address or the network changed.
void Redis::update() {
  if (servers_.empty()) return;
  link();
  for (int group = 0; group < static_cast<int>(servers_.size()); ++group) agree(group);
  follow();
  detect();
  notice_minority();
  count_replicas();
  serve();
}

bool Redis::knows(const Server& from, int identity) const {
  const auto i = static_cast<std::size_t>(identity);
  return i < from.address.size() && !from.address[i].empty();
}

/// Both know each other, and one of them the address that the other has now.
bool Redis::linked(const Server& a, const Server& b) const {
  if (!knows(a, b.identity) || !knows(b, a.identity)) return false;
  const auto dials = [&](const Server& from, const Server& to) {
    return from.address[static_cast<std::size_t>(to.identity)] == to.ip &&
           kubernetes_.reaches(from.pod, to.pod);
  };
  return dials(a, b) || dials(b, a);
}

/// Servers that are linked, directly or through others, make a group; its number is that of its
/// first server.
void Redis::link() {
  const auto lives = [&](const Server& s) { return s.up && kubernetes_.is_up(s.pod); };
  for (std::size_t i = 0; i < servers_.size(); ++i)
    servers_[i].group = lives(servers_[i]) ? static_cast<int>(i) : none;
  for (std::size_t i = 0; i < servers_.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const int a = servers_[i].group, b = servers_[j].group;
      if (a == none || b == none || a == b || !linked(servers_[i], servers_[j])) continue;
      for (Server& s : servers_)
        if (s.group == std::max(a, b)) s.group = std::min(a, b);
    }
}

/// Gossip: addresses spread, and of two who claim a slot the one with the higher epoch owns it. Of
/// two masters with the same epoch one takes a new one.
void Redis::agree(int group) {
  std::vector<int> members;
  for (std::size_t i = 0; i < servers_.size(); ++i)
    if (servers_[i].group == group) members.push_back(static_cast<int>(i));
  if (members.size() < 2) return;
  for (std::size_t i = 0; i < members.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      Identity& a = who(at(members[i]).identity);
      const Identity& b = self(at(members[j]));
      if (a.master == none && b.master == none && a.epoch == b.epoch) a.epoch = ++epoch_;
    }
  for (int index : members) at(index).address.resize(identities_used_);
  for (std::size_t id = 0; id < identities_used_; ++id) {
    const Server& server = at(identities_[id].server);
    std::string now;
    for (int index : members)
      if (now.empty()) now = at(index).address[id];
    if (now.empty()) continue;
    if (server.group == group && server.identity == static_cast<int>(id)) now = server.ip;
    for (int index : members) at(index).address[id] = now;
  }
  std::vector<int> first_owned(members.size(), none);
  for (std::size_t m = 0; m < members.size(); ++m) {
    const Server& s = at(members[m]);
    const auto found = std::find(s.owner.begin(), s.owner.end(), s.identity);
    if (found != s.owner.end()) first_owned[m] = static_cast<int>(found - s.owner.begin());
  }
  for (std::size_t u = 0; u < units_.size(); ++u) {
    int owner = none, holes = 0;
    for (int index : members) {
      const Server& s = at(index);
      if (s.owner[u] == none) continue;
      if (owner != none && who(s.owner[u]).epoch < who(owner).epoch) continue;
      if (owner == s.owner[u] && s.owner[u] != s.identity) continue;
      owner = s.owner[u];
      holes = s.holes[u];
    }
    for (int index : members) {
      at(index).owner[u] = owner;
      at(index).holes[u] = holes;
    }
  }
  for (std::size_t m = 0; m < members.size(); ++m)
    if (first_owned[m] != none) settle_role(at(members[m]), first_owned[m]);
}

/// A master that has lost its last slot to another one becomes its replica.
void Redis::settle_role(Server& s, int first_unit) {
  if (self(s).master != none || owns_slots(s, s.identity)) return;
  const int owner = s.owner[static_cast<std::size_t>(first_unit)];
  if (owner != none && owner != s.identity) who(s.identity).master = owner;
}

bool Redis::owns_slots(const Server& view, int identity) const {
  return std::find(view.owner.begin(), view.owner.end(), identity) != view.owner.end();
}

bool Redis::is_linked(const Server& from, int identity) const {
  const Server& server = at(who(identity).server);
  return server.identity == identity && server.group != none && server.group == from.group;
}

// ---- replication ----------------------------------------------------------------------------

/// A replica takes over what its master has when they connect; what it has then is what it had
/// received when they part.
void Redis::follow() {
  for (Server& s : servers_) {
    Identity& me = who(s.identity);
    while (me.master != none && who(me.master).master != none &&
           who(me.master).master != s.identity)
      me.master = who(me.master).master;
    const bool connected = s.group != none && me.master != none && is_linked(s, me.master);
    const int master = connected ? who(me.master).server : none;
    if (s.following == master) continue;
    if (s.following != none) detach(s, replication_lag_.time());
    if (master == none) continue;
    s.present = at(master).present;
    s.foreign = at(master).foreign;
    s.following = master;
  }
}

void Redis::detach(Server& s, Duration behind) {
  const Server& master = at(s.following);
  for (std::size_t u = 0; u < units_.size(); ++u)
    s.has[u] = std::min(holds(master, u), std::max(context_.now() - behind, Offset::zero()));
  s.following = none;
  s.detached_at = context_.now();
}

// ---- failure detection ----------------------------------------------------------------------

Redis::Masters Redis::masters_seen_by(const Server& s) const {
  Masters masters;
  for (std::size_t u = 0; u < units_.size(); ++u) {
    const int owner = s.owner[u];
    const auto before = s.owner.begin() + static_cast<std::ptrdiff_t>(u);
    if (owner == none || std::find(s.owner.begin(), before, owner) != before) continue;
    ++masters.all;
    masters.reached += is_linked(s, owner) ? 1 : 0;
  }
  return masters;
}

bool Redis::has_majority(const Server& s) const {
  const Masters masters = masters_seen_by(s);
  return masters.all > 0 && masters.reached >= masters.all / 2 + 1;
}

/// A node is suspected when a ping has gone unanswered for the node timeout. The last of those who
/// are needed decides.
Duration Redis::suspicion(int voters) {
  const PingSchedule schedule{node_timeout_.time(), cron_.time(), servers_.size()};
  Duration slowest{};
  for (int i = 0; i < voters; ++i) slowest = std::max(slowest, next_ping(schedule, pings_));
  return schedule.node_timeout + slowest;
}

/// A replica looks at its master, and whether its delay is over, only when its cron runs: the delay
/// begins with the first run and ends with the one after it is over (cluster.c, clusterCron and
/// clusterHandleSlaveFailover). Then the masters vote and everybody hears who won.
Duration Redis::election() {
  const Duration period = std::max(cron_.time(), Duration(1));
  const Duration first = from_seconds(ticks_.uniform() * to_seconds(period));
  const std::int64_t runs = (election_delay_.time() + period - Duration(1)) / period;
  return first + runs * period + vote_.time();
}

void Redis::detect() {
  for (std::size_t id = 0; id < identities_used_; ++id) {
    const int identity = static_cast<int>(id);
    const Server* voter = nullptr;
    for (const Server& s : servers_)
      if (!voter && s.group != none && knows(s, identity) && has_majority(s)) voter = &s;
    Identity& node = who(identity);
    if (voter) {
      look_at(identity, *voter);
    } else if (node.detecting) {
      context_.engine.cancel(node.timer);
      node.detecting = false;
    }
  }
}

/// What most masters, among them `view`, think of a node.
void Redis::look_at(int identity, const Server& view) {
  Identity& node = who(identity);
  if (is_linked(view, identity)) {
    if (node.detecting) context_.engine.cancel(node.timer);
    node.detecting = false;
    if (!node.failed) return;
    // A master that still owns slots stays failed for a while, so that a replica may take over.
    if (node.master != none || !owns_slots(view, identity)) return forget_failure(identity);
    const Duration stays = from_seconds(node_timeout_.value() * fail_undo_timeouts);
    const Duration left = stays - (context_.now() - node.failed_at);
    if (left <= Duration::zero()) return forget_failure(identity);
    after(left, Kind::forgiven, identity, node.timer);
    return;
  }
  if (node.failed) {
    const bool waits = context_.engine.pending(node.timer) > 0;
    if (!waits && owns_slots(view, identity) && candidate(identity) != none)
      after(election(), Kind::elected, identity, node.timer);
    return;
  }
  if (node.detecting || !owns_slots(view, identity)) return;
  const Masters masters = masters_seen_by(view);
  node.detecting = true;
  node.silent_since = context_.now();
  after(suspicion(masters.all / 2 + 1) + gossip_delay_.time(), Kind::detected, identity,
        node.timer);
}

void Redis::detected(int identity) {
  Identity& node = who(identity);
  node.detecting = false;
  node.failed = true;
  node.failed_at = context_.now();
  context_.note(NoteKind::redis_node_failed, ComponentId::redis, at(node.server).subject,
                node_timeout_.id(), context_.now() - node.silent_since);
}

void Redis::forget_failure(int identity) {
  Identity& node = who(identity);
  context_.engine.cancel(node.timer);
  node.failed = false;
}

/// A master that does not reach most masters goes on until as many of them as it takes have not
/// answered it for the node timeout. Back among them it waits a moment before it writes again.
void Redis::notice_minority() {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& s = servers_[i];
    if (s.group == none || self(s).master != none || !owns_slots(s, s.identity)) continue;
    const bool alone = !has_majority(s);
    if (alone == (s.noticing || s.minority)) continue;
    context_.engine.cancel(s.minority_timer);
    s.noticing = alone;
    if (alone) {
      const int all = masters_seen_by(s).all;
      after(suspicion(all - all / 2), Kind::noticed, static_cast<int>(i), s.minority_timer, 1);
    } else if (s.minority) {
      const Duration wait =
          std::clamp(from_seconds(node_timeout_.value()), least_rejoin, most_rejoin);
      s.noticing = false;
      after(wait, Kind::noticed, static_cast<int>(i), s.minority_timer, 0);
    }
  }
}

/// A master refuses writes when fewer replicas than min-replicas-to-write have been heard of within
/// min-replicas-max-lag (redis.conf).
void Redis::count_replicas() {
  const double least = min_replicas_.value();
  if (least <= 0) return;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& s = servers_[i];
    const int index = static_cast<int>(i);
    const auto good = std::count_if(servers_.begin(), servers_.end(),
                                    [&](const Server& other) { return other.following == index; });
    const bool lacks = s.up && self(s).master == none && static_cast<double>(good) < least;
    if (lacks == s.counting) continue;
    context_.engine.cancel(s.replicas_timer);
    s.counting = lacks;
    s.lacks_replicas = false;
    if (lacks) after(max_lag_.time(), Kind::lacking, index, s.replicas_timer);
  }
}

// ---- elections ------------------------------------------------------------------------------

/// The replica that has the most of those that may stand: the rank in the delay sees to that.
int Redis::candidate(int identity) const {
  const Duration valid = from_seconds(node_timeout_.value() * validity_timeouts) + replica_ping;
  int best = none;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const Server& s = servers_[i];
    if (s.group == none || self(s).master != identity || !has_majority(s)) continue;
    if (s.following == none && context_.now() - s.detached_at > valid) continue;
    if (best != none && s.has <= at(best).has) continue;
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
  for (int& owner : winner.owner)
    if (owner == identity) owner = winner.identity;
  winner.writable = true;
  winner.minority = winner.noticing = false;
}

/// Does the server answer for its slots? With full coverage no slot may be without an owner, nor
/// its owner agreed to have failed.
bool Redis::state_ok(const Server& s) const {
  if (s.group == none || !s.writable || s.minority) return false;
  if (!context_.spec.redis.require_full_coverage) return true;
  const bool hears_of_failures = has_majority(s);
  for (std::size_t u = 0; u < units_.size(); ++u) {
    if (s.owner[u] == none || s.holes[u] > 0) return false;
    if (hears_of_failures && who(s.owner[u]).failed) return false;
  }
  return true;
}

}  // namespace drdrill::models
