#include <algorithm>

#include "models/commands_running.hpp"
#include "models/redis_slots.hpp"

/// redis-cli: a command to one server, and the cluster manager (`--cluster …`).
namespace drdrill::models {
namespace {

struct Call {
  std::string host;
  std::string manager;  // what follows --cluster
  std::vector<std::string> words;
  bool yes = false;  // --cluster-yes
  int replicas = 0;
  bool as_replica = false;
};

Call read(const std::vector<std::string>& argv) {
  Call call;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& arg = argv[i];
    const auto value = [&] { return i + 1 < argv.size() ? argv[++i] : std::string(); };
    const bool word = !call.words.empty() && call.manager.empty();
    if (word || !arg.starts_with("-")) {
      call.words.push_back(arg);
    } else if (arg == "-h") {
      call.host = value();
    } else if (arg == "-p" || arg == "-a" || arg == "--user" || arg == "--pass" || arg == "-n" ||
               arg == "--cluster-master-id") {
      value();
    } else if (arg == "--cluster") {
      call.manager = value();
    } else if (arg == "--cluster-yes") {
      call.yes = true;
    } else if (arg == "--cluster-replicas") {
      call.replicas = std::max(0, std::atoi(value().c_str()));
    } else if (arg == "--cluster-slave") {
      call.as_replica = true;
    }
  }
  return call;
}

std::string host_of(std::string_view address) {
  return std::string(address.substr(0, address.find(':')));
}

shell::Result refused(const std::string& host) {
  const std::string where = host.empty() ? "127.0.0.1" : host_of(host);
  return {1, "", "Could not connect to Redis at " + where + ":6379: Connection refused\n", true};
}

}  // namespace

/// An error reply is printed, and redis-cli exits 0 all the same, unless it was given -e.
void Commands::redis_cli(Running& running, const std::vector<std::string>& argv, PodRef from) {
  const Call call = read(argv);
  Redis& redis = redis_near(from);
  if (!call.manager.empty()) return redis_manager(running, argv, from);
  const PodRef at = call.host.empty() || from == no_pod ? from : redis.at_address(from, call.host);
  if (at == no_pod || !redis.answers(at)) return finish(running, refused(call.host));
  if (call.words.empty()) return finish(running, {0, "", "", false});
  const Redis::Reply reply = redis.call(at, call.words);
  if (!reply.understood)
    return finish(running, {0, "", "redis-cli: this command is not known here\n", false});
  if (reply.changed) {
    running.changed = true;
    running.touched.add(ComponentId::redis);
  }
  const bool strict = std::find(argv.begin(), argv.end(), "-e") != argv.end();
  if (reply.error && !strict) running.hides("redis-cli: " + reply.text);
  finish(running, {strict && reply.error ? 1 : 0, reply.text + "\n", "", true});
}

void Commands::redis_manager(Running& running, const std::vector<std::string>& argv, PodRef from) {
  const Call call = read(argv);
  Redis& redis = redis_near(from);
  const auto fails = [&](std::string why) {
    return finish(running, {1, std::move(why) + "\n", "", true});
  };
  if (call.words.empty())
    return fails("[ERR] Wrong number of arguments for specified --cluster sub command");
  std::vector<PodRef> nodes;
  for (const std::string& address : call.words) {
    const PodRef at = from == no_pod ? no_pod : redis.at_address(from, host_of(address));
    if (at == no_pod || !redis.answers(at)) return finish(running, refused(address));
    nodes.push_back(at);
  }
  const auto changes = [&] {
    running.changed = true;
    running.touched.add(ComponentId::redis);
  };
  const auto meet = [&](PodRef with, PodRef whom) {
    const std::vector<std::string> words{"cluster", "meet", kubernetes_.pod(whom).ip, "6379"};
    redis.call(with, words);
  };
  if (call.manager == "check" || call.manager == "info") {
    const bool covered = redis.slots_covered(nodes.front()) == all_slots;
    const bool agree = redis.agrees(nodes.front());
    return finish(running, {covered && agree ? 0 : 1,
                            std::string(agree ? "[OK] All nodes agree about slots configuration.\n"
                                              : "[ERR] Nodes don't agree about configuration!\n") +
                                (covered ? "[OK] All 16384 slots covered.\n"
                                         : "[ERR] Not all 16384 slots are covered by nodes.\n"),
                            "", true});
  }
  if (call.manager == "fix") {
    if (redis.slots_covered(nodes.front()) == all_slots)
      return finish(running, {0, "[OK] All 16384 slots covered.\n", "", true});
    // Without --cluster-yes it asks, and nobody answers.
    if (!call.yes) return fails("[ERR] Not all 16384 slots are covered by nodes.");
    changes();
    redis.cover_slots(nodes.front());
    return finish(running, {0, ">>> Fixing slots coverage...\n", "", true});
  }
  if (call.manager == "add-node") {
    if (call.as_replica)
      return finish(running, {0, "", "redis-cli: --cluster-slave is not known here\n", false});
    if (nodes.size() != 2)
      return fails("[ERR] Wrong number of arguments for specified --cluster sub command");
    if (!redis.is_empty(nodes.front())) return fails(not_empty(call.words.front()));
    changes();
    meet(nodes[1], nodes[0]);
    return finish(running, {0, "[OK] New node added correctly.\n", "", true});
  }
  if (call.manager != "create")
    return finish(running, {0, "", "redis-cli: this command is not known here\n", false});
  const std::size_t masters = nodes.size() / (static_cast<std::size_t>(call.replicas) + 1);
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (!redis.is_empty(nodes[i])) return fails(not_empty(call.words[i]));
  if (masters < 3)
    return fails(
        "*** ERROR: Invalid configuration for cluster creation.\n"
        "*** Redis Cluster requires at least 3 master nodes.");
  if (call.replicas > 0)
    return finish(running, {0, "", "redis-cli: such a cluster is not known here\n", false});
  // Without --cluster-yes it asks whether the configuration may be set, and nobody answers.
  if (!call.yes) return finish(running, {0, ">>> Performing hash slots allocation\n", "", true});
  changes();
  for (std::size_t i = 0; i < masters; ++i) {
    const auto [first, last] = shared_out(i, masters);
    redis.give_slots(nodes[i], first, last);
  }
  for (std::size_t i = 1; i < nodes.size(); ++i) meet(nodes[0], nodes[i]);
  finish(running, {0, "[OK] All 16384 slots covered.\n", "", true}, redis_join_.time());
}

std::string Commands::not_empty(std::string_view address) {
  return "[ERR] Node " + std::string(address) +
         " is not empty. Either the node already knows other nodes (check with CLUSTER NODES) or "
         "contains some key in database 0.";
}

}  // namespace drdrill::models
