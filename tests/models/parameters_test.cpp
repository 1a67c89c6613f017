#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;

TEST_CASE("a parameter that no shipped scenario exercises says why it is kept, and no other does",
          "[many]") {
  std::map<std::string, std::string> kept;
  std::set<std::string> exercised;
  for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
    if (entry.path().extension() != ".json") continue;
    const LoadedScenario loaded = test::load(entry.path().stem().string());
    SimulatedWorld world(loaded.platform, loaded.scenario.start);
    Journal journal;
    run_drill(loaded.scenario, world, {}, journal);
    const ParameterTable& table = loaded.platform.parameters;
    for (const Parameter& parameter : table.all()) {
      kept[parameter.id] = parameter.kept;
      if (world.exercised(table.find(parameter.id))) exercised.insert(parameter.id);
    }
  }
  REQUIRE(exercised.size() > 40);
  for (const auto& [id, reason] : kept) {
    INFO(id << " " << (exercised.contains(id) ? "is exercised" : "is not exercised"));
    CHECK(reason.empty() == exercised.contains(id));
  }
}

TEST_CASE("a run depends on what happened in it, not on what was drawn before") {
  const LoadedScenario loaded = test::load("node-failure");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const auto depends = [&](std::string_view id) {
    return world.exercised(loaded.platform.parameters.find(id));
  };
  CHECK_FALSE(depends("monitoring.retention"));
  CHECK_FALSE(depends("kubernetes.api_call"));
  test::run(world, "kubectl get pods -n gomeet");
  CHECK(depends("kubernetes.api_call"));
  world.inject({"wipe", Primitive::lose, {Level::pod, "prometheus", 2}});
  test::lost_writes(world, ComponentId::monitoring);
  CHECK(depends("monitoring.retention"));
  world.reset(1, 0);
  CHECK_FALSE(depends("kubernetes.api_call"));
}
