#include "sim/study/solve.hpp"

#include <optional>

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
/// media takes, which the knob sets to `shape(at)` seconds. As it is, that is 40 s.
struct Drill {
  template <class Shape>
  Solution solve(const std::vector<Knob>& knobs, std::string_view goal, Shape shape) {
    SolveOptions options;
    options.first_runs = 30;
    options.most_runs = 240;
    const Setter set = [&](const std::vector<double>* at) -> std::optional<Variant> {
      const std::optional<double> seconds = at ? shape(*at) : now;
      if (!seconds) return std::nullopt;
      Parameter parameter =
          loaded.platform.parameters[loaded.platform.parameters.find("livekit.media_setup")];
      parameter.value = constant(*seconds);
      loaded.platform.parameters.put(parameter);
      return Variant{&loaded.scenario, &loaded.platform};
    };
    return study::solve({parse_goal(goal).value()}, knobs, set, options);
  }

  LoadedScenario loaded = load("node-failure-corrected");
  std::optional<double> now = 40;
};

Knob between(double low, double high, double present) {
  Knob knob;
  knob.is_duration = true;
  knob.refine = true;
  knob.candidates = candidates_between(low, high, false, 5);
  knob.present = present;
  return knob;
}

std::optional<double> itself(const std::vector<double>& at) {
  return at[0];
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

TEST_CASE("the boundary is found, with evidence on both sides, next to what there is now") {
  Drill drill;
  const Solution solution = drill.solve({between(1, 20, 40)}, "livekit-sfu.rto<=8s@70%", itself);
  REQUIRE(solution.answer);
  CHECK_FALSE(solution.present_is_enough);
  CHECK(solution.present.side == Side::fails);
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
  // What else the scenario asks for is known at the answer.
  CHECK(answer.tally.objectives.size() == drill.loaded.scenario.objectives.size());
}

TEST_CASE("where everything meets the goal nothing need be changed") {
  Drill drill;
  drill.now = 5;
  const Solution solution = drill.solve({between(1, 20, 5)}, "livekit-sfu.rto<=1m@70%", itself);
  CHECK(solution.present_is_enough);
  CHECK_FALSE(solution.answer);
  CHECK(solution.present.side == Side::meets);
}

TEST_CASE("of what meets it on two sides, the nearest is chosen; and nothing may meet it at all",
          "[many]") {
  Drill drill;
  const auto ridge = [](auto& at) {
    return std::optional<double>(at[0] < 5 || at[0] > 15 ? 4 : 40);
  };
  const Solution high = drill.solve({between(1, 19, 12)}, "livekit-sfu.rto<=8s@70%", ridge);
  REQUIRE(high.answer);
  CHECK(high.tried[*high.answer].at[0] > 14);
  CHECK(high.tried[*high.answer].at[0] < 16);
  const Solution low = drill.solve({between(1, 19, 7)}, "livekit-sfu.rto<=8s@70%", ridge);
  REQUIRE(low.answer);
  CHECK(low.tried[*low.answer].at[0] < 5.5);
  const Solution none = drill.solve({between(10, 20, 40)}, "livekit-sfu.rto<=8s@70%", itself);
  CHECK_FALSE(none.answer);
  CHECK(none.boundaries.empty());
  REQUIRE(none.closest);
}

TEST_CASE(
    "values may be words, some may be refused, and goals may have nothing to do with the drill",
    "[many]") {
  Drill drill;
  Knob words;
  words.words = {"slow", "broken", "fast"};
  words.candidates = {0, 1, 2};
  const auto set = [](auto& at) {
    return at[0] == 1 ? std::nullopt : std::optional<double>(at[0] == 0 ? 30 : 2);
  };
  const Solution solution = drill.solve({words}, "livekit-sfu.rto<=8s@70%", set);
  REQUIRE(solution.answer);
  CHECK(spelled(words, solution.tried[*solution.answer].at[0]) == "fast");
  CHECK(solution.tried[1].refused);
  const Solution idle = drill.solve({words}, "monitoring.rto<=8s@70%", set);
  CHECK_FALSE(idle.answer);
  CHECK_FALSE(idle.closest);
  CHECK(idle.present.idle());
}

TEST_CASE("of two knobs the setting nearest to what there is now is chosen, and the cheapest first",
          "[many]") {
  Drill drill;
  const auto sum = [](auto& at) { return std::optional<double>(at[0] + at[1]); };
  const Solution solution =
      drill.solve({between(1, 5, 5), between(1, 5, 1)}, "livekit-sfu.rto<=5s@70%", sum);
  REQUIRE(solution.answer);
  const Tried& answer = solution.tried[*solution.answer];
  // The second knob stays where it is; the first one goes no further than it must.
  CHECK(answer.at[1] == 1);
  CHECK(answer.at[0] > 2.5);
  CHECK(answer.at[0] + answer.at[1] < 5);
  CHECK(solution.priced);
}

TEST_CASE("intervals that are to hold together are wider") {
  CHECK(normal_width(0.05) == Approx(1.959964));
  CHECK(normal_width(0.01) == Approx(2.575829));
  CHECK(normal_width(0.01 / 120) > 3.9);
}

}  // namespace
}  // namespace drdrill::study
