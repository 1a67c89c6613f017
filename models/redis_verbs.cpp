#include <algorithm>
#include <array>

#include "models/lookup.hpp"
#include "models/redis.hpp"
#include "models/redis_replies.hpp"

/// What a server answers to the commands of recovery procedures, in the words of redis 7.2.
namespace drdrill::models {
namespace {

using redis_replies::done;
using redis_replies::error;
using redis_replies::lowered;
using redis_replies::not_known_here;

/// Commands that exist and have no meaning here.
constexpr std::array<std::string_view, 34> others{
    "acl",        "auth",    "client",    "command",  "debug",     "discard",  "eval",
    "evalsha",    "exec",    "failover",  "fcall",    "flushdb",   "function", "hello",
    "keys",       "latency", "memory",    "module",   "monitor",   "multi",    "object",
    "psubscribe", "publish", "randomkey", "readonly", "readwrite", "scan",     "script",
    "select",     "slowlog", "subscribe", "swapdb",   "unwatch",   "watch",
};

}  // namespace

bool Redis::holds_keys(const Server& s) {
  return std::any_of(s.shares.begin(), s.shares.end(),
                     [](const Share& share) { return share.present; });
}

bool Redis::answers(PodRef ref) const {
  const int server = server_at(ref);
  return server != none && kubernetes_.is_up(ref) && listens(at(server));
}

/// What becomes of a connection follows from what is behind the name, and from what lies between.
Redis::Route Redis::route(PodRef from, std::string_view host, int port) const {
  const bool own = host.empty() || host == "127.0.0.1" || host == "localhost";
  const bool address = host.find_first_not_of("0123456789.") == std::string_view::npos;
  if (from == no_pod)
    return {own ? Contact::refused : address ? Contact::silent : Contact::unknown};
  const PodRef to = own ? from : find_host(from, host);
  if (to == no_pod) {
    if (address) return {Contact::silent};
    const kube::Cluster& cluster = kubernetes_.cluster(from.cluster);
    const bool service = find_service_near(cluster, kubernetes_.pod(from).meta.ns,
                                           host.substr(0, host.find('.'))) != kube::no_index;
    return {service ? Contact::refused : Contact::unknown};
  }
  if (to != from && !kubernetes_.reaches(from, to)) return {Contact::silent, to};
  if (kubernetes_.stands_still(to)) return {Contact::hangs, to};
  const int server = server_at(to);
  if (!kubernetes_.is_up(to) || server == none || at(server).config.port != port ||
      !listens(at(server)))
    return {Contact::refused, to};
  return {Contact::answers, to};
}

/// The pod with that address or name, or the first one that a Service of that name leads to.
PodRef Redis::find_host(PodRef from, std::string_view host) const {
  const std::string_view name = host.substr(0, host.find('.'));
  for (const Server& s : servers_)
    if (s.pod != no_pod && kubernetes_.pod(s.pod).meta.exists &&
        (kubernetes_.pod(s.pod).ip == host || kubernetes_.name_of(s.pod) == name))
      return s.pod;
  const kube::Cluster& cluster = kubernetes_.cluster(from.cluster);
  for (std::size_t p = 0; p < cluster.pods.size(); ++p)
    if (cluster.pods[p].meta.exists &&
        (cluster.pods[p].ip == host || cluster.pods[p].meta.name == name))
      return {from.cluster, static_cast<int>(p)};
  const int service = find_service_near(cluster, kubernetes_.pod(from).meta.ns, name);
  if (service == kube::no_index) return no_pod;
  const std::vector<int>& routed = kubernetes_.routed(from.cluster, service);
  return routed.empty() ? no_pod : PodRef{from.cluster, routed.front()};
}

Redis::Reply Redis::call(PodRef ref, std::span<const std::string> words) {
  Server& s = at(server_at(ref));
  const std::string verb = words.empty() ? "" : lowered(words.front());
  const std::string second = words.size() > 1 ? lowered(words[1]) : "";
  const auto lacks = [&] { return error("wrong number of arguments for '" + verb + "' command"); };
  if (!s.up && verb != "info" && verb != "config")
    return {"LOADING Redis is loading the dataset in memory", true};
  if (verb == "ping") return {words.size() > 1 ? words[1] : "PONG"};
  if (verb == "echo") return words.size() == 2 ? Reply{words[1]} : lacks();
  if (verb == "dbsize") return {std::to_string(keys_of(s))};
  if (verb == "bgrewriteaof") return {"Background append only file rewriting started"};
  if (verb == "save" || verb == "bgsave")
    return words.size() > 1 && (verb == "save" || second != "schedule")
               ? lacks()
               : snapshot(s, verb == "bgsave");
  if (verb == "lastsave") {
    const Offset saved = std::max(s.saved_at, Offset::zero());
    return {std::to_string((context_.start.utc_ns + saved.count()) / 1'000'000'000)};
  }
  if (verb == "info") {
    std::string text;
    if (second.empty() || second == "persistence" || second == "all" || second == "everything")
      text += persistence_text(s);
    if (second.empty() || second == "replication" || second == "all" || second == "everything")
      text += replication_text(s);
    if (second.empty() || second == "keyspace" || second == "all" || second == "everything")
      text += "# Keyspace\n" +
              (keys_of(s) > 0 ? "db0:keys=" + std::to_string(keys_of(s)) + ",expires=0,avg_ttl=0\n"
                              : "");
    if (!text.empty()) text.pop_back();
    return text.empty() ? not_known_here() : Reply{text};
  }
  if (verb == "role") {
    const bool master = self(s).master == none;
    return {(master ? "master\n" : "slave\n") + std::to_string(offset_of(s))};
  }
  if (verb == "wait") {
    const int index = static_cast<int>(&s - servers_.data());
    return {
        std::to_string(std::count_if(servers_.begin(), servers_.end(), [&](const Server& other) {
          return other.following == index;
        }))};
  }
  if (verb == "flushall") {
    if (self(s).master != none)
      return {"READONLY You can't write against a read only replica.", true};
    empty(s);
    update();
    return done();
  }
  if (verb == "config") return config(s, words.subspan(1));
  if (verb == "cluster") return cluster(s, words.subspan(1));
  if (verb == "replicaof" || verb == "slaveof")
    return error(verb == "replicaof" ? "REPLICAOF not allowed in cluster mode."
                                     : "SLAVEOF not allowed in cluster mode.");
  if (auto reply = key_command(s, words)) return *reply;
  if (std::find(others.begin(), others.end(), verb) != others.end()) return not_known_here();
  if (verb == "shutdown") return not_known_here();
  return error("unknown command '" + words.front() + "', with args beginning with: ");
}

/// CONFIG GET, SET, REWRITE and RESETSTAT. What was set is gone with the process.
Redis::Reply Redis::config(Server& s, std::span<const std::string> words) {
  const std::string verb = words.empty() ? "" : lowered(words.front());
  const auto lacks = [&] {
    return error("wrong number of arguments for 'config|" + verb + "' command");
  };
  if (verb == "rewrite") return error("The server is running without a config file");
  if (verb == "resetstat") return {"OK"};
  if (verb == "get") {
    if (words.size() != 2) return lacks();
    const std::string name = lowered(words[1]);
    const auto own = s.config.get(name);
    if (own) return {name + "\n" + *own};
    if (name == "cluster-node-timeout")
      return {name + "\n" + std::to_string(timeout_of(s) / std::chrono::milliseconds(1))};
    if (name == "repl-diskless-sync-delay")
      return {name + "\n" + std::to_string(diskless_delay_.time() / std::chrono::seconds(1))};
    if (name == "cluster-require-full-coverage")
      return {name + "\n" + (context_.spec.redis.require_full_coverage ? "yes" : "no")};
    if (name == "min-replicas-to-write")
      return {name + "\n" + std::to_string(static_cast<int>(min_replicas_.value()))};
    if (name == "min-replicas-max-lag")
      return {name + "\n" + std::to_string(max_lag_.time() / std::chrono::seconds(1))};
    return not_known_here();
  }
  if (verb != "set") return error("unknown subcommand '" + verb + "'. Try CONFIG HELP.");
  if (words.size() < 3 || words.size() % 2 == 0) return lacks();
  redis::Config changed = s.config;
  bool means_something = false;
  for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
    const std::string name = lowered(words[i]);
    switch (changed.set(name, words[i + 1])) {
      case redis::Config::Set::done:
        means_something = true;
        break;
      case redis::Config::Set::without_meaning:
        break;
      case redis::Config::Set::unknown:
        return error("Unknown option or number of arguments for CONFIG SET - '" + words[i] + "'");
      case redis::Config::Set::wrong:
        return error("CONFIG SET failed (possibly related to argument '" + name +
                     "') - argument couldn't be parsed");
    }
  }
  s.config = changed;
  update();
  return {"OK", false, means_something, means_something};
}

/// Bytes of the replication stream that a server has: as many as the writes it has, of a key's
/// size.
std::uint64_t Redis::offset_of(const Server& s) const {
  double writes = 0;
  for (std::size_t r = 0; r < ranges_.size(); ++r)
    if (s.shares[r].present) writes += std::max(to_seconds(holds(s, r)), 0.0) * rate_of(ranges_[r]);
  return static_cast<std::uint64_t>(writes * key_size_.value());
}

std::string Redis::replication_text(const Server& s) const {
  const int index = static_cast<int>(&s - servers_.data());
  const int master = self(s).master;
  const std::string offset = std::to_string(offset_of(s));
  if (master != none) {
    const Server& from = at(who(master).server);
    const bool linked = s.following != none;
    return "# Replication\nrole:slave\nmaster_host:" + from.ip +
           "\nmaster_port:" + std::to_string(from.config.port) + "\nmaster_link_status:" +
           (linked ? "up"
                   : "down\nmaster_link_down_since_seconds:" +
                         std::to_string(s.detached_at ? (context_.now() - *s.detached_at) /
                                                            std::chrono::seconds(1)
                                                      : -1)) +
           "\nslave_repl_offset:" + offset + "\nmaster_repl_offset:" + offset + "\n";
  }
  std::string replicas;
  int count = 0;
  for (const Server& other : servers_)
    if (other.following == index)
      replicas += "\nslave" + std::to_string(count++) + ":ip=" + other.ip +
                  ",port=" + std::to_string(other.config.port) +
                  ",state=online,offset=" + std::to_string(offset_of(other)) + ",lag=0";
  return "# Replication\nrole:master\nconnected_slaves:" + std::to_string(count) + replicas +
         "\nmaster_repl_offset:" + offset + "\n";
}

std::string Redis::persistence_text(const Server& s) const {
  const Offset saved = std::max(s.saved_at, Offset::zero());
  return "# Persistence\nloading:" + std::string(s.up ? "0" : "1") + "\nrdb_last_save_time:" +
         std::to_string((context_.start.utc_ns + saved.count()) / 1'000'000'000) +
         "\nrdb_last_bgsave_status:" + (s.refuses && !s.config.appends ? "err" : "ok") +
         "\naof_enabled:" + (s.config.appends ? "1" : "0") +
         "\naof_last_write_status:" + (s.refuses && s.config.appends ? "err" : "ok") + "\n";
}

}  // namespace drdrill::models
