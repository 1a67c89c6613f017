#include <algorithm>
#include <array>

#include "models/redis.hpp"
#include "models/redis_replies.hpp"
#include "models/redis_slots.hpp"

/// What somebody writes and reads by hand, to see whether a cluster works and what it has kept. Of
/// the platform's own keys nobody knows the names.
namespace drdrill::models {
namespace {

using redis_replies::done;
using redis_replies::lowered;
using redis_replies::not_known_here;

/// Commands whose first argument is a key, and whether they write.
struct KeyCommand {
  std::string_view name;
  bool writes = false;
};
constexpr std::array key_commands{
    KeyCommand{"append", true},  KeyCommand{"decr", true},       KeyCommand{"decrby", true},
    KeyCommand{"del", true},     KeyCommand{"exists", false},    KeyCommand{"expire", true},
    KeyCommand{"get", false},    KeyCommand{"getdel", true},     KeyCommand{"getset", true},
    KeyCommand{"hdel", true},    KeyCommand{"hget", false},      KeyCommand{"hgetall", false},
    KeyCommand{"hkeys", false},  KeyCommand{"hlen", false},      KeyCommand{"hset", true},
    KeyCommand{"hvals", false},  KeyCommand{"incr", true},       KeyCommand{"incrby", true},
    KeyCommand{"lindex", false}, KeyCommand{"llen", false},      KeyCommand{"lpop", true},
    KeyCommand{"lpush", true},   KeyCommand{"lrange", false},    KeyCommand{"mget", false},
    KeyCommand{"mset", true},    KeyCommand{"persist", true},    KeyCommand{"pexpire", true},
    KeyCommand{"psetex", true},  KeyCommand{"pttl", false},      KeyCommand{"rename", true},
    KeyCommand{"rpop", true},    KeyCommand{"rpush", true},      KeyCommand{"sadd", true},
    KeyCommand{"scard", false},  KeyCommand{"set", true},        KeyCommand{"setex", true},
    KeyCommand{"setnx", true},   KeyCommand{"sismember", false}, KeyCommand{"smembers", false},
    KeyCommand{"srem", true},    KeyCommand{"strlen", false},    KeyCommand{"touch", false},
    KeyCommand{"ttl", false},    KeyCommand{"type", false},      KeyCommand{"unlink", true},
    KeyCommand{"xadd", true},    KeyCommand{"zadd", true},       KeyCommand{"zcard", false},
    KeyCommand{"zrange", false}, KeyCommand{"zrem", true},       KeyCommand{"zscore", false},
};

}  // namespace

/// Why a server does not do something with a key of the slot (cluster.c, getNodeByQuery; server.c,
/// processCommand); nothing: it does.
std::optional<Redis::Reply> Redis::refusal_of(const Server& s, int slot, bool writes) const {
  const int owner = s.shares[range_of(slot)].owner;
  if (!state_ok(s) && self(s).master == none) {
    return Reply{
        owner == none ? "CLUSTERDOWN Hash slot not served" : "CLUSTERDOWN The cluster is down",
        true};
  }
  if (owner == none) return Reply{"CLUSTERDOWN Hash slot not served", true};
  if (owner != s.identity)
    return Reply{"MOVED " + std::to_string(slot) + " " +
                     s.address[static_cast<std::size_t>(owner)] + ":" +
                     std::to_string(at(who(owner).server).config.port),
                 true};
  if (writes && s.lacks_replicas)
    return Reply{"NOREPLICAS Not enough good replicas to write.", true};
  if (writes && s.refuses) return Reply{disk_refusal(s), true};
  return std::nullopt;
}

std::optional<Redis::Reply> Redis::key_command(Server& s, std::span<const std::string> words) {
  const std::string verb = lowered(words.front());
  const auto command = std::find_if(key_commands.begin(), key_commands.end(),
                                    [&](const KeyCommand& each) { return each.name == verb; });
  if (command == key_commands.end()) return std::nullopt;
  const std::size_t least = verb == "set" ? 3 : 2;
  if (words.size() < least)
    return redis_replies::error("wrong number of arguments for '" + verb + "' command");
  const std::string& key = words[1];
  const int slot = slot_of_key(key);
  if (auto refusal = refusal_of(s, slot, command->writes)) return *refusal;
  // The newest value that the data still have.
  const auto found = std::find_if(
      written_.rbegin(), written_.rend(),
      [&](const redis::Written& each) { return each.key == key && kept(slot, each.at, *this); });
  const bool there = found != written_.rend() && found->value;
  if (verb == "set" && words.size() == 3) {
    written_.push_back({key, words[2], context_.now()});
    return done();
  }
  if (verb == "get") return Reply{there ? *found->value : ""};
  if (verb == "exists" && words.size() == 2) return Reply{there ? "1" : "0"};
  if ((verb == "del" || verb == "unlink") && words.size() == 2) {
    if (there) written_.push_back({key, std::nullopt, context_.now()});
    return Reply{there ? "1" : "0", false, true, there};
  }
  return not_known_here();
}

}  // namespace drdrill::models
