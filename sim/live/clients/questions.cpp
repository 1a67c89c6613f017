#include "sim/live/clients/questions.hpp"

#include <atomic>

namespace drdrill::live {
namespace {

/// Puts a question over a client that may have a connection from before.
template <class Client, class Ask>
Reply ask_over(Client& client, const Ask& ask) {
  const bool kept = client.connected();
  Reply reply = ask();
  if (reply.ok()) return reply;
  client.disconnect();
  if (!kept || reply.outcome != Outcome::refused) return reply;
  reply = ask();
  if (!reply.ok()) client.disconnect();
  return reply;
}

class PostgresQuestion final : public Question {
 public:
  PostgresQuestion(const Directory& directory, const std::vector<SqlTarget>& databases) {
    for (const SqlTarget& target : databases)
      clients_.push_back(std::make_unique<SqlClient>(directory, target));
  }

  Reply prepare(Deadline deadline) override {
    for (const auto& client : clients_) {
      if (const SqlReply made = client->run(create_table, {}, deadline); !made.ok())
        return made.plain();
      const SqlReply left = client->run(
          "INSERT INTO drdrill_probe(n) VALUES (0) ON CONFLICT DO NOTHING", {}, deadline);
      if (!left.ok()) return left.plain();
    }
    return {};
  }

  Reply ask(Deadline deadline) override {
    for (const auto& client : clients_) {
      if (client->led_astray()) client->disconnect();
      Reply reply = ask_over(*client, [&] { return write_and_read(*client, deadline); });
      if (!reply.ok()) return reply;
    }
    return {};
  }

  void disconnect() override {
    for (const auto& client : clients_) client->disconnect();
  }

 private:
  static constexpr const char* create_table =
      "CREATE TABLE IF NOT EXISTS drdrill_probe(n bigserial PRIMARY KEY)";

  static Reply write_and_read(SqlClient& client, Deadline deadline) {
    if (!client.connected())
      if (const SqlReply made = client.run(create_table, {}, deadline); !made.ok())
        return made.plain();
    // A row of its own for each question: one that is still held up locks out no other.
    SqlReply written =
        client.run("INSERT INTO drdrill_probe DEFAULT VALUES RETURNING n", {}, deadline);
    if (!written.ok()) return written.plain();
    SqlReply read = client.run("SELECT n FROM drdrill_probe WHERE n IN (0, $1) ORDER BY n",
                               written.values, deadline);
    if (!read.ok()) return read.plain();
    if (read.values.empty() || read.values.back() != written.values.front())
      return refused("what was written is not there");
    if (read.values.front() != "0") return refused("what was written before is gone");
    return {};
  }

  std::vector<std::unique_ptr<SqlClient>> clients_;
};

class RedisQuestion final : public Question {
 public:
  RedisQuestion(const Directory& directory, const std::string& service,
                const std::vector<SlotRange>& ranges)
      : client_(directory, service) {
    // Several questions may be under way at once; each has keys of its own.
    static std::atomic<unsigned> made{0};
    const std::string own = std::to_string(++made);
    for (const SlotRange range : ranges)
      keys_.push_back("probe:{" + tag_in(part_of(range, 1, 3)) + "}:" + own);
  }

  Reply ask(Deadline deadline) override {
    for (const std::string& key : keys_) {
      Reply reply = ask_over(client_, [&] { return write_and_read(key, deadline); });
      if (!reply.ok()) return reply;
    }
    return {};
  }

  void disconnect() override { client_.disconnect(); }

 private:
  Reply write_and_read(const std::string& key, Deadline deadline) {
    const std::string value = std::to_string(++asked_);
    if (const RedisReply set = client_.run({"SET", key, value}, key, deadline); !set.ok())
      return set.plain();
    const RedisReply got = client_.run({"GET", key}, key, deadline);
    if (!got.ok()) return got.plain();
    if (got.value.text != value) return refused(key + ": what was written is not there");
    return {};
  }

  RedisClient client_;
  std::vector<std::string> keys_;
  std::uint64_t asked_ = 0;
};

class HttpQuestion final : public Question {
 public:
  HttpQuestion(const Directory& directory, std::string service, bool post, std::string path,
               std::string expected)
      : client_(directory, std::move(service)),
        post_(post),
        path_(std::move(path)),
        expected_(std::move(expected)) {}

  Reply ask(Deadline deadline) override {
    if (client_.led_astray()) client_.disconnect();
    const HttpReply reply = post_ ? client_.post(path_, deadline) : client_.get(path_, deadline);
    if (!reply.ok()) {
      client_.disconnect();
      return reply.plain();
    }
    if (reply.body.find(expected_) == std::string::npos)
      return refused(path_ + " answered without " + expected_);
    return {};
  }

  void disconnect() override { client_.disconnect(); }

 private:
  HttpClient client_;
  bool post_;
  std::string path_;
  std::string expected_;
};

class ConnectQuestion final : public Question {
 public:
  ConnectQuestion(const Directory& directory, std::string service, std::string request)
      : route_(directory, std::move(service)), request_(std::move(request)) {}

  Reply ask(Deadline deadline) override {
    const auto endpoint = route_.next();
    if (!endpoint) return refused("Service " + route_.service() + " leads nowhere");
    Socket socket;
    if (Reply reply = socket.connect(*endpoint, deadline); !reply.ok() || request_.empty())
      return reply;
    if (Reply reply = socket.send(request_, deadline); !reply.ok()) return reply;
    char byte = 0;
    std::size_t received = 0;
    return socket.receive(&byte, 1, received, deadline);
  }

  void disconnect() override {}

 private:
  Route route_;
  std::string request_;
};

}  // namespace

std::unique_ptr<Question> postgres_question(const Directory& directory,
                                            const std::vector<SqlTarget>& databases) {
  return std::make_unique<PostgresQuestion>(directory, databases);
}

std::unique_ptr<Question> redis_question(const Directory& directory, const std::string& service,
                                         const std::vector<SlotRange>& ranges) {
  return std::make_unique<RedisQuestion>(directory, service, ranges);
}

std::unique_ptr<Question> http_question(const Directory& directory, std::string service,
                                        std::string path, std::string expected) {
  return std::make_unique<HttpQuestion>(directory, std::move(service), false, std::move(path),
                                        std::move(expected));
}

std::unique_ptr<Question> write_question(const Directory& directory, std::string service,
                                         std::string_view path) {
  return std::make_unique<HttpQuestion>(directory, std::move(service), true, std::string(path),
                                        std::string());
}

std::unique_ptr<Question> connect_question(const Directory& directory, std::string service,
                                           std::string request) {
  return std::make_unique<ConnectQuestion>(directory, std::move(service), std::move(request));
}

}  // namespace drdrill::live
