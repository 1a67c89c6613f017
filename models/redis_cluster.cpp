#include <algorithm>
#include <utility>

#include "models/redis.hpp"

/// Links, gossip and failure detection.
namespace drdrill::models {
namespace {

// cluster.c: CLUSTER_FAIL_UNDO_TIME_MULT, and the bounds of the delay before a master that had been
// in the minority is writable again.
constexpr int fail_undo_timeouts = 2;
constexpr Duration least_rejoin = std::chrono::milliseconds(500);
constexpr Duration most_rejoin = std::chrono::milliseconds(5000);

}  // namespace

/// Looks at everything again after a process, an address or the network changed.
void Redis::update() {
  if (servers_.empty()) return;
  look_at_disks();
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

bool Redis::forgets(const Server& s, std::size_t identity) const {
  return identity < s.forgets_until.size() && s.forgets_until[identity] > context_.now();
}

/// Gossip: addresses spread, and of two who claim a slot the one with the higher epoch owns it. Of
/// two masters with the same epoch one takes a new one.
void Redis::agree(int group) {
  std::vector<int>& members = members_;
  members.clear();
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
    std::string& now = heard_;
    now.clear();
    for (int index : members)
      if (now.empty()) now = at(index).address[id];
    if (now.empty()) continue;
    if (server.group == group && server.identity == static_cast<int>(id)) now = server.ip;
    for (int index : members)
      if (!forgets(at(index), id)) at(index).address[id] = now;
  }
  std::vector<int>& first_owned = first_owned_;
  first_owned.assign(members.size(), none);
  for (std::size_t m = 0; m < members.size(); ++m) {
    const Server& s = at(members[m]);
    const auto found = std::find_if(s.shares.begin(), s.shares.end(),
                                    [&](const Share& share) { return share.owner == s.identity; });
    if (found != s.shares.end()) first_owned[m] = static_cast<int>(found - s.shares.begin());
  }
  for (std::size_t r = 0; r < ranges_.size(); ++r) {
    int owner = none, holes = 0;
    for (int index : members) {
      const Server& s = at(index);
      const Share& share = s.shares[r];
      if (share.owner == none || !is_told(at(index), share.owner, r)) continue;
      if (owner != none && who(share.owner).epoch < who(owner).epoch) continue;
      if (owner == share.owner && share.owner != s.identity) continue;
      owner = share.owner;
      holes = share.holes;
    }
    if (owner == none) continue;
    const bool told = context_.now() >= at(who(owner).server).told_at;
    for (int index : members) {
      if (!told && at(index).identity != owner) continue;
      at(index).shares[r].owner = owner;
      at(index).shares[r].holes = holes;
    }
  }
  for (std::size_t m = 0; m < members.size(); ++m)
    if (first_owned[m] != none) settle_role(at(members[m]), first_owned[m]);
}

/// A server tells of its own slots; of those of another one it matters only what is believed while
/// that one is not there to tell.
bool Redis::is_told(const Server& by, int owner, std::size_t range) const {
  const Server& server = at(who(owner).server);
  const bool there = server.identity == owner && server.group == by.group;
  return !there || server.shares[range].owner == owner;
}

/// A master that has lost its last slot to another one becomes its replica.
void Redis::settle_role(Server& s, int first_owned) {
  if (self(s).master != none || owns_slots(s, s.identity)) return;
  const int owner = s.shares[static_cast<std::size_t>(first_owned)].owner;
  if (owner != none && owner != s.identity) who(s.identity).master = owner;
}

bool Redis::owns_slots(const Server& view, int identity) const {
  return std::any_of(view.shares.begin(), view.shares.end(),
                     [&](const Share& share) { return share.owner == identity; });
}

bool Redis::is_linked(const Server& from, int identity) const {
  const Server& server = at(who(identity).server);
  return server.identity == identity && server.group != none && server.group == from.group;
}

// ---- failure detection ----------------------------------------------------------------------

redis::Masters Redis::masters_seen_by(const Server& s) const {
  redis::Masters masters;
  counted_.assign(identities_used_, 0);
  for (const Share& share : s.shares) {
    const int owner = share.owner;
    if (owner == none || std::exchange(counted_[static_cast<std::size_t>(owner)], 1) != 0) continue;
    ++masters.all;
    masters.reached += is_linked(s, owner) ? 1 : 0;
  }
  return masters;
}

bool Redis::has_majority(const Server& s) const {
  const redis::Masters masters = masters_seen_by(s);
  return masters.all > 0 && masters.reached >= masters.all / 2 + 1;
}

/// Lets those whom the server knows gossip; where in the table a certain one is.
std::size_t Redis::gather(const Server& view, int identity) {
  gossip_.members.clear();
  gossip_.cron_period = std::max(cron_.time(), Duration(1));
  std::size_t place = 0;
  for (std::size_t i = 0; i < identities_used_; ++i) {
    const int id = static_cast<int>(i);
    if (!knows(view, id)) continue;
    if (id == identity) place = gossip_.members.size();
    const Duration timeout = timeout_of(at(who(id).server));
    gossip_.members.push_back({owns_slots(view, id), !is_linked(view, id), timeout});
  }
  return place;
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
    const Duration stays = timeout_of(view) * fail_undo_timeouts;
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
  node.detecting = true;
  node.silent_since = context_.now();
  const std::size_t place = gather(view, identity);
  if (const auto failed = gossip_.time_to_fail(place, pings_))
    after(*failed, Kind::detected, identity, node.timer);
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
      const std::size_t place = gather(s, s.identity);
      if (const auto noticed =
              gossip_.time_to_suspect(place, static_cast<std::size_t>(all - all / 2), pings_))
        after(*noticed, Kind::noticed, static_cast<int>(i), s.minority_timer, 1);
    } else if (s.minority) {
      const Duration wait = std::clamp(timeout_of(s), least_rejoin, most_rejoin);
      s.noticing = false;
      after(wait, Kind::noticed, static_cast<int>(i), s.minority_timer, 0);
    }
  }
}

/// A master refuses writes when fewer replicas than min-replicas-to-write have been heard of within
/// min-replicas-max-lag (redis.conf).
void Redis::count_replicas() {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& s = servers_[i];
    const double least = s.config.min_replicas ? *s.config.min_replicas : min_replicas_.value();
    if (least <= 0 && !s.counting && !s.lacks_replicas) continue;
    const int index = static_cast<int>(i);
    const auto good = std::count_if(servers_.begin(), servers_.end(),
                                    [&](const Server& other) { return other.following == index; });
    const bool lacks = s.up && self(s).master == none && static_cast<double>(good) < least;
    if (lacks == s.counting) continue;
    context_.engine.cancel(s.replicas_timer);
    s.counting = lacks;
    s.lacks_replicas = false;
    const auto lag = [&] { return s.config.max_lag ? *s.config.max_lag : max_lag_.time(); };
    if (lacks) after(lag(), Kind::lacking, index, s.replicas_timer);
  }
}

/// Does the server answer for its slots? With full coverage no slot may be without an owner, nor
/// its owner agreed to have failed.
bool Redis::state_ok(const Server& s) const {
  if (s.group == none || !s.writable || s.minority) return false;
  if (!s.config.full_coverage.value_or(context_.spec.redis.require_full_coverage)) return true;
  const bool hears_of_failures = has_majority(s);
  return std::all_of(s.shares.begin(), s.shares.end(), [&](const Share& share) {
    return share.owner != none && share.holes == 0 &&
           !(hears_of_failures && who(share.owner).failed);
  });
}

}  // namespace drdrill::models
