#include <algorithm>
#include <charconv>

#include "models/redis.hpp"

/// What a server answers to the commands of recovery procedures, in the words of redis 7.2.
namespace drdrill::models {
namespace {

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

Redis::Reply error(std::string text) {
  return {"ERR " + std::move(text), true};
}

Redis::Reply done(std::string text = "OK") {
  return {std::move(text), false, true, true};
}

}  // namespace

bool Redis::holds_keys(const Server& s) {
  return std::any_of(s.shares.begin(), s.shares.end(),
                     [](const Share& share) { return share.present; });
}

bool Redis::answers(PodRef ref) const {
  const int index = server_at(ref);
  return index != none && at(index).up && kubernetes_.is_up(ref);
}

PodRef Redis::at_address(PodRef from, std::string_view address) const {
  if (address == "127.0.0.1" || address == "localhost") return from;
  const std::string_view name = address.substr(0, address.find('.'));
  for (const Server& s : servers_)
    if (s.group != none && (s.ip == address || s.name == name) &&
        (from == s.pod || kubernetes_.reaches(from, s.pod)))
      return s.pod;
  return no_pod;
}

Redis::Reply Redis::call(PodRef ref, std::span<const std::string> words) {
  Server& s = at(server_at(ref));
  const std::string verb = words.empty() ? "" : lowered(words.front());
  if (verb == "ping") return {"PONG"};
  if (verb == "dbsize") return {std::to_string(keys_of(s))};
  if (verb == "bgrewriteaof") return {"Background append only file rewriting started"};
  if (verb == "info") {
    const bool master = self(s).master == none;
    return {
        "# Replication\nrole:" + std::string(master ? "master" : "slave") +
        (master ? "" : "\nmaster_link_status:" + std::string(s.following != none ? "up" : "down"))};
  }
  if (verb == "flushall") {
    if (self(s).master != none)
      return {"READONLY You can't write against a read only replica.", true};
    empty(s);
    update();
    return done();
  }
  if (verb == "config" && words.size() == 4 && lowered(words[1]) == "set" &&
      lowered(words[2]) == "appendonly")
    return done();
  if (verb == "cluster") return cluster(s, words.subspan(1));
  return {"", false, false};
}

Redis::Reply Redis::cluster(Server& s, std::span<const std::string> words) {
  if (words.empty()) return error("wrong number of arguments for 'cluster' command");
  const std::string verb = lowered(words.front());
  const std::string argument = words.size() > 1 ? words[1] : "";
  const auto lacks = [&] {
    return error("wrong number of arguments for 'cluster|" + verb + "' command");
  };
  if (verb == "nodes") return {nodes_text(s)};
  if (verb == "info") return {info_text(s)};
  if (verb == "myid") return {self(s).id};
  if (verb == "meet") return words.size() < 3 ? lacks() : meet(s, words);
  if (verb == "forget") return words.size() != 2 ? lacks() : forget(s, argument);
  if (verb == "replicate") return words.size() != 2 ? lacks() : replicate(s, argument);
  if (verb == "failover") return failover(s, lowered(argument));
  if (verb == "reset") return reset_node(s, lowered(argument) == "hard");
  if (verb == "slots" || verb == "shards" || verb == "addslots" || verb == "delslots" ||
      verb == "addslotsrange" || verb == "bumpepoch" || verb == "setslot" || verb == "replicas")
    return {"", false, false};
  return error("unknown subcommand '" + words.front() + "'. Try CLUSTER HELP.");
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
  const PodRef to = at_address(s.pod, ip);
  // The handshake goes on in the background; nothing comes of one that nobody answers.
  if (to != no_pod)
    after(handshake_.time(), Kind::met, static_cast<int>(&s - servers_.data()), s.work,
          server_at(to));
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
  s.has_conf = true;
  update();
  return done();
}

Redis::Reply Redis::forget(Server& s, std::string_view id) {
  const int node = identity_of(s, id);
  if (node == none) return error("Unknown node " + std::string(id));
  if (node == s.identity) return error("I tried hard but I can't forget myself...");
  if (node == self(s).master) return error("Can't forget my master!");
  s.address[static_cast<std::size_t>(node)].clear();
  for (Share& share : s.shares)
    if (share.owner == node) share.owner = none;
  update();
  return done();
}

int Redis::covered(const Server& s) const {
  int slots = 0;
  for (std::size_t r = 0; r < ranges_.size(); ++r)
    if (s.shares[r].owner != none) slots += ranges_[r].slots() - s.shares[r].holes;
  return slots;
}

std::string Redis::nodes_text(const Server& s) const {
  std::string text;
  const bool hears_of_failures = has_majority(s);
  for (std::size_t i = 0; i < identities_used_; ++i) {
    const int identity = static_cast<int>(i);
    const Identity& node = identities_[i];
    if (!knows(s, identity)) continue;
    const bool link = identity == s.identity || is_linked(s, identity);
    text += node.id + " " + s.address[i] + ":6379@16379 ";
    text += identity == s.identity ? "myself," : "";
    text += node.master == none ? "master" : "slave";
    text += hears_of_failures && node.failed ? ",fail" : "";
    text += " " + (node.master == none ? "-" : who(node.master).id) + " 0 0 " +
            std::to_string(node.epoch) + (link ? " connected" : " disconnected");
    for (std::size_t r = 0; r < ranges_.size(); ++r) {
      const auto owns = [&](std::size_t range) { return s.shares[range].owner == identity; };
      if (!owns(r) || (r > 0 && owns(r - 1))) continue;
      std::size_t last = r;
      while (last + 1 < ranges_.size() && owns(last + 1)) ++last;
      text += " " + std::to_string(ranges_[r].first);
      if (ranges_[last].last > ranges_[r].first) text += "-" + std::to_string(ranges_[last].last);
    }
    text += "\n";
  }
  if (!text.empty()) text.pop_back();
  return text;
}

std::string Redis::info_text(const Server& s) const {
  const auto known_nodes =
      std::count_if(s.address.begin(), s.address.end(), [](const auto& a) { return !a.empty(); });
  int failed = 0;
  for (std::size_t r = 0; r < ranges_.size(); ++r)
    if (s.shares[r].owner != none && has_majority(s) && who(s.shares[r].owner).failed)
      failed += ranges_[r].slots();
  const int all = covered(s);
  return "cluster_state:" + std::string(state_ok(s) ? "ok" : "fail") +
         "\ncluster_slots_assigned:" + std::to_string(all) +
         "\ncluster_slots_ok:" + std::to_string(all - failed) +
         "\ncluster_slots_pfail:0\ncluster_slots_fail:" + std::to_string(failed) +
         "\ncluster_known_nodes:" + std::to_string(known_nodes) +
         "\ncluster_size:" + std::to_string(masters_seen_by(s).all) +
         "\ncluster_current_epoch:" + std::to_string(epoch_) +
         "\ncluster_my_epoch:" + std::to_string(self(s).epoch);
}

// ---- redis-cli --cluster --------------------------------------------------------------------

bool Redis::is_empty(PodRef ref) const {
  const Server& s = at(server_at(ref));
  return known(ref).size() == 1 && !holds_keys(s);
}

int Redis::slots_covered(PodRef ref) const {
  return covered(at(server_at(ref)));
}

bool Redis::agrees(PodRef ref) const {
  const Server& s = at(server_at(ref));
  return std::all_of(servers_.begin(), servers_.end(), [&](const Server& other) {
    return other.group != s.group ||
           std::equal(s.shares.begin(), s.shares.end(), other.shares.begin(),
                      [](const Share& a, const Share& b) { return a.owner == b.owner; });
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

void Redis::cover_slots(PodRef ref) {
  Server& asked = at(server_at(ref));
  for (Server& s : servers_) {
    if (s.group != asked.group || self(s).master != none) continue;
    for (Share& share : s.shares) {
      if (share.owner == s.identity) share.holes = 0;
      if (share.owner == none && &s == &asked) share.owner = s.identity;
    }
  }
  update();
}

}  // namespace drdrill::models
