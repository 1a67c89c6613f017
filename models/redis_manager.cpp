#include <algorithm>
#include <array>

#include "models/redis_slots.hpp"
#include "models/redis_task.hpp"

/// redis-cli --cluster …, in the words of redis-cli 7.0.
namespace drdrill::models {

namespace {

constexpr std::string_view wrong_number =
    "[ERR] Wrong number of arguments for specified --cluster sub command";

struct Subcommand {
  std::string_view name;
  shell::Result (RedisTask::*run)();
  std::size_t addresses = 1;  // how many of its arguments are, at least
  bool all = false;           // all of them
};
constexpr std::array subcommands{
    Subcommand{"create", &RedisTask::create, 1, true},
    Subcommand{"check", &RedisTask::check},
    Subcommand{"info", &RedisTask::info},
    Subcommand{"fix", &RedisTask::fix},
    Subcommand{"reshard", &RedisTask::reshard},
    Subcommand{"rebalance", &RedisTask::rebalance},
    Subcommand{"add-node", &RedisTask::add_node, 2},
    Subcommand{"del-node", &RedisTask::del_node},
    Subcommand{"call", &RedisTask::call_all},
    Subcommand{"set-timeout", &RedisTask::set_timeout},
};
constexpr std::array<std::string_view, 3> others{"import", "backup", "help"};

}  // namespace

void Commands::redis_manager(Running& running, const RedisCall& call, PodRef from) {
  const auto found =
      std::find_if(subcommands.begin(), subcommands.end(),
                   [&](const Subcommand& each) { return each.name == call.manager; });
  if (std::find(others.begin(), others.end(), call.manager) != others.end())
    return finish(running,
                  {0, "", "redis-cli: --cluster " + call.manager + " is not known here\n", false});
  if (found == subcommands.end())
    return finish(running, {1, "", "Unknown --cluster subcommand\n", true});
  if (call.words.size() < found->addresses)
    return finish(running, {1, "", std::string(wrong_number) + "\n", true});
  RedisTask task{*this, running, call, redis_near(from), from};
  const std::size_t addresses = found->all ? call.words.size() : found->addresses;
  for (std::size_t i = 0; i < addresses; ++i) {
    const auto [host, port] = host_and_port(call.words[i]);
    const Redis::Route to = task.redis.route(from, host, port);
    if (redis_missing(running, to, host, port, std::nullopt)) return;
    if (!context_.spec.redis.cluster)
      return finish(
          running,
          {1, "", "[ERR] Node " + call.words[i] + " is not configured as a cluster node.\n", true});
    task.named.push_back(to.pod);
  }
  shell::Result result = (task.*found->run)();
  finish(running, std::move(result), task.takes);
}

std::string RedisTask::health() const {
  std::string open;
  for (const Open& each : open_slots())
    open += (open.empty() ? "" : ",") + std::to_string(each.slot);
  if (!open.empty()) open = "[WARNING] The following slots are open: " + open + ".\n";
  return open +
         std::string(redis.agrees(seed()) ? "[OK] All nodes agree about slots configuration.\n"
                                          : "[ERR] Nodes don't agree about configuration!\n") +
         (covered() ? "[OK] All 16384 slots covered."
                    : "[ERR] Not all 16384 slots are covered by nodes.");
}

shell::Result RedisTask::info() {
  std::string text;
  std::uint64_t keys = 0;
  for (const Redis::Figures& master : masters()) {
    const std::uint64_t own = redis.keys_at(master.pod);
    keys += own;
    text += redis.address_of(master.pod) + " (" + redis.id_of(master.pod).substr(0, 8) +
            "...) -> " + std::to_string(own) + " keys | " + std::to_string(master.slots) +
            " slots | " + std::to_string(master.replicas) + " slaves.\n";
  }
  return says(text + "[OK] " + std::to_string(keys) + " keys in " +
              std::to_string(masters().size()) + " masters.");
}

shell::Result RedisTask::check() {
  shell::Result result = info();
  result.out += health() + "\n";
  result.exit_status = is_sound() ? 0 : 1;
  return result;
}

std::vector<RedisTask::Open> RedisTask::open_slots() const {
  std::vector<Open> out;
  for (const Redis::Figures& master : masters())
    for (const Redis::Open& open : redis.open_slots(master.pod)) {
      auto at = std::lower_bound(out.begin(), out.end(), open.slot,
                                 [](const Open& one, int slot) { return one.slot < slot; });
      if (at == out.end() || at->slot != open.slot) at = out.insert(at, Open{open.slot});
      (open.migrating ? at->migrating : at->importing).push_back(master.pod);
    }
  return out;
}

/// As redis-cli.c, clusterManagerFixOpenSlot: a move between two is finished, what somebody alone
/// imports goes back to the owner, and what its owner alone gives away stays with it.
bool RedisTask::close_slot(const Open& open, std::string& text) {
  const std::string slot = std::to_string(open.slot);
  text += ">>> Fixing open slot " + slot + "\n";
  const PodRef owner = redis.owner_of(seed(), open.slot);
  if (open.migrating.size() == 1 && open.importing.size() == 1) {
    text += ">>> Case 1: Moving slot " + slot + " from " + redis.address_of(open.migrating[0]) +
            " to " + redis.address_of(open.importing[0]) + "\n";
    redis.move_slot(open.migrating[0], open.importing[0], open.slot);
    takes += commands.redis_slot_move();
    return true;
  }
  if (open.migrating.empty() && owner != no_pod) {
    text += ">>> Case 2: Moving all the " + slot + " slot keys to its owner " +
            redis.address_of(owner) + "\n";
    for (const PodRef pod : open.importing) redis.close_slot(pod, open.slot);
    takes += commands.redis_slot_move();
    return true;
  }
  if (open.importing.empty() && open.migrating.size() == 1 && open.migrating[0] == owner) {
    text += ">>> Case 4: Closing slot " + slot + " on " + redis.address_of(owner) + "\n";
    redis.close_slot(owner, open.slot);
    return true;
  }
  text += "[ERR] Sorry, redis-cli can't fix this slot yet (work in progress).\n";
  return false;
}

/// Open slots are closed. Slots that nobody owns and that have no keys anywhere go to a master, if
/// the input says yes.
shell::Result RedisTask::fix() {
  std::string text;
  bool closed = true;
  for (const Open& open : open_slots()) {
    changes();
    closed = close_slot(open, text) && closed;
  }
  if (covered()) return says(text + "[OK] All 16384 slots covered.", closed ? 0 : 1);
  // --cluster-yes is no answer to this one: redis-cli.c, clusterManagerFixSlotsCoverage, "we want
  // explicit manual confirmation from users for all the fix cases".
  const std::string asks =
      text +
      "[ERR] Not all 16384 slots are covered by nodes.\n>>> Fixing slots coverage...\n"
      "Fix these slots by covering with a random node? (type 'yes' to accept): ";
  if (!running.input.starts_with("yes")) return says(asks, 1);
  changes();
  const double holes = all_slots - redis.slots_covered(seed());
  // Each master is asked for a key in it (CLUSTER GETKEYSINSLOT); the one that gets it is sent
  // MULTI, DELSLOTS, ADDSLOTS, BUMPEPOCH and EXEC, and each of these waits for its answer.
  constexpr double of_the_owner = 5;
  const auto all = masters();
  Duration asking{}, ways{};
  const Duration round_trip = commands.redis_round_trip();
  for (const Redis::Figures& master : all) {
    const Duration way = 2 * redis.way_to(from, master.pod);
    asking += round_trip + way;
    ways += way;
  }
  const double owner = to_seconds(round_trip) +
                       to_seconds(ways) / static_cast<double>(std::max<std::size_t>(all.size(), 1));
  takes += from_seconds(holes * (to_seconds(asking) + of_the_owner * owner));
  redis.cover_slots_later(seed(), takes);
  return says(asks);
}

namespace {

std::string not_empty(std::string_view address) {
  return "[ERR] Node " + std::string(address) +
         " is not empty. Either the node already knows other nodes (check with CLUSTER NODES) or "
         "contains some key in database 0.";
}

}  // namespace

/// The first of them are masters, and each gets its replicas from the others, beginning with the
/// second (redis-cli.c, clusterManagerCommandCreate: that spreads them where a host has several).
shell::Result RedisTask::create() {
  const std::size_t each = static_cast<std::size_t>(call.replicas) + 1;
  const std::size_t count = named.size() / each;
  for (std::size_t i = 0; i < named.size(); ++i)
    if (!redis.is_empty(named[i])) return says(not_empty(call.words[i]), 1);
  if (count < 3)
    return says(
        "*** ERROR: Invalid configuration for cluster creation.\n"
        "*** Redis Cluster requires at least 3 master nodes.\n"
        "*** This is not possible with " +
            std::to_string(named.size()) + " nodes and " + std::to_string(call.replicas) +
            " replicas per node.\n*** At least " + std::to_string(3 * each) +
            " nodes are required.",
        1);
  std::string text =
      ">>> Performing hash slots allocation on " + std::to_string(named.size()) + " nodes...\n";
  for (std::size_t i = 0; i < count; ++i) {
    const auto [first, last] = shared_out(i, count);
    text += "Master[" + std::to_string(i) + "] -> Slots " + std::to_string(first) + " - " +
            std::to_string(last) + "\n";
  }
  std::vector<std::pair<PodRef, PodRef>> followers;  // replica, master
  const std::size_t rest = named.size() - count;
  for (std::size_t i = 0, given = 0; call.replicas > 0 && given < rest; ++given) {
    const PodRef replica = named[count + (given + 1) % rest];
    followers.emplace_back(replica, named[i]);
    text +=
        "Adding replica " + redis.address_of(replica) + " to " + redis.address_of(named[i]) + "\n";
    if ((given + 1) % static_cast<std::size_t>(call.replicas) == 0) i = (i + 1) % count;
  }
  // Without --cluster-yes it asks whether the configuration may be set, and nobody answers.
  if (!call.yes) return says(text + "Can I set the above configuration? (type 'yes' to accept): ");
  changes();
  for (std::size_t i = 0; i < count; ++i) {
    const auto [first, last] = shared_out(i, count);
    redis.give_slots(named[i], first, last);
  }
  for (std::size_t i = 1; i < named.size(); ++i) meet(named[0], named[i]);
  takes = commands.redis_join();
  for (const auto& [replica, master] : followers) redis.replicate_later(replica, master, takes);
  return says(text + "[OK] All 16384 slots covered.");
}

shell::Result RedisTask::add_node() {
  const PodRef fresh = named[0], existing = named[1];
  std::swap(named[0], named[1]);  // the cluster is the second one's
  if (!is_sound()) return says(health(), 1);
  if (!redis.is_empty(fresh)) return says(not_empty(call.words[0]), 1);
  PodRef master = no_pod;
  if (call.as_replica) {
    if (!call.master_id.empty()) {
      master = redis.with_id(existing, call.master_id);
      if (master == no_pod) return says("[ERR] No such master ID " + call.master_id, 1);
    } else {
      const auto all = masters();
      master = std::min_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
                 return a.replicas < b.replicas;
               })->pod;
    }
  }
  changes();
  meet(existing, fresh);
  if (master != no_pod) {
    takes = commands.redis_join();
    redis.replicate_later(fresh, master, takes);
  }
  return says(
      (master == no_pod ? "" : "Automatically selected master " + redis.address_of(master) + "\n") +
      "[OK] New node added correctly.");
}

/// All others forget the node, and its replicas follow another master; it is left by itself.
shell::Result RedisTask::del_node() {
  if (call.words.size() != 2) return says(std::string(wrong_number), 1);
  const std::string& id = call.words[1];
  const std::string text = ">>> Removing node " + id + " from cluster " + call.words[0] + "\n";
  const PodRef gone = redis.with_id(seed(), id);
  if (gone == no_pod || !redis.answers(gone)) return says(text + "[ERR] No such node ID " + id, 1);
  if (redis.figures(seed(), gone).slots > 0)
    return says(text + "[ERR] Node " + redis.address_of(gone) +
                    " is not empty! Reshard data away and try again.",
                1);
  changes();
  const std::vector<PodRef> all = members();
  std::optional<Redis::Figures> heir;
  for (const Redis::Figures& master : masters())
    if (master.pod != gone && (!heir || master.replicas < heir->replicas)) heir = master;
  for (const PodRef member : all) {
    if (member == gone) continue;
    if (heir && redis.follows(member, gone))
      redis.call(member, std::vector<std::string>{"cluster", "replicate", redis.id_of(heir->pod)});
    redis.call(member, std::vector<std::string>{"cluster", "forget", id});
  }
  redis.call(gone, std::vector<std::string>{"cluster", "reset", "soft"});
  return says(text +
              ">>> Sending CLUSTER FORGET messages to the cluster...\n"
              ">>> Sending CLUSTER RESET SOFT to the deleted node.");
}

shell::Result RedisTask::call_all() {
  if (call.words.size() < 2) return says(std::string(wrong_number), 1);
  const std::vector<std::string> words(call.words.begin() + 1, call.words.end());
  shell::Result result = says(">>> Calling " + words.front());
  for (const PodRef member : members()) {
    const Redis::Reply reply = redis.call(member, words);
    if (!reply.understood) result.understood = false;
    if (reply.changed) changes();
    if (reply.error) running.hides("redis-cli: " + reply.text);
    result.out += redis.address_of(member) + ": " + reply.text + "\n";
  }
  return result;
}

/// CONFIG SET and CONFIG REWRITE at each.
shell::Result RedisTask::set_timeout() {
  if (call.words.size() != 2) return says(std::string(wrong_number), 1);
  std::string text = ">>> Reconfiguring node timeout in every cluster node...\n";
  changes();
  for (const PodRef member : members()) {
    redis.call(member,
               std::vector<std::string>{"config", "set", "cluster-node-timeout", call.words[1]});
    text += "*** New timeout set for " + redis.address_of(member) + "\n";
  }
  return says(text + ">>> New node timeout set.");
}

}  // namespace drdrill::models
