#include "sim/study/explore.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"
#include "sim/study/explore_play.hpp"

namespace drdrill::study {
namespace {

/// Redis in a small platform, and nothing happens to it: six nodes with a server each, three
/// masters, two zones.
LoadedScenario quiet() {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  LoadedScenario loaded = load_scenario("scenarios/lab/redis-killed.json", {}, known);
  loaded.scenario.faults.clear();
  return loaded;
}

Exploration search(const LoadedScenario& loaded, std::vector<std::string> only, unsigned most,
                   unsigned threads = 1, std::uint64_t budget = 1'000) {
  ExploreOptions options;
  options.only = std::move(only);
  options.most = most;
  options.threads = threads;
  options.budget = budget;
  return explore(loaded.scenario, loaded.platform, options);
}

/// Everything that a report could say of it.
std::string told(const LoadedScenario& loaded, const Exploration& found) {
  std::string out =
      std::to_string(found.singles.looked_at) + " " + std::to_string(found.pairs.looked_at) + " " +
      std::to_string(found.guided.looked_at) + " " + std::to_string(found.shrinking_runs) + "\n";
  for (const Break& made : found.breaks) {
    out += spelled(found.space, made.picks) + " " + spelled(found.space, made.found_as) + " " +
           std::to_string(made.fingerprint);
    for (const TargetId target : made.targets) out += " " + spelled(loaded.scenario, target);
    out += "\n";
  }
  return out;
}

const std::vector<std::string> few{"zone-loss", "region-loss", "certificate-expiry", "load"};

}  // namespace

TEST_CASE("all cases of one and of two are counted as by hand, and the planted break is found") {
  const LoadedScenario loaded = quiet();
  const Exploration found = search(loaded, few, 2);
  // Two zones, a region, a name, and twice the two participants; a fifth more of two is two.
  REQUIRE(found.space.ingredients.size() == 5);
  const std::size_t instants = found.space.instants.size();
  CHECK(found.space.instants.front() == Duration::zero());
  CHECK(found.singles.all == 4 * instants + 1);
  CHECK(found.singles.complete());
  CHECK(found.missed.empty());
  CHECK(found.held.size() == 2);
  // Of ten pairs, seven have the zone with two of the masters, or the region, in them, and Redis
  // has nothing to do with the certificate of the name. What is left is the other zone, with the
  // load: nothing happens in a quiet run, so at one instant.
  CHECK(found.pairs_left_out == 9);
  CHECK(found.pairs_of_ingredients == 1);
  CHECK(found.pairs.all == 1);
  CHECK(found.pairs.complete());
  REQUIRE(found.breaks.size() == 2);
  CHECK(spelled(found.space, found.breaks[0].picks) == "zone-loss zone/singapore-1 at 0 s");
  CHECK(found.breaks[0].targets == std::vector<TargetId>{{0, false}, {0, true}});
  CHECK(found.breaks[0].instants_looked_at == instants);
  CHECK(spelled(found.space, found.breaks[1].picks) == "region-loss region/singapore at 0 s");
}

TEST_CASE("a master that dies is stood in for; with its replica, or another master, it is not") {
  const LoadedScenario loaded = quiet();
  const Exploration found = search(loaded, {"node-loss"}, 2);
  CHECK(found.singles.complete());
  CHECK(found.pairs.complete());
  REQUIRE_FALSE(found.breaks.empty());
  for (const Break& made : found.breaks) {
    CHECK(made.picks.size() == 2);
    for (const Pick& pick : made.picks) {
      const FaultSpec& fault = found.space.ingredients[pick.ingredient].fault;
      CHECK(fault.effect.target.name.starts_with("pool-redis-"));
    }
  }
}

TEST_CASE("a search says where the budget cut it, and goes no further") {
  const LoadedScenario loaded = quiet();
  const Exploration found = search(loaded, few, 4, 1, 5);
  CHECK(found.singles.looked_at == 5);
  CHECK_FALSE(found.singles.complete());
  CHECK(found.pairs.looked_at + found.guided.looked_at == 0);
}

TEST_CASE("a search is the same on one thread and on two, guided part and all") {
  const LoadedScenario loaded = quiet();
  const std::vector<std::string> only{"node-loss", "load", "lag"};
  const Exploration found = search(loaded, only, 4, 1, 120);
  CHECK(found.guided.looked_at > 0);
  CHECK(found.singles.looked_at + found.pairs.looked_at + found.guided.looked_at == 120);
  CHECK(told(loaded, search(loaded, only, 4, 2, 120)) == told(loaded, found));
}

TEST_CASE("of two faults the one that does not matter is taken away, and the other comes at once") {
  const LoadedScenario loaded = quiet();
  SpaceOptions options;
  options.only = few;
  const Space space = space_of(loaded.scenario, loaded.platform, options);
  const auto of = [&](const std::string& words) {
    const auto found = std::find_if(
        space.ingredients.begin(), space.ingredients.end(),
        [&](const Ingredient& ingredient) { return ingredient.words.starts_with(words); });
    REQUIRE(found != space.ingredients.end());
    return static_cast<std::uint32_t>(found - space.ingredients.begin());
  };
  Combination both{{of("zone-loss zone/singapore-1"), space.instants.back()},
                   {of("certificate-expiry"), space.instants.back()},
                   {of("twice"), Duration::zero()}};
  std::sort(both.begin(), both.end());
  ExploreOptions how;
  how.threads = 1;
  Players players(loaded.scenario, loaded.platform, space, how);
  Combination smallest;
  std::uint64_t runs = 0;
  players.each(1, [&](std::size_t, const Players::Play& play) {
    REQUIRE(play(both, nullptr).states[0].missed);
    smallest = shrink(space, both, 0, play, runs);
  });
  CHECK(smallest == Combination{{of("zone-loss zone/singapore-1"), Duration::zero()}});
  CHECK(runs >= 3);
}

}  // namespace drdrill::study
