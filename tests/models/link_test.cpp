#include "models/link.hpp"

#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// What links bear before they are as good as cut.
using namespace drdrill;
using namespace std::chrono_literals;
using models::comes_through;
using models::Impairment;

namespace {

Impairment link(Duration delay, double loss) {
  Impairment impairment;
  impairment.delay = delay;
  impairment.loss = loss;
  return impairment;
}

/// Does the world note such a thing within ten minutes of the fault?
bool comes_to(NoteKind kind, const Effect& effect, const std::vector<Setting>& settings = {}) {
  const LoadedScenario loaded = test::load("node-failure", settings);
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  test::pass_until(world, 1min);
  world.inject(effect);
  test::pass_until(world, 11min);
  SampleBuffer buffer;
  world.drain(buffer);
  for (const Note& note : buffer.notes)
    if (note.kind == kind) return true;
  return false;
}

Effect on(Level level, const std::string& name, Primitive primitive, double amount) {
  return {"f", primitive, {level, name, 1}, std::nullopt, amount};
}

}  // namespace

TEST_CASE("a round trip that takes longer than anybody waits is none") {
  CHECK(comes_through(link(0s, 0), 1s));
  CHECK(comes_through(link(4900ms, 0), 10s));
  CHECK_FALSE(comes_through(link(5s, 0), 10s));
  CHECK(comes_through(link(5s, 0), 11s));
}

// Within 10 s a packet is sent at 0, 0.2, 0.6, 1.4, 3, and 6.2 s: six times. All fail with
// (1 - (1 - p)^2)^6, which is one half where p = 0.670.
TEST_CASE("packets are sent again until patience is over, and one that comes through is enough") {
  CHECK(comes_through(link(0s, 0.66), 10s));
  CHECK_FALSE(comes_through(link(0s, 0.68), 10s));
  CHECK(comes_through(link(0s, 0.68), 60s));
  CHECK_FALSE(comes_through(link(0s, 1), 1h));
  // A slow link leaves time for fewer of them.
  CHECK_FALSE(comes_through(link(2s, 0.6), 10s));
}

TEST_CASE("parts of a path add up: times, and what is lost on either") {
  const Impairment both = link(100ms, 0.5) + link(200ms, 0.2);
  CHECK(both.delay == 300ms);
  CHECK(both.loss == Approx(0.6));
}

TEST_CASE("a kubelet behind a link that carries nothing is missed") {
  const std::string node = "pool-api-1";
  CHECK(comes_to(NoteKind::node_not_ready, on(Level::node, node, Primitive::drop, 1)));
  CHECK(comes_to(NoteKind::node_not_ready, on(Level::node, node, Primitive::delay, 60)));
  CHECK_FALSE(comes_to(NoteKind::node_not_ready, on(Level::node, node, Primitive::drop, 0.3)));
  CHECK_FALSE(comes_to(NoteKind::node_not_ready, on(Level::node, node, Primitive::delay, 2)));
  CHECK(comes_to(NoteKind::node_not_ready, on(Level::node, node, Primitive::delay, 2),
                 {{"/platform/parameters/network.patience", "3s", ""}}));
}

TEST_CASE("a Redis master behind a link that carries nothing has failed, and is replaced") {
  const std::string master = "redis-master-0";
  for (const auto& [primitive, amount] :
       {std::pair{Primitive::drop, 1.0}, std::pair{Primitive::delay, 60.0}}) {
    CHECK(comes_to(NoteKind::redis_node_failed, on(Level::pod, master, primitive, amount)));
    CHECK(comes_to(NoteKind::redis_election_won, on(Level::pod, master, primitive, amount)));
  }
  CHECK_FALSE(comes_to(NoteKind::redis_node_failed, on(Level::pod, master, Primitive::drop, 0.3)));
}
