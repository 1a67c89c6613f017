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

// T = G - U(0, renewal) + U(0, period).
TEST_CASE("leases that are renewed more seldom, and looks that are farther apart, move NotReady") {
  constexpr int n = 300;
  const auto mean = [&](const std::string& renewal, const std::string& period) {
    const auto times = times_to_not_ready(
        {{"/platform/parameters/kubernetes.node_monitor_grace_period", "50s", ""},
         {"/platform/parameters/kubernetes.lease_renewal", renewal, ""},
         {"/platform/parameters/kubernetes.node_monitor_period", period, ""}},
        n);
    REQUIRE(times.size() == n);
    return mean_of(times);
  };
  CHECK(mean("30s", "5s") == Approx(50 - 15 + 2.5).margin(5 * 8.8 / std::sqrt(n)));
  CHECK(mean("10s", "40s") == Approx(50 - 5 + 20).margin(5 * 11.9 / std::sqrt(n)));
}

TEST_CASE(
    "the release of the cluster decides for how long a node may be silent, unless the platform "
    "does") {
  constexpr int n = 100;
  const double five_sigma = 5 * 3.227486 / std::sqrt(n);
  const Setting old_release{"/platform/clusters/0/kubernetes", "1.31", ""};
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

// 0, 10, 30, 70, 150, 310, 610, 910 s after the first failure (kubernetes.io, Pod lifecycle).
TEST_CASE("a container that ends as it starts is restarted ever more seldom") {
  const auto restarts = [](std::vector<Setting> settings) {
    settings.push_back({"/platform/parameters/kubernetes.process_exit", "0", ""});
    // One of the three edge nodes is free for a pod of the new revision.
    settings.push_back({"/platform/clusters/0/objects/Deployment:traefik/spec/replicas", "2", ""});
    const LoadedScenario loaded = test::load("node-failure", settings);
    SimulatedWorld world(loaded.platform, loaded.scenario.start);
    test::pass_until(world, 10s);
    world.inject({"bad", Primitive::deploy, {Level::pod, "traefik", 1}});
    test::pass_until(world, 30min);
    SampleBuffer buffer;
    world.drain(buffer);
    std::vector<Offset> times;
    SubjectId first = SubjectId::none;
    for (const Note& note : buffer.notes) {
      if (note.kind != NoteKind::container_restarted) continue;
      if (times.empty()) first = note.subject;
      if (note.subject == first) times.push_back(note.at);
    }
    std::vector<double> seconds;
    for (const Offset time : times) seconds.push_back(to_seconds(time));
    return seconds;
  };
  const auto seconds = restarts({});
  const std::vector<double> published{0, 10, 30, 70, 150, 310, 610, 910};
  REQUIRE(seconds.size() >= published.size());
  for (std::size_t i = 1; i < published.size(); ++i)
    CHECK(seconds[i] - seconds[0] == Approx(published[i]).margin(0.001));
  const auto capped = restarts({{"/platform/parameters/kubernetes.crash_loop_first", "1s", ""},
                                {"/platform/parameters/kubernetes.crash_loop_most", "4s", ""}});
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(capped[i] - capped[0] == Approx(std::vector<double>{0, 1, 3, 7, 11}[i]).margin(0.001));
}
