#include <algorithm>

#include "models/redis.hpp"

/// What redis-cli --cluster sees and does.
namespace drdrill::models {

bool Redis::is_empty(PodRef ref) const {
  const Server& s = at(server_at(ref));
  return known(ref).size() == 1 && !holds_keys(s);
}

/// redis-cli asks each node for its own slots; of those of one that is not there it has only what
/// the first one says.
int Redis::slots_covered(PodRef ref) const {
  const Server& s = at(server_at(ref));
  int slots = 0;
  for (std::size_t r = 0; r < ranges_.size(); ++r) {
    const auto owner = std::find_if(servers_.begin(), servers_.end(), [&](const Server& each) {
      return each.group == s.group && each.shares[r].owner == each.identity;
    });
    const Share& share = (owner == servers_.end() ? s : *owner).shares[r];
    if (share.owner != none) slots += ranges_[r].slots() - share.holes;
  }
  return slots;
}

/// How long a packet there takes on a way that is slow.
Duration Redis::way_to(PodRef from, PodRef to) const {
  return from == no_pod || from == to ? Duration::zero() : kubernetes_.path(from, to).delay;
}

bool Redis::agrees(PodRef ref) const {
  const Server& s = at(server_at(ref));
  return std::all_of(servers_.begin(), servers_.end(), [&](const Server& other) {
    return other.group != s.group ||
           std::equal(s.shares.begin(), s.shares.end(), other.shares.begin(),
                      [](const Share& a, const Share& b) {
                        return a.owner == b.owner && a.holes == b.holes;
                      });
  });
}

std::vector<PodRef> Redis::known(PodRef ref) const {
  const Server& s = at(server_at(ref));
  std::vector<PodRef> pods;
  for (std::size_t i = 0; i < identities_used_; ++i)
    if (knows(s, static_cast<int>(i))) {
      const Server& other = at(identities_[i].server);
      pods.push_back(other.identity == static_cast<int>(i) ? other.pod : no_pod);
    }
  return pods;
}

std::string Redis::id_of(PodRef ref) const {
  return self(at(server_at(ref))).id;
}

Redis::Figures Redis::figures(PodRef seen_from, PodRef of) const {
  const Server& view = at(server_at(seen_from));
  const int identity = at(server_at(of)).identity;
  Figures figures{of, who(identity).master == none, 0, 0};
  for (std::size_t r = 0; r < ranges_.size(); ++r)
    if (view.shares[r].owner == identity) figures.slots += ranges_[r].slots();
  for (std::size_t i = 0; i < identities_used_; ++i)
    figures.replicas +=
        knows(view, static_cast<int>(i)) && identities_[i].master == identity ? 1 : 0;
  return figures;
}

PodRef Redis::with_id(PodRef seen_from, std::string_view id) const {
  const int identity = identity_of(at(server_at(seen_from)), id);
  if (identity == none) return no_pod;
  const Server& server = at(who(identity).server);
  return server.identity == identity ? server.pod : no_pod;
}

void Redis::move_range(std::size_t r, int source, int target) {
  const int giver = at(source).identity, taker = at(target).identity;
  Share moved = at(source).shares[r];
  moved.has = holds(at(source), r);
  moved.owner = taker;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& s = servers_[i];
    if (s.group == at(source).group && s.shares[r].owner == giver) s.shares[r].owner = taker;
    const int index = static_cast<int>(i);
    if (index == source || s.following == source) s.shares[r].present = false;
    if (index == target || s.following == target) s.shares[r] = moved;
  }
}

void Redis::move_slots(PodRef from, PodRef to, int count) {
  const int source = server_at(from), target = server_at(to);
  const int giver = at(source).identity, taker = at(target).identity;
  for (std::size_t r = 0; r < ranges_.size() && count > 0; ++r) {
    if (at(source).shares[r].owner != giver) continue;
    if (ranges_[r].slots() > count) range_from(ranges_[r].first + count);
    count -= ranges_[r].slots();
    move_range(r, source, target);
  }
  who(taker).epoch = ++epoch_;
  join_ranges();
  update();
}

std::string Redis::address_of(PodRef ref) const {
  return ip_of(ref) + ":" + std::to_string(port_of(ref));
}

bool Redis::follows(PodRef replica, PodRef master) const {
  return self(at(server_at(replica))).master == at(server_at(master)).identity;
}

void Redis::replicate_later(PodRef replica, PodRef master, Duration delay) {
  const int server = server_at(replica);
  after(delay, Kind::replicates, server, at(server).work, at(server_at(master)).identity);
}

void Redis::give_slots(PodRef ref, int first, int last) {
  Server& s = at(server_at(ref));
  range_from(first);
  range_from(last + 1);
  for (std::size_t r = 0; r < ranges_.size(); ++r)
    if (ranges_[r].first >= first && ranges_[r].last <= last && s.shares[r].owner == none)
      s.shares[r].owner = s.identity;
  who(s.identity).epoch = ++epoch_;
  s.has_conf = true;
  update();
}

void Redis::cover_slots_later(PodRef ref, Duration delay) {
  const int server = server_at(ref);
  after(delay, Kind::covers, server, at(server).work, 0);
}

/// Each owner knows of its own at once, and the others when it has told them: until then they find
/// slots without an owner, and nobody serves.
void Redis::cover_slots(const Server& asked) {
  gather(asked, asked.identity);
  const Duration telling = gossip_.time_to_tell(pings_).value_or(Duration::zero());
  after(telling, Kind::told, static_cast<int>(&asked - servers_.data()), asked.work, 0);
  for (Server& s : servers_) {
    if (s.group != asked.group || self(s).master != none) continue;
    s.told_at = context_.now() + telling;
    for (Share& share : s.shares) {
      if (share.owner == s.identity) share.holes = 0;
      if (share.owner == none && &s == &asked) share.owner = s.identity;
    }
  }
  update();
}

}  // namespace drdrill::models
