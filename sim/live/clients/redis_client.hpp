#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/live/clients/redis_connection.hpp"
#include "sim/live/clients/redis_slots.hpp"
#include "sim/live/clients/route.hpp"

/// A client of a Redis cluster: learns from any node which one serves which slots, follows MOVED
/// and ASK, and learns anew after every failure; after CLUSTERDOWN only when what it knows is 10 s
/// old, and of a slot that nobody is known to serve it asks anybody. For one thread at a time.
///
/// TRYAGAIN is tried again until the deadline. CLUSTERDOWN, LOADING and the like are refusals:
/// whoever asked decides how patient to be.
namespace drdrill::live {

struct RedisReply : Reply {
  RedisValue value{};  ///< when ok; never an error
};

class RedisClient {
 public:
  /// The Service's endpoints are the seeds.
  RedisClient(const Directory& directory, std::string service);

  RedisReply run(const RedisCommand& command, const std::string& key, Deadline deadline);
  /// The values of many keys, in their order, asked node by node at once.
  Reply get(const std::vector<std::string>& keys, std::vector<std::optional<std::string>>& values,
            Deadline deadline);
  /// Forgets connections, and slots when what it knows of them is old.
  void disconnect();
  bool connected() const { return !nodes_.empty(); }

 private:
  struct Served {
    SlotRange slots;
    Endpoint by;
  };
  struct Told;  // what an answer makes the client do next
  using Batch = std::vector<std::size_t>;

  std::optional<Endpoint> owner(std::uint16_t slot) const;
  std::optional<Endpoint> to_ask(std::uint16_t slot) const;
  bool is_old();
  Reply learn(Deadline deadline);
  Reply learn_from(const Endpoint& seed, Deadline deadline);
  std::vector<Endpoint> seeds();
  Reply ask(const Endpoint& node, const std::vector<RedisCommand>& commands, Deadline deadline,
            std::vector<RedisValue>& answers);
  Reply ask_once(const Endpoint& node, const RedisCommand& command, bool asking, Deadline deadline,
                 RedisValue& answer);
  Reply get_batch(const Endpoint& node, const std::vector<std::string>& keys, const Batch& batch,
                  std::vector<std::optional<std::string>>& values, Deadline deadline);
  Told told_by(const RedisValue& answer, const Endpoint& node) const;
  void assign(std::uint16_t slot, const Endpoint& node);

  Route route_;
  Clock::time_point learnt_at_{};
  std::vector<Endpoint> learnt_through_;  ///< where the Service led then
  std::vector<Served> served_;  ///< empty: has to learn; what came later is looked at first
  std::map<std::string, RedisConnection> nodes_;
  std::optional<Endpoint> avoid_;  ///< failed last: asked last
};

}  // namespace drdrill::live
