#include "sim/study/what_if.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"

namespace drdrill::study {
namespace {

LoadedScenario load(const std::string& name) {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  return load_scenario("scenarios/" + name + ".json", {}, known);
}

Parameter parameter(ParameterUnit unit, Distribution value) {
  Parameter out;
  out.unit = unit;
  out.value = value;
  return out;
}

std::optional<double> changed(ParameterUnit unit, double value, bool more) {
  const auto to = altered(parameter(unit, constant(value)), more);
  return to ? std::optional(mean(*to)) : std::nullopt;
}

}  // namespace

TEST_CASE(
    "times are halved and doubled, whole numbers stay whole, switches turn, shares end at 1") {
  using enum ParameterUnit;
  CHECK(changed(seconds, 8, false) == 4.0);
  CHECK(changed(seconds, 8, true) == 16.0);
  CHECK(changed(count, 15, false) == 7.0);
  CHECK(changed(count, 1, false) == std::nullopt);
  CHECK(changed(count, 0, true) == 1.0);
  CHECK(changed(count, 0, false) == std::nullopt);
  CHECK(changed(count, 2.5, true) == 5.0);
  CHECK(changed(share, 0.8, true) == 1.0);
  CHECK(changed(share, 1, true) == std::nullopt);
  CHECK(changed(boolean, 1, false) == 0.0);
  CHECK(changed(boolean, 1, true) == std::nullopt);
  const auto spread = altered(parameter(seconds, {Shape::lognormal, 10, 0.5}), true);
  REQUIRE(spread);
  CHECK(spread->a == 20);
  CHECK(spread->b == 0.5);
}

TEST_CASE("a step that is left out hands on what it needed") {
  Scenario scenario;
  for (const char* id : {"look", "stop", "promote", "check"}) {
    Step step;
    step.id = id;
    scenario.runbook.steps.push_back(step);
  }
  auto& steps = scenario.runbook.steps;
  steps[1].needs = {0};
  steps[2].needs = {1};
  steps[3].needs = {0, 2};
  steps[3].rollback = {1, 2};
  const auto left = without_step(scenario, 1).runbook.steps;
  REQUIRE(left.size() == 3);
  CHECK(left[1].id == "promote");
  CHECK(left[1].needs == std::vector<std::uint32_t>{0});
  CHECK(left[2].needs == std::vector<std::uint32_t>{0, 1});
  CHECK(left[2].rollback == std::vector<std::uint32_t>{1});
}

TEST_CASE("what people take is what a recovery by hand waits for, and its steps are played again",
          "[many]") {
  const LoadedScenario loaded = load("point-in-time-recovery-corrected");
  const auto all = what_ifs(loaded.scenario, loaded.platform, 1, 50, 0);
  REQUIRE(all.front().cell.change == Change::base);
  const auto has = [&](Change change, const std::string& name) {
    return std::any_of(all.begin(), all.end(), [&](const Altered& each) {
      return each.cell.change == change && each.cell.what.name == name;
    });
  };
  for (const char* name : {"people.diagnose", "people.acknowledge", "people.typing"}) {
    INFO(name);
    CHECK(has(Change::less, name));
    CHECK(has(Change::more, name));
  }
  const auto removed = std::find_if(all.begin(), all.end(), [](const Altered& each) {
    return each.cell.change == Change::removed;
  });
  REQUIRE(removed != all.end());
  CHECK(removed->scenario->runbook.steps.size() + 1 == loaded.scenario.runbook.steps.size());
  CHECK(has(Change::less, removed->cell.what.name));
}

}  // namespace drdrill::study
