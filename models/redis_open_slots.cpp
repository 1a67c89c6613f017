#include <algorithm>

#include "models/redis.hpp"
#include "models/redis_replies.hpp"
#include "models/redis_slots.hpp"

/// CLUSTER SETSLOT, and slots that it opens (cluster.c of 7.0). Each server is told by itself: what
/// one believes of another who does not believe so itself is told to nobody, so that slots given
/// away at one server alone are served by none. An open slot is one that is being moved; what is in
/// it stays where it is until somebody moves it.
namespace drdrill::models {
namespace {

using redis_replies::done;
using redis_replies::error;
using redis_replies::lowered;

}  // namespace

std::int64_t Redis::keys_in(const Server& s, int slot) const {
  if (!s.shares[range_of(slot)].present) return 0;
  int slots = 0;
  for (std::size_t r = 0; r < ranges_.size(); ++r)
    slots += s.shares[r].present ? ranges_[r].slots() : 0;
  return nearest_whole(static_cast<double>(keys_of(s)) / std::max(slots, 1));
}

/// `words`: after CLUSTER SETSLOT.
Redis::Reply Redis::set_slot(Server& s, std::span<const std::string> words) {
  if (self(s).master != none) return error("You can use SETSLOT only with masters.");
  const auto slot = redis_replies::slot_in(words[0]);
  if (!slot) return error("Invalid or out of range slot");
  const std::string action = lowered(words[1]);
  const std::string number = std::to_string(*slot);
  if (action == "stable" && words.size() == 2) {
    std::erase_if(s.open, [&](const redis::OpenSlot& open) { return open.slot == *slot; });
    return done();
  }
  const bool opens = action == "migrating" || action == "importing";
  if (words.size() != 3 || (!opens && action != "node"))
    return error("Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP");
  const int owner = s.shares[range_of(*slot)].owner;
  const int other = identity_of(s, words[2]);
  if (action == "migrating" && owner != s.identity)
    return error("I'm not the owner of hash slot " + number);
  if (action == "importing" && owner == s.identity)
    return error("I'm already the owner of hash slot " + number);
  if (other == none)
    return error((opens ? "I don't know about node " : "Unknown node ") + words[2]);
  if (who(other).master != none) return error("Target node is not a master");
  if (!opens) return give_slot(s, *slot, other);
  const bool migrating = action == "migrating";
  std::erase_if(s.open, [&](const redis::OpenSlot& open) {
    return open.slot == *slot && open.migrating == migrating;
  });
  s.open.push_back({*slot, other, migrating});
  return done();
}

/// CLUSTER SETSLOT … NODE. A server that has keys in the slot does not give it away; one that was
/// importing it claims it with a new epoch, so that all others follow, and who still has keys in it
/// deletes them.
Redis::Reply Redis::give_slot(Server& s, int slot, int to) {
  const int owner = s.shares[range_of(slot)].owner;
  const bool has_keys = keys_in(s, slot) > 0;
  if (owner == s.identity && to != s.identity && has_keys)
    return error("Can't assign hashslot " + std::to_string(slot) +
                 " to a different node while I still hold keys for this hash slot.");
  const auto closed = std::erase_if(s.open, [&](const redis::OpenSlot& open) {
    return open.slot == slot && (open.migrating ? !has_keys : to == s.identity);
  });
  if (closed > 0 && to == s.identity) who(to).epoch = ++epoch_;
  const std::size_t r = range_from(slot);
  range_from(slot + 1);
  s.shares[r].owner = to;
  s.shares[r].holes = 0;
  if (owner == s.identity && !owns_slots(s, s.identity)) who(s.identity).master = to;
  update();
  for (Server& each : servers_) {
    const int now = each.shares[r].owner;
    const bool keeps = now == each.identity || now == none || self(each).master == now;
    if (each.group != none && !keeps) each.shares[r].present = false;
  }
  join_ranges();
  update();
  return done();
}

// ---- redis-cli --cluster --------------------------------------------------------------------

std::vector<Redis::Open> Redis::open_slots(PodRef at_pod) const {
  std::vector<Open> out;
  for (const redis::OpenSlot& open : at(server_at(at_pod)).open)
    out.push_back({open.slot, open.migrating, with_id(at_pod, who(open.other).id)});
  return out;
}

PodRef Redis::owner_of(PodRef seen_from, int slot) const {
  const int owner = at(server_at(seen_from)).shares[range_of(slot)].owner;
  return owner == none ? no_pod : with_id(seen_from, who(owner).id);
}

void Redis::close_slot(PodRef pod, int slot) {
  std::erase_if(at(server_at(pod)).open,
                [&](const redis::OpenSlot& open) { return open.slot == slot; });
}

void Redis::move_slot(PodRef from, PodRef to, int slot) {
  const std::size_t r = range_from(slot);
  range_from(slot + 1);
  move_range(r, server_at(from), server_at(to));
  for (const PodRef pod : {from, to}) close_slot(pod, slot);
  who(at(server_at(to)).identity).epoch = ++epoch_;
  join_ranges();
  update();
}

}  // namespace drdrill::models
