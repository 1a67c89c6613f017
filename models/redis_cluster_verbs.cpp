#include <algorithm>
#include <array>

#include "models/redis.hpp"
#include "models/redis_replies.hpp"
#include "models/redis_slots.hpp"

/// CLUSTER …
namespace drdrill::models {
namespace {

using redis_replies::done;
using redis_replies::error;
using redis_replies::lowered;
using redis_replies::not_known_here;
using redis_replies::slot_in;

/// Subcommands that exist and have no meaning here.
constexpr std::array<std::string_view, 3> others{"getkeysinslot", "help", "shards"};

}  // namespace

Redis::Reply Redis::cluster(Server& s, std::span<const std::string> words) {
  if (alone()) return error("This instance has cluster support disabled");
  if (words.empty()) return error("wrong number of arguments for 'cluster' command");
  const std::string verb = lowered(words.front());
  const std::string argument = words.size() > 1 ? words[1] : "";
  const auto lacks = [&] {
    return error("wrong number of arguments for 'cluster|" + verb + "' command");
  };
  if (verb == "nodes") return {nodes_text(s)};
  if (verb == "info") return {info_text(s)};
  if (verb == "slots") return {slots_text(s)};
  if (verb == "myid") return {self(s).id};
  if (verb == "myshardid") return {self(s).master == none ? self(s).id : who(self(s).master).id};
  if (verb == "meet") return words.size() < 3 ? lacks() : meet(s, words);
  if (verb == "forget") return words.size() != 2 ? lacks() : forget(s, argument);
  if (verb == "replicate") return words.size() != 2 ? lacks() : replicate(s, argument);
  if (verb == "failover") return failover(s, lowered(argument));
  if (verb == "reset") return reset_node(s, lowered(argument) == "hard");
  if (verb == "saveconfig") return {"OK"};
  if (verb == "bumpepoch") {
    who(s.identity).epoch = ++epoch_;
    update();
    return done("BUMPED " + std::to_string(self(s).epoch));
  }
  if (verb == "keyslot")
    return words.size() != 2 ? lacks() : Reply{std::to_string(slot_of_key(argument))};
  if (verb == "setslot") return words.size() < 3 ? lacks() : set_slot(s, words.subspan(1));
  if (verb == "addslots" || verb == "addslotsrange" || verb == "delslots" ||
      verb == "delslotsrange") {
    const bool ranges = verb.ends_with("range");
    if (words.size() < 2 || (ranges && words.size() % 2 == 0)) return lacks();
    return add_slots(s, words.subspan(1), ranges, verb.starts_with("add"));
  }
  if (verb == "flushslots") {
    if (holds_keys(s)) return error("DB must be empty to perform CLUSTER FLUSHSLOTS.");
    for (Share& share : s.shares)
      if (share.owner == s.identity) share.owner = none;
    update();
    return done();
  }
  if (verb == "countkeysinslot") {
    const auto slot = slot_in(argument);
    if (words.size() != 2) return lacks();
    if (!slot) return error("Invalid slot");
    return {std::to_string(keys_in(s, *slot))};
  }
  if (verb == "count-failure-reports") {
    const int node = identity_of(s, argument);
    if (node == none) return error("Unknown node " + argument);
    return {std::to_string(who(node).failed ? masters_seen_by(s).reached : 0)};
  }
  if (verb == "replicas" || verb == "slaves") {
    const int node = identity_of(s, argument);
    if (node == none) return error("Unknown node " + argument);
    if (who(node).master != none) return error("The specified node is not a master");
    std::string text;
    for (std::size_t i = 0; i < identities_used_; ++i)
      if (identities_[i].master == node && knows(s, static_cast<int>(i)))
        text += (text.empty() ? "" : "\n") + node_text(s, static_cast<int>(i));
    return {text};
  }
  if (verb == "links") {
    std::string text;
    for (std::size_t i = 0; i < identities_used_; ++i)
      if (static_cast<int>(i) != s.identity && is_linked(s, static_cast<int>(i)))
        for (const char* direction : {"to", "from"})
          text += (text.empty() ? "" : "\n") + std::string("direction\n") + direction + "\nnode\n" +
                  identities_[i].id;
    return {text};
  }
  if (verb == "set-config-epoch") {
    if (known(s.pod).size() > 1)
      return error(
          "The user can assign a config epoch only when the node does not know any other node.");
    const auto epoch = slot_in(argument);
    if (!epoch || *epoch == 0) return error("Invalid config epoch specified: " + argument);
    who(s.identity).epoch = static_cast<std::uint64_t>(*epoch);
    epoch_ = std::max(epoch_, self(s).epoch);
    return done();
  }
  if (std::find(others.begin(), others.end(), verb) != others.end()) return not_known_here();
  return error("unknown subcommand '" + words.front() + "'. Try CLUSTER HELP.");
}

/// CLUSTER ADDSLOTS, ADDSLOTSRANGE, DELSLOTS and DELSLOTSRANGE. All of it or nothing.
Redis::Reply Redis::add_slots(Server& s, std::span<const std::string> words, bool ranges,
                              bool takes) {
  std::vector<std::pair<int, int>> given;  // in order, neighbours joined
  for (std::size_t i = 0; i < words.size(); i += ranges ? 2 : 1) {
    const auto first = slot_in(words[i]);
    const auto last = ranges ? slot_in(words[i + 1]) : first;
    if (!first || !last) return error("Invalid or out of range slot");
    if (*first > *last)
      return error("start slot number " + words[i] + " is greater than end slot number " +
                   words[i + 1]);
    if (!given.empty() && given.back().second + 1 == *first)
      given.back().second = *last;
    else
      given.emplace_back(*first, *last);
  }
  for (const auto& [first, last] : given)
    for (std::size_t r = range_of(first); r < ranges_.size() && ranges_[r].first <= last; ++r)
      if ((s.shares[r].owner != none) == takes)
        return error("Slot " + std::to_string(std::max(first, ranges_[r].first)) +
                     (takes ? " is already busy" : " is already unassigned"));
  for (const auto& [first, last] : given) {
    if (takes) {
      give_slots(s.pod, first, last);
      continue;
    }
    range_from(first);
    range_from(last + 1);
    for (std::size_t r = range_of(first); r < ranges_.size() && ranges_[r].last <= last; ++r)
      s.shares[r].owner = none;
  }
  join_ranges();
  update();
  return done();
}

/// Ranges that differ in nothing are one: so slots may be given one by one.
void Redis::join_ranges() {
  const auto alike = [](const Share& a, const Share& b) {
    return a.owner == b.owner && a.present == b.present && a.began == b.began && a.has == b.has &&
           a.foreign.empty() && b.foreign.empty();
  };
  for (std::size_t r = 0; r + 1 < ranges_.size();) {
    Range& a = ranges_[r];
    Range& b = ranges_[r + 1];
    const bool same = a.shard == b.shard && a.server == b.server && a.since == b.since &&
                      a.foreign.empty() && b.foreign.empty() &&
                      std::all_of(servers_.begin(), servers_.end(), [&](const Server& s) {
                        return alike(s.shares[r], s.shares[r + 1]);
                      });
    if (!same || !a.writes.join(b.writes)) {
      ++r;
      continue;
    }
    a.last = b.last;
    ranges_.erase(ranges_.begin() + static_cast<std::ptrdiff_t>(r) + 1);
    for (Server& s : servers_) {
      s.shares[r].holes += s.shares[r + 1].holes;
      s.shares.erase(s.shares.begin() + static_cast<std::ptrdiff_t>(r) + 1);
    }
  }
}

int Redis::identity_of(const Server& view, std::string_view id) const {
  for (std::size_t i = 0; i < identities_used_; ++i)
    if (identities_[i].id == id && knows(view, static_cast<int>(i))) return static_cast<int>(i);
  return none;
}

Redis::Reply Redis::meet(Server& s, std::span<const std::string> words) {
  const std::string& ip = words[1];
  if (ip.empty() || ip.find_first_not_of("0123456789.") != std::string::npos)
    return error("Invalid node address specified: " + ip + ":" + words[2]);
  // The handshake goes on in the background; nothing comes of one that nobody answers.
  const Route to = route(s.pod, ip);
  if (to.contact == Contact::answers)
    after(handshake_.time(), Kind::met, static_cast<int>(&s - servers_.data()), s.work,
          server_at(to.pod));
  return done();
}

Redis::Reply Redis::replicate(Server& s, std::string_view id) {
  const int master = identity_of(s, id);
  if (master == none) return error("Unknown node " + std::string(id));
  if (master == s.identity) return error("Can't replicate myself");
  if (who(master).master != none) return error("I can only replicate a master, not a replica.");
  if (self(s).master == none && (owns_slots(s, s.identity) || holds_keys(s)))
    return error("To set a master the node must be empty and without assigned slots.");
  if (s.following != none) detach(s, replication_lag_.time());
  who(s.identity).master = master;
  update();
  return done();
}

Redis::Reply Redis::failover(Server& s, std::string_view how) {
  const int master = self(s).master;
  if (master == none) return error("You should send CLUSTER FAILOVER to a replica");
  if (!how.empty() && how != "force" && how != "takeover") return error("syntax error");
  if (how.empty() && (who(master).failed || s.following == none))
    return error("Master is down or failed, please use CLUSTER FAILOVER FORCE");
  // FORCE spares the agreement with the master, not the votes of the others.
  if (how != "takeover" && !has_majority(s)) return done();
  if (how != "takeover") return hand_over(s, how.empty());
  context_.note(NoteKind::redis_election_won, ComponentId::redis, s.subject);
  take_over(s, master);
  update();
  return done();
}

Redis::Reply Redis::reset_node(Server& s, bool hard) {
  const bool was_replica = self(s).master != none;
  if (!was_replica && holds_keys(s))
    return error("CLUSTER RESET can't be called with master nodes containing keys");
  if (was_replica) {
    if (s.following != none) detach(s, replication_lag_.time());
    empty(s);
    who(s.identity).master = none;
  }
  if (hard) s.identity = new_identity(static_cast<int>(&s - servers_.data()));
  s.address.assign(identities_used_, "");
  s.address[static_cast<std::size_t>(s.identity)] = s.ip;
  forget_owners(s);
  s.open.clear();
  s.has_conf = true;
  update();
  return done();
}

Redis::Reply Redis::forget(Server& s, std::string_view id) {
  const int node = identity_of(s, id);
  if (node == none) return error("Unknown node " + std::string(id));
  if (node == s.identity) return error("I tried hard but I can't forget myself...");
  if (node == self(s).master) return error("Can't forget my master!");
  // CLUSTER_BLACKLIST_TTL: for so long nobody brings it back by telling of it.
  constexpr Duration forgotten_for = std::chrono::minutes(1);
  s.forgets_until.resize(identities_used_, Offset::zero());
  s.forgets_until[static_cast<std::size_t>(node)] = context_.now() + forgotten_for;
  s.address[static_cast<std::size_t>(node)].clear();
  for (Share& share : s.shares)
    if (share.owner == node) share.owner = none;
  update();
  return done();
}

}  // namespace drdrill::models
