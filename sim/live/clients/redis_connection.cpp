#include "sim/live/clients/redis_connection.hpp"

#include <array>
#include <hiredis/hiredis.h>

namespace drdrill::live {
namespace {

RedisValue value_of(const redisReply& reply) {
  RedisValue out;
  switch (reply.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      out.kind = RedisValue::Kind::text;
      out.text.assign(reply.str, static_cast<std::size_t>(reply.len));
      break;
    case REDIS_REPLY_ERROR:
      out.kind = RedisValue::Kind::error;
      out.text.assign(reply.str, static_cast<std::size_t>(reply.len));
      break;
    case REDIS_REPLY_INTEGER:
      out.kind = RedisValue::Kind::integer;
      out.integer = reply.integer;
      break;
    case REDIS_REPLY_ARRAY:
      out.kind = RedisValue::Kind::list;
      for (std::size_t i = 0; i < reply.elements; ++i)
        out.items.push_back(value_of(*reply.element[i]));
      break;
    default:
      break;
  }
  return out;
}

void append(const RedisCommand& command, std::string& out) {
  std::vector<const char*> words;
  std::vector<std::size_t> lengths;
  for (const std::string& word : command) {
    words.push_back(word.data());
    lengths.push_back(word.size());
  }
  char* text = nullptr;
  const auto size =
      redisFormatCommandArgv(&text, static_cast<int>(words.size()), words.data(), lengths.data());
  if (size > 0) out.append(text, static_cast<std::size_t>(size));
  if (text != nullptr) redisFreeCommand(text);
}

}  // namespace

void RedisConnection::Free::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

Reply RedisConnection::gone(Reply reply) {
  disconnect();
  return reply;
}

Reply RedisConnection::connect(const Endpoint& endpoint, Deadline deadline) {
  reader_.reset(redisReaderCreate());
  if (reader_ == nullptr) return gone(unable("no memory for a connection"));
  return socket_.connect(endpoint, deadline);
}

Reply RedisConnection::ask(const std::vector<RedisCommand>& commands, Deadline deadline,
                           std::vector<RedisValue>& answers) {
  answers.clear();
  std::string bytes;
  for (const RedisCommand& command : commands) append(command, bytes);
  if (Reply reply = socket_.send(bytes, deadline); !reply.ok()) return gone(std::move(reply));
  for (std::size_t i = 0; i < commands.size(); ++i) {
    RedisValue answer;
    if (Reply reply = read(deadline, answer); !reply.ok()) return gone(std::move(reply));
    answers.push_back(std::move(answer));
  }
  return {};
}

Reply RedisConnection::read(Deadline deadline, RedisValue& answer) {
  while (true) {
    void* found = nullptr;
    if (redisReaderGetReply(reader_.get(), &found) != REDIS_OK)
      return refused("an answer that is no Redis protocol");
    if (found != nullptr) {
      answer = value_of(*static_cast<redisReply*>(found));
      freeReplyObject(found);
      return {};
    }
    std::array<char, 16384> buffer{};
    std::size_t received = 0;
    if (Reply reply = socket_.receive(buffer.data(), buffer.size(), received, deadline);
        !reply.ok())
      return reply;
    if (redisReaderFeed(reader_.get(), buffer.data(), received) != REDIS_OK)
      return unable("no memory for an answer");
  }
}

}  // namespace drdrill::live
