#include <cmath>

#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

/// Seconds from a node's crash until it is NotReady, in many replications.
std::vector<double> times_to_not_ready(const std::vector<Setting>& settings, int replications) {
  const LoadedScenario loaded = test::load("node-failure", settings);
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  std::vector<double> times;
  SampleBuffer buffer;
  for (int r = 0; r < replications; ++r) {
    world.reset(20261123, static_cast<std::uint64_t>(r));
    world.wait_until(100s);
    world.inject({"node", Primitive::crash, {Level::node, "pool-sfu-3"}});
    while (world.now() < 300s) world.wait_until(300s);
    buffer.clear();
    world.drain(buffer);
    for (const Note& note : buffer.notes)
      if (note.kind == NoteKind::node_not_ready) times.push_back(to_seconds(note.at - 100s));
  }
  return times;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

// T = G - U(0, 10 s) + U(0, 5 s): mean G - 2.5 s, standard deviation 3.227 s, range G-10 to G+5.
TEST_CASE("a silent node is NotReady after the grace period, less what its lease had left") {
  constexpr int n = 400;
  const double five_sigma = 5 * 3.227486 / std::sqrt(n);
  struct Case {
    const char* grace;
    double mean;
  };
  for (const Case& expected : {Case{"50s", 47.5}, Case{"40s", 37.5}}) {
    const auto times = times_to_not_ready(
        {{"/platform/parameters/kubernetes.node_monitor_grace_period", expected.grace, ""}}, n);
    REQUIRE(times.size() == n);
    for (double time : times) {
      CHECK(time >= expected.mean - 7.5);
      CHECK(time <= expected.mean + 7.5);
    }
    CHECK(mean_of(times) == Approx(expected.mean).margin(five_sigma));
  }
}

TEST_CASE(
    "the release of the cluster decides for how long a node may be silent, unless the platform "
    "does") {
  constexpr int n = 100;
  const double five_sigma = 5 * 3.227486 / std::sqrt(n);
  const Setting old_release{"/platform/clusters/0/kubernetes", "\"1.31\"", ""};
  CHECK(mean_of(times_to_not_ready({old_release}, n)) == Approx(37.5).margin(five_sigma));
  CHECK(mean_of(times_to_not_ready({}, n)) == Approx(47.5).margin(five_sigma));
  const Setting own{"/platform/parameters/kubernetes.node_monitor_grace_period", "20s", ""};
  CHECK(mean_of(times_to_not_ready({old_release, own}, n)) == Approx(17.5).margin(five_sigma));
}

TEST_CASE("a Deployment replaces the pods of a lost node, a StatefulSet does not") {
  const LoadedScenario loaded = test::load("node-failure");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const auto value_of = [&](std::string_view name) {
    for (const InventoryItem& item : world.inventory())
      if (item.name == name) return item.value;
    FAIL("no such figure");
    return std::int64_t{0};
  };
  // PgBouncer shares the edge nodes, so its pod finds another one; Redis has a node for each pod.
  const std::int64_t masters = value_of("masters serving") + value_of("replicas");
  world.inject({"edge", Primitive::crash, {Level::node, "pool-edge-1"}});
  world.inject({"redis", Primitive::crash, {Level::node, "pool-redis-1"}});
  while (world.now() < 20min) world.wait_until(20min);
  CHECK(value_of("masters serving") == 3);
  CHECK(value_of("masters serving") + value_of("replicas") == masters - 1);
}

TEST_CASE("a drained node takes no pod until it is uncordoned") {
  test::Drilled drilled = test::drill("node-failure");
  CHECK(drilled.has_finding("pod-unschedulable"));
  for (const Change& change : drilled.judgement.left_worse) UNSCOPED_INFO(change.after.name);
  CHECK(drilled.judgement.left_worse.empty());
}
