#include "sim/live/clients/redis_client.hpp"

#include <algorithm>
#include <charconv>
#include <thread>

namespace drdrill::live {
namespace {

/// How often a command is sent on before it is given up, so that two nodes that point at each other
/// do not keep it until the deadline. 16 is what redis-cli and most clients take.
constexpr int redirections_max = 16;
constexpr auto try_again_after = std::chrono::milliseconds(5);
/// A cluster that is down says nothing about who serves what. Clients that ask again each time get
/// up to a megabyte each time while slots are given away one by one, and nobody gets on. go-redis
/// keeps what it has learnt for so long (v9, osscluster.go).
constexpr auto learnt_lasts = std::chrono::seconds(10);

bool begins(const std::string& text, std::string_view word) {
  return text.compare(0, word.size(), word) == 0;
}

/// "MOVED 3999 127.0.0.1:6381"; without a host it is the one that said it.
std::optional<Endpoint> target_of(const std::string& text, const Endpoint& said_by) {
  const auto space = text.rfind(' ');
  const auto colon = text.rfind(':');
  if (space == std::string::npos || colon == std::string::npos || colon < space) return {};
  Endpoint out{text.substr(space + 1, colon - space - 1), 0};
  if (out.host.empty()) out.host = said_by.host;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data() + colon + 1, end, out.port).ptr != end) return {};
  return out;
}

bool is_row(const RedisValue& row) {
  return row.items.size() >= 3 && row.items[2].items.size() >= 2;
}

std::uint16_t small(const RedisValue& value) {
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(value.integer, 0, 65535));
}

}  // namespace

struct RedisClient::Told {
  enum class Next : std::uint8_t { done, move, ask_there, again, refuse };
  Next next = Next::done;
  Endpoint node{};
};

RedisClient::RedisClient(const Directory& directory, std::string service)
    : route_(directory, std::move(service)) {}

void RedisClient::disconnect() {
  nodes_.clear();
  if (is_old()) served_.clear();
}

/// Of a Service that leads elsewhere now, what was learnt is old at once.
bool RedisClient::is_old() {
  return Clock::now() - learnt_at_ > learnt_lasts || route_.all() != learnt_through_;
}

std::optional<Endpoint> RedisClient::owner(std::uint16_t slot) const {
  for (auto it = served_.rbegin(); it != served_.rend(); ++it)
    if (slot >= it->slots.first && slot <= it->slots.last) return it->by;
  return std::nullopt;
}

/// Of a slot that nobody is known to serve any node says MOVED or CLUSTERDOWN.
std::optional<Endpoint> RedisClient::to_ask(std::uint16_t slot) const {
  if (auto known = owner(slot)) return known;
  if (served_.empty()) return std::nullopt;
  return served_.front().by;
}

void RedisClient::assign(std::uint16_t slot, const Endpoint& node) {
  served_.push_back({{slot, slot}, node});
}

/// The Service's endpoints, each time from another one on, and the one that failed last at the end.
std::vector<Endpoint> RedisClient::seeds() {
  std::vector<Endpoint> out = route_.all();
  const auto first = route_.next();
  const auto found = first ? std::find(out.begin(), out.end(), *first) : out.end();
  std::rotate(out.begin(), found, out.end());
  if (avoid_)
    std::stable_partition(out.begin(), out.end(),
                          [this](const Endpoint& seed) { return !(seed == *avoid_); });
  return out;
}

/// Every seed has an equal share of what time is left, so that a frozen one does not take it all.
Reply RedisClient::learn(Deadline deadline) {
  const std::vector<Endpoint> from = seeds();
  Reply last = refused("Service " + route_.service() + " leads nowhere");
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto now = Clock::now();
    if (now >= deadline) return timed_out("learn the slots: " + last.text);
    last = learn_from(from[i], now + (deadline - now) / (from.size() - i));
    if (last.ok() || last.outcome == Outcome::unable) return last;
  }
  return last;
}

Reply RedisClient::learn_from(const Endpoint& seed, Deadline deadline) {
  RedisValue answer;
  if (Reply reply = ask_once(seed, {"CLUSTER", "SLOTS"}, false, deadline, answer); !reply.ok())
    return reply;
  if (answer.kind == RedisValue::Kind::error) return refused(answer.text);
  served_.clear();
  for (const RedisValue& row : answer.items) {
    if (!is_row(row)) continue;
    const RedisValue& node = row.items[2];
    Endpoint by{node.items[0].text, small(node.items[1])};
    if (by.host.empty()) by.host = seed.host;
    served_.push_back({{small(row.items[0]), small(row.items[1])}, std::move(by)});
  }
  if (served_.empty()) return refused(text_of(seed) + " knows of no node that serves slots");
  learnt_at_ = Clock::now();
  learnt_through_ = route_.all();
  return {};
}

Reply RedisClient::ask(const Endpoint& node, const std::vector<RedisCommand>& commands,
                       Deadline deadline, std::vector<RedisValue>& answers) {
  RedisConnection& connection = nodes_[text_of(node)];
  Reply reply;
  if (!connection.connected()) reply = connection.connect(node, deadline);
  if (reply.ok()) reply = connection.ask(commands, deadline, answers);
  if (reply.ok()) return reply;
  nodes_.erase(text_of(node));
  avoid_ = node;
  reply.text = text_of(node) + ": " + reply.text;
  return reply;
}

Reply RedisClient::ask_once(const Endpoint& node, const RedisCommand& command, bool asking,
                            Deadline deadline, RedisValue& answer) {
  std::vector<RedisCommand> commands;
  if (asking) commands.push_back({"ASKING"});
  commands.push_back(command);
  std::vector<RedisValue> answers;
  Reply reply = ask(node, commands, deadline, answers);
  if (reply.ok()) answer = std::move(answers.back());
  return reply;
}

RedisClient::Told RedisClient::told_by(const RedisValue& answer, const Endpoint& node) const {
  using Next = Told::Next;
  if (answer.kind != RedisValue::Kind::error) return {Next::done};
  if (begins(answer.text, "TRYAGAIN")) return {Next::again};
  const bool moved = begins(answer.text, "MOVED ");
  if (!moved && !begins(answer.text, "ASK ")) return {Next::refuse};
  const auto target = target_of(answer.text, node);
  if (!target) return {Next::refuse};
  return {moved ? Next::move : Next::ask_there, *target};
}

RedisReply RedisClient::run(const RedisCommand& command, const std::string& key,
                            Deadline deadline) {
  using Next = Told::Next;
  const std::uint16_t slot = slot_of(key);
  bool learnt_here = served_.empty();
  if (learnt_here)
    if (const Reply reply = learn(deadline); !reply.ok()) return {reply};
  auto node = to_ask(slot);
  bool asking = false;
  for (int redirections = 0; redirections < redirections_max && Clock::now() < deadline;) {
    if (!node) return {refused("nobody serves any slot")};
    RedisValue answer;
    const Reply reply = ask_once(*node, command, asking, deadline, answer);
    if (!reply.ok()) {
      // Who serves the slot may have changed: ask the others once, and go where they say.
      served_.clear();
      if (reply.outcome != Outcome::refused || learnt_here) return {reply};
      learnt_here = true;
      if (!learn(deadline).ok() || to_ask(slot) == node) return {reply};
      node = to_ask(slot);
      asking = false;
      continue;
    }
    const Told told = told_by(answer, *node);
    if (told.next == Next::done) return {{}, std::move(answer)};
    if (told.next == Next::refuse) {
      if (!begins(answer.text, "CLUSTERDOWN") || is_old()) served_.clear();
      return {refused(text_of(*node) + ": " + answer.text)};
    }
    if (told.next == Next::again) {
      std::this_thread::sleep_for(try_again_after);
      continue;
    }
    ++redirections;
    asking = told.next == Next::ask_there;
    node = told.node;
    if (told.next == Next::move) assign(slot, told.node);
  }
  served_.clear();
  if (Clock::now() >= deadline) return {timed_out("slot " + std::to_string(slot))};
  return {refused("slot " + std::to_string(slot) + " was sent on too often")};
}

Reply RedisClient::get_batch(const Endpoint& node, const std::vector<std::string>& keys,
                             const Batch& batch, std::vector<std::optional<std::string>>& values,
                             Deadline deadline) {
  std::vector<RedisCommand> commands;
  for (const std::size_t i : batch) commands.push_back({"GET", keys[i]});
  std::vector<RedisValue> answers;
  if (Reply reply = ask(node, commands, deadline, answers); !reply.ok()) return reply;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    RedisValue answer = std::move(answers[i]);
    if (answer.kind == RedisValue::Kind::error) {  // most likely it has moved: follow it
      RedisReply one = run(commands[i], keys[batch[i]], deadline);
      if (!one.ok()) return one.plain();
      answer = std::move(one.value);
    }
    if (answer.kind == RedisValue::Kind::text) values[batch[i]] = std::move(answer.text);
  }
  return {};
}

Reply RedisClient::get(const std::vector<std::string>& keys,
                       std::vector<std::optional<std::string>>& values, Deadline deadline) {
  values.assign(keys.size(), std::nullopt);
  if (served_.empty())
    if (Reply reply = learn(deadline); !reply.ok()) return reply;
  std::map<std::string, std::pair<Endpoint, Batch>> batches;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto node = to_ask(slot_of(keys[i]));
    if (!node) return refused("nobody serves any slot");
    auto& [endpoint, batch] = batches[text_of(*node)];
    endpoint = *node;
    batch.push_back(i);
  }
  for (const auto& [name, batch] : batches) {
    if (Reply reply = get_batch(batch.first, keys, batch.second, values, deadline); !reply.ok()) {
      served_.clear();
      return reply;
    }
  }
  return {};
}

}  // namespace drdrill::live
