#include <cmath>

#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// The load balancer: how long it sends clients to what does not work, and whether it is there.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

Setting parameter(const std::string& id, const std::string& value) {
  return {"/platform/parameters/" + id, value, ""};
}

struct Times {
  double least = 1e9, mean = 0, most = 0;
};

/// From the fault to the note, in many replications.
Times times_to(NoteKind kind, const Effect& effect, std::vector<Setting> settings,
               Duration lasts = 0s) {
  // A proxy that ends is not back before it is missed.
  settings.push_back(parameter("load_balancer.process_start", "10m"));
  const LoadedScenario loaded = test::load("node-failure", settings);
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  constexpr int replications = 200;
  Times times;
  SampleBuffer buffer;
  for (int r = 0; r < replications; ++r) {
    world.reset(20261123, static_cast<std::uint64_t>(r));
    test::pass_until(world, 100s);
    const EffectId id = world.inject(effect);
    if (lasts > 0s) {
      test::pass_until(world, 100s + lasts);
      world.recover(id);
    }
    buffer.clear();
    world.drain(buffer);
    const Offset from = world.now();
    test::pass_until(world, from + 3min);
    buffer.clear();
    world.drain(buffer);
    Offset first = never;
    for (const Note& note : buffer.notes)
      if (note.kind == kind) first = std::min(first, note.at);
    REQUIRE(first != never);
    const double took = to_seconds(first - from);
    times.least = std::min(times.least, took);
    times.most = std::max(times.most, took);
    times.mean += took / replications;
  }
  return times;
}

void check(const Times& times, double least, double most) {
  INFO(times.least << " " << times.mean << " " << times.most);
  CHECK(times.least >= least - 0.001);
  CHECK(times.most <= most + 0.001);
  CHECK(times.most - times.least >= 0.8 * (most - least));
  CHECK(times.mean ==
        Approx((least + most) / 2).margin(5 * (most - least) / std::sqrt(12.0 * 200)));
}

Effect on_proxy(Primitive primitive) {
  return {"f", primitive, {Level::pod, "traefik", 1}, std::nullopt, 0};
}

}  // namespace

TEST_CASE("a target that refuses is taken out after three checks, an interval apart") {
  check(times_to(NoteKind::backend_ejected, on_proxy(Primitive::crash), {}), 6, 9);
  // HAProxy's own: inter 2 s, fall 3.
  check(times_to(NoteKind::backend_ejected, on_proxy(Primitive::crash),
                 {parameter("load_balancer.check_interval", "2s")}),
        4, 6);
  check(times_to(NoteKind::backend_ejected, on_proxy(Primitive::crash),
                 {parameter("load_balancer.fall", "5")}),
        12, 15);
}

TEST_CASE("each check of a silent target waits for its timeout, and the interval comes after it") {
  check(times_to(NoteKind::backend_ejected, on_proxy(Primitive::isolate), {}), 21, 24);
  check(times_to(NoteKind::backend_ejected, on_proxy(Primitive::isolate),
                 {parameter("load_balancer.check_timeout", "1s")}),
        9, 12);
  // HAProxy without a `timeout check` waits for the interval.
  check(times_to(NoteKind::backend_ejected, on_proxy(Primitive::isolate),
                 {parameter("load_balancer.check_interval", "2s"),
                  parameter("load_balancer.check_timeout", "2s")}),
        10, 12);
}

TEST_CASE("a target that stands still is silent, it does not refuse") {
  check(times_to(NoteKind::backend_ejected, on_proxy(Primitive::pause),
                 {parameter("load_balancer.check_timeout", "1s")}),
        9, 12);
}

TEST_CASE("a target is admitted after five good checks") {
  const auto admitted = [](std::vector<Setting> settings) {
    settings.push_back(parameter("load_balancer.check_timeout", "1ms"));
    return times_to(NoteKind::backend_admitted, on_proxy(Primitive::isolate), settings, 1min);
  };
  check(admitted({}), 12, 15);
  check(admitted({parameter("load_balancer.rise", "2")}), 3, 6);
}

TEST_CASE(
    "a balancer that is told of endpoints takes a proxy back when Kubernetes finds it ready") {
  const LoadedScenario loaded =
      test::load("node-failure", {{"/platform/entry/targets", "ready", ""},
                                  parameter("load_balancer.check_interval", "1h"),
                                  parameter("load_balancer.process_start", "30s")});
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  std::vector<Probe> probes{{ProbeKind::lb_connect}};
  world.watch(probes);
  test::pass_until(world, 100s);
  world.inject({"f", Primitive::crash, {Level::pod, "traefik", 3}, std::nullopt, 0});
  test::pass_until(world, 5min);
  SampleBuffer buffer;
  world.drain(buffer);
  Offset broken = never, back = never, ready = never, routed = never;
  for (const Note& note : buffer.notes) {
    if (note.kind == NoteKind::pod_ready) ready = std::min(ready, note.at);
    if (note.kind == NoteKind::endpoints_back) routed = std::min(routed, note.at);
  }
  for (const Sample& sample : buffer.samples) {
    if (sample.answer == Answer::fails) broken = std::min(broken, sample.at);
    if (sample.answer == Answer::holds && sample.at > 100s) back = std::min(back, sample.at);
  }
  CHECK(broken == Offset(100s));
  REQUIRE(ready != never);
  CHECK(ready >= Offset(130s));
  CHECK(back == routed);
  CHECK(back >= ready);
}

TEST_CASE("without its Service there is no load balancer, and a new one takes the cloud a while") {
  const LoadedScenario loaded =
      test::load("node-failure", {parameter("load_balancer.provision", "3m")});
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  std::vector<Probe> probes{{ProbeKind::lb_connect}};
  world.watch(probes);
  Answer answer = Answer::holds;
  const auto pass = [&](Duration time) {
    test::pass_until(world, world.now() + time);
    SampleBuffer buffer;
    world.drain(buffer);
    for (const Sample& sample : buffer.samples) answer = sample.answer;
  };
  test::run(world, "kubectl get service traefik -n gomeet -o yaml > traefik.yaml");
  REQUIRE(test::run(world, "kubectl delete service traefik -n gomeet").exit_status == 0);
  pass(10s);
  CHECK(answer == Answer::fails);
  REQUIRE(test::run(world, "kubectl apply -f traefik.yaml").exit_status == 0);
  pass(2min + 50s);
  CHECK(answer == Answer::fails);
  pass(1min);
  CHECK(answer == Answer::holds);
}

TEST_CASE("a Service that selects nobody leads nowhere") {
  const LoadedScenario loaded = test::load("node-failure");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  std::vector<Probe> probes{{ProbeKind::lb_connect}};
  world.watch(probes);
  REQUIRE(test::run(world,
                    "kubectl patch service traefik -n gomeet "
                    "-p '{\"spec\":{\"selector\":{\"app\":\"traefic\"}}}'")
              .exit_status == 0);
  test::pass_until(world, world.now() + 1min);
  SampleBuffer buffer;
  world.drain(buffer);
  REQUIRE_FALSE(buffer.samples.empty());
  CHECK(buffer.samples.back().answer == Answer::fails);
}
