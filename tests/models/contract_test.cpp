#include <chrono>

#include <catch2/catch.hpp>

#include "tests/drill/world_contract.hpp"
#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

TEST_CASE("the simulated world keeps the contract of World") {
  const LoadedScenario loaded = test::load("node-failure");
  test::WorldContract contract;
  contract.make = [&] {
    return std::make_unique<SimulatedWorld>(loaded.platform, loaded.scenario.start);
  };
  contract.effect = {"edge-dies", Primitive::crash, {Level::node, "pool-edge-1"}};
  contract.probe = ProbeKind::lb_connect;
  contract.patience = 5min;
  contract.command = "kubectl get pods -n gomeet";
  contract.slow_command = "sleep 60";
  contract.impossible_effect = Effect{"nothing", Primitive::crash, {Level::node, "no-such-node"}};
  test::check_world_contract(contract);
}
