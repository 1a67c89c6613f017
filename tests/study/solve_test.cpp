#include "sim/study/solve.hpp"

#include <memory>

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

/// A drill whose recovery time is one parameter and little else: the time that a participant's
/// media takes, which the knob sets to `shape(at)` seconds.
struct Drill {
  template <class Shape>
  Solution solve(const std::vector<Knob>& knobs, std::string_view goal, Shape shape) {
    SolveOptions options;
    options.least_runs = 30;
    options.most_runs = 60;
    const Setter set = [&](const std::vector<double>& at) {
      Parameter parameter =
          loaded.platform.parameters[loaded.platform.parameters.find("livekit.media_setup")];
      parameter.value = constant(shape(at));
      loaded.platform.parameters.put(parameter);
      return Variant{&loaded.scenario, &loaded.platform};
    };
    return study::solve({parse_goal(goal).value()}, knobs, set, options);
  }

  LoadedScenario loaded = load("node-failure-corrected");
};

Knob between(double low, double high) {
  Knob knob;
  knob.is_duration = true;
  knob.refine = true;
  knob.candidates = candidates_between(low, high, false, 5);
  return knob;
}

TEST_CASE("goals are read and spelled, and what is none is not") {
  const auto goal = parse_goal("postgres.rpo<=15m@99.5%");
  REQUIRE(goal);
  CHECK(goal->component == ComponentId::postgres);
  CHECK(goal->rpo);
  CHECK(goal->limit == std::chrono::minutes(15));
  CHECK(goal->probability == Approx(0.995));
  CHECK(spelled(*goal) == "postgres.rpo<=15m@99.5%");
  for (const char* wrong : {"", "postgres", "postgres.rto<15m@99%", "postgres.rto<=15m",
                            "postgres.rto<=15m@100%", "postgres.rto<=15m@0%", "mysql.rto<=1m@9%",
                            "postgres.mttr<=1m@9%", "postgres.rto<=soon@9%"})
    CHECK_FALSE(parse_goal(wrong));
}

TEST_CASE("candidates reach from end to end, by ratio where the range is wide") {
  CHECK(candidates_between(1, 3, false, 5) == std::vector<double>{1, 1.5, 2, 2.5, 3});
  CHECK(candidates_between(1, 16, false, 5).at(1) == Approx(2));
  CHECK(candidates_between(1, 3, true, 9) == std::vector<double>{1, 2, 3});
  Knob knob;
  CHECK(spelled(knob, 0.25) == "0.25");
  CHECK(spelled(knob, 12) == "12");
  knob.is_duration = true;
  CHECK(spelled(knob, 90.5) == "1m30s500ms");
}

TEST_CASE("the boundary is found, with evidence on both sides") {
  Drill drill;
  const Solution solution =
      drill.solve({between(1, 20)}, "livekit-sfu.rto<=8s@70%", [](auto at) { return at[0]; });
  REQUIRE(solution.answer);
  const Tried& answer = solution.tried[*solution.answer];
  CHECK(answer.side == Side::meets);
  REQUIRE(solution.boundaries.size() == 1);
  const Boundary boundary = solution.boundaries.front();
  CHECK(boundary.meets == *solution.answer);
  const Tried& beside = solution.tried[boundary.fails];
  CHECK(beside.side == Side::fails);
  CHECK(answer.at[0] < beside.at[0]);
  CHECK(beside.at[0] - answer.at[0] < 1);
  // Noticing takes under half a second and the rest is the knob: the boundary is below the limit.
  CHECK(answer.at[0] > 6);
  CHECK(beside.at[0] < 8.1);
}

TEST_CASE("what is met only between two values has two boundaries, and nothing may meet it at all",
          "[many]") {
  Drill drill;
  const auto valley = [](auto at) { return 2 + (at[0] - 10) * (at[0] - 10); };
  const Solution two = drill.solve({between(1, 19)}, "livekit-sfu.rto<=8s@70%", valley);
  CHECK(two.boundaries.size() == 2);
  REQUIRE(two.answer);
  CHECK(std::abs(two.tried[*two.answer].at[0] - 10) < 2.5);
  const Solution none =
      drill.solve({between(10, 20)}, "livekit-sfu.rto<=8s@70%", [](auto at) { return at[0]; });
  CHECK_FALSE(none.answer);
  CHECK(none.boundaries.empty());
  REQUIRE(none.closest);
}

TEST_CASE("two knobs at once have a boundary on each line that crosses it", "[many]") {
  Drill drill;
  const Solution solution = drill.solve({between(1, 5), between(1, 5)}, "livekit-sfu.rto<=7s@70%",
                                        [](auto at) { return at[0] + at[1]; });
  REQUIRE(solution.answer);
  for (const Boundary& boundary : solution.boundaries) {
    const Tried& meets = solution.tried[boundary.meets];
    const Tried& fails = solution.tried[boundary.fails];
    CHECK((meets.at[0] == fails.at[0]) != (meets.at[1] == fails.at[1]));
    CHECK(meets.at[0] + meets.at[1] < 7);
    CHECK(fails.at[0] + fails.at[1] > 6);
  }
  CHECK(solution.boundaries.size() >= 6);
}

}  // namespace
}  // namespace drdrill::study
