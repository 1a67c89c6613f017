#include <csignal>
#include <iostream>

#include <catch2/catch.hpp>

#include "sim/live/clients/ledger_writer.hpp"
#include "sim/live/clients/questions.hpp"
#include "tests/live/servers.hpp"

using namespace std::chrono_literals;
using namespace drdrill;
using namespace drdrill::live;
using drdrill::test::RedisCluster;
using drdrill::test::Services;
using drdrill::test::soon;

TEST_CASE("keys have the slots that Redis gives them") {
  // The check value and the rules of hash tags are the cluster specification's.
  CHECK(slot_of("123456789") == 0x31c3);
  CHECK(slot_of("{user1000}.following") == slot_of("{user1000}.followers"));
  CHECK(slot_of("{user1000}.following") == slot_of("user1000"));
  CHECK(slot_of("foo{{bar}}zap") == slot_of("{bar"));
  CHECK(slot_of("foo{bar}{zap}") == slot_of("bar"));
  CHECK(slot_of("foo{}{bar}") != slot_of("bar"));
  for (unsigned part = 0; part < 16; ++part) {
    const SlotRange range = part_of({5461, 10922}, part, 16);
    const std::uint16_t slot = slot_of(tag_in(range));
    CHECK(range.first >= 5461);
    CHECK(range.last <= 10922);
    CHECK((slot >= range.first && slot <= range.last));
  }
}

TEST_CASE("clients follow a Redis cluster through the death of a master and through a freeze") {
  if (const std::string why = RedisCluster::missing(); !why.empty()) {
    std::cout << "skipped: " << why << '\n';
    return;
  }
  RedisCluster cluster;
  Services services;
  services.set("redis", cluster.endpoints());
  const SlotRange range{0, 5460};
  const std::string key = "{" + tag_in(range) + "}";
  const auto question = redis_question(services, "redis", {range, {5461, 10922}, {10923, 16383}});
  const auto works = [&] { return question->ask(Clock::now() + 1s).ok(); };
  REQUIRE(soon(works));

  LedgerPlan plan;
  plan.component = ComponentId::redis;
  plan.name = "slots 0-5460";
  plan.store = [&] { return redis_ledger(services, "redis", range); };
  plan.rate = 100;
  plan.deadline = 500ms;
  LedgerWriter writer(plan, Clock::now());
  writer.start();
  const auto reached = [&](std::uint64_t more) {
    const auto aim = writer.counts().acknowledged + more;
    return soon([&] { return writer.counts().acknowledged >= aim; });
  };
  REQUIRE(reached(100));

  const std::size_t killed = cluster.master_of(key);
  REQUIRE(killed < cluster.endpoints().size());
  cluster.node(killed).kill();
  CHECK(question->ask(Clock::now() + 300ms).outcome == Outcome::refused);
  REQUIRE(soon(works));
  REQUIRE(reached(50));
  CHECK(writer.counts().failed_attempts > 0);
  const std::size_t promoted = cluster.master_of(key);
  CHECK(promoted != killed);

  // Another shard's master freezes: clients that have a connection to it get no answer.
  const std::string other = "{" + tag_in({5461, 10922}) + "}";
  const std::size_t frozen = cluster.master_of(other);
  REQUIRE(frozen < cluster.endpoints().size());
  cluster.node(frozen).signal(SIGSTOP);
  CHECK(question->ask(Clock::now() + 300ms).outcome == Outcome::timed_out);
  REQUIRE(soon(works));
  cluster.node(frozen).signal(SIGCONT);

  writer.stop();
  const VerifiedStream verified = writer.verify(Clock::now() + 10s);
  REQUIRE(verified.evaluated);
  CHECK(verified.kept + verified.lost == writer.counts().acknowledged);
  CHECK(verified.kept > 100);
}

TEST_CASE("a Redis client follows MOVED, and ASK while a slot is under way") {
  if (const std::string why = RedisCluster::missing(); !why.empty()) {
    std::cout << "skipped: " << why << '\n';
    return;
  }
  RedisCluster cluster;
  Services services;
  services.set("redis", cluster.endpoints());
  const std::string key = "{" + tag_in({100, 200}) + "}";
  const std::string slot = std::to_string(slot_of(key));
  RedisClient client(services, "redis");
  const auto within = [] { return Clock::now() + 2s; };
  REQUIRE(soon([&] { return client.run({"SET", key, "x"}, key, within()).ok(); }));

  const auto all = cluster.endpoints();
  const Endpoint& from = all[cluster.master_of(key)];
  const Endpoint& to = all[cluster.master_of("{" + tag_in({16000, 16383}) + "}")];
  RedisConnection at_from;
  RedisConnection at_to;
  REQUIRE(at_from.connect(from, within()).ok());
  REQUIRE(at_to.connect(to, within()).ok());
  std::vector<RedisValue> answers;
  const auto id_of = [&](RedisConnection& node) {
    REQUIRE(node.ask({{"CLUSTER", "MYID"}}, within(), answers).ok());
    return answers[0].text;
  };
  const std::string from_id = id_of(at_from);
  const std::string to_id = id_of(at_to);
  const auto tell = [&](RedisConnection& node, const RedisCommand& command) {
    REQUIRE(node.ask({command}, within(), answers).ok());
    CHECK(answers[0].text == "OK");
  };
  tell(at_to, {"CLUSTER", "SETSLOT", slot, "IMPORTING", from_id});
  tell(at_from, {"CLUSTER", "SETSLOT", slot, "MIGRATING", to_id});

  // A key that is not there yet is asked for at the node that takes the slot over.
  const std::string fresh = key + "fresh";
  REQUIRE(client.run({"SET", fresh, "2"}, fresh, within()).ok());
  REQUIRE(at_to.ask({{"ASKING"}, {"GET", fresh}}, within(), answers).ok());
  CHECK(answers[1].text == "2");
  // Keys of two nodes in one command: tried again until the deadline.
  CHECK(client.run({"MGET", key, fresh}, key, Clock::now() + 100ms).outcome == Outcome::timed_out);

  tell(at_from, {"MIGRATE", to.host, std::to_string(to.port), key, "0", "1000", "REPLACE"});
  tell(at_to, {"CLUSTER", "SETSLOT", slot, "NODE", to_id});
  tell(at_from, {"CLUSTER", "SETSLOT", slot, "NODE", to_id});
  const RedisReply moved = client.run({"GET", key}, key, within());
  REQUIRE(moved.ok());
  CHECK(moved.value.text == "x");
  std::vector<std::optional<std::string>> values;
  REQUIRE(client.get({key, fresh, key + "none"}, values, within()).ok());
  CHECK(values == std::vector<std::optional<std::string>>{"x", "2", std::nullopt});
}

TEST_CASE("while a Redis cluster is down its clients do not ask again and again who serves what") {
  if (const std::string why = RedisCluster::missing(); !why.empty()) {
    std::cout << "skipped: " << why << '\n';
    return;
  }
  RedisCluster cluster;
  Services services;
  services.set("redis", cluster.endpoints());
  const std::string key = "{" + tag_in({100, 200}) + "}";
  RedisClient client(services, "redis");
  const auto within = [] { return Clock::now() + 2s; };
  const auto writes = [&] { return client.run({"SET", key, "x"}, key, within()).ok(); };
  REQUIRE(soon(writes));

  std::vector<RedisValue> answers;
  const auto ask = [&](const Endpoint& node, const RedisCommand& command) {
    RedisConnection connection;
    REQUIRE(connection.connect(node, within()).ok());
    REQUIRE(connection.ask({command}, within(), answers).ok());
    return answers[0].text;
  };
  const auto all = cluster.endpoints();
  const auto asked = [&] {
    int calls = 0;
    for (const Endpoint& node : all) {
      const std::string text = ask(node, {"INFO", "commandstats"});
      const std::string_view name = "cmdstat_cluster|slots:calls=";
      const auto found = text.find(name);
      if (found != std::string::npos) calls += std::stoi(text.substr(found + name.size()));
    }
    return calls;
  };
  // A slot that nobody owns takes the whole cluster down; the owner of the key's knows first.
  const Endpoint& owner = all[cluster.master_of(key)];
  for (const Endpoint& node : all) ask(node, {"CLUSTER", "DELSLOTS", "201"});
  REQUIRE(soon([&] { return !writes(); }));
  const int before = asked();
  for (int i = 0; i < 50; ++i) CHECK_FALSE(writes());
  CHECK(asked() - before <= 1);  // what it had learnt may have become too old
  // Nor does one that has learnt that nobody serves its slot.
  const std::string unserved = "{" + tag_in({201, 201}) + "}";
  RedisClient late(services, "redis");
  const auto writes_unserved = [&] {
    const bool done = late.run({"SET", unserved, "x"}, unserved, within()).ok();
    if (!done) late.disconnect();  // as whoever tries again does
    return done;
  };
  const int before_late = asked();
  for (int i = 0; i < 50; ++i) CHECK_FALSE(writes_unserved());
  CHECK(asked() - before_late <= 2);
  ask(owner, {"CLUSTER", "ADDSLOTS", "201"});
  CHECK(soon(writes));
  CHECK(soon(writes_unserved));
}
