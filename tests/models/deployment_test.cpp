#include <chrono>

#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

const Effect bad_image{"bad", Primitive::deploy, {Level::pod, "livekit-sfu"}};

std::string images(World& world) {
  return std::string(test::run(world,
                               "kubectl get deployment livekit-sfu -n gomeet -o "
                               "jsonpath='{.spec.template.spec.containers[0].image}'")
                         .output);
}

/// Pods of the Deployment whose STATUS is this.
std::string count(World& world, const std::string& status) {
  const std::string counted(
      test::run(world, "kubectl get pods -n gomeet -l app=livekit-sfu | grep -c " + status).output);
  return counted.substr(0, counted.find('\n'));
}

}  // namespace

TEST_CASE("a bad deployment is rolled out as far as it may be, and stays there") {
  const LoadedScenario loaded = test::load("sfu-rollback");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const std::string before = images(world);
  const EffectId effect = world.inject(bad_image);
  CHECK(world.state(effect).took_effect);
  CHECK(world.state(effect).touched.has(ComponentId::livekit_sfu));
  CHECK(images(world) == before + "-broken");
  test::pass_until(world, 10min);
  // 25 % of 12 may be unavailable: nine old pods go on, three of the new revision end as they
  // start.
  CHECK(count(world, "Running") == "9");
  CHECK(count(world, "CrashLoopBackOff") == "3");

  SECTION("the tool's undo brings the old image back") {
    world.recover(effect);
    test::pass_until(world, 20min);
    CHECK(images(world) == before);
    CHECK(count(world, "Running") == "12");
  }
  SECTION("so does rollout undo, and the tool's undo leaves what it finds") {
    test::run(world, "kubectl rollout undo deployment/livekit-sfu -n gomeet");
    test::pass_until(world, 20min);
    CHECK(count(world, "Running") == "12");
    const std::string revisions(
        test::run(world, "kubectl rollout history deployment/livekit-sfu -n gomeet").output);
    world.recover(effect);
    CHECK(test::run(world, "kubectl rollout history deployment/livekit-sfu -n gomeet").output ==
          revisions);
  }
  SECTION("scaling to the number from before rolls nothing back") {
    test::run(world, "kubectl scale deployment livekit-sfu --replicas=8 -n gomeet");
    test::pass_until(world, 20min);
    CHECK(images(world) == before + "-broken");
    CHECK(count(world, "CrashLoopBackOff") != "0");
  }
}

TEST_CASE("how far a bad deployment gets is the workload's strategy, not the fault's") {
  const LoadedScenario loaded = test::load("sfu-rollback");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  test::run(world,
            "kubectl patch deployment livekit-sfu -n gomeet -p "
            "'{\"spec\":{\"strategy\":{\"rollingUpdate\":{\"maxUnavailable\":1}}}}'");
  world.inject(bad_image);
  test::pass_until(world, 10min);
  CHECK(count(world, "Running") == "11");
}
