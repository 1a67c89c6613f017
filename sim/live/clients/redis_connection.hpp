#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/live/clients/socket.hpp"

struct redisReader;

/// A connection to one Redis node. For one thread at a time.
namespace drdrill::live {

struct RedisValue {
  enum class Kind : std::uint8_t { nil, text, integer, list, error };
  Kind kind = Kind::nil;
  std::string text{};  ///< kinds text and error
  std::int64_t integer = 0;
  std::vector<RedisValue> items{};
};

using RedisCommand = std::vector<std::string>;

class RedisConnection {
 public:
  Reply connect(const Endpoint& endpoint, Deadline deadline);
  bool connected() const { return socket_.is_open(); }
  void disconnect() { socket_.close(); }

  /// Sends all commands at once and gives their answers in order. An error that Redis answers with
  /// is a value; anything but ok has closed the connection.
  Reply ask(const std::vector<RedisCommand>& commands, Deadline deadline,
            std::vector<RedisValue>& answers);

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };

  Reply read(Deadline deadline, RedisValue& answer);
  Reply gone(Reply reply);

  Socket socket_;
  std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace drdrill::live
