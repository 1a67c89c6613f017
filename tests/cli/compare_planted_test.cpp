#include <nlohmann/json.hpp>

#include "tests/cli/compare_drill.hpp"

/// What the gate promises, on a drill that ships: a recovery that became slower by 5 % is found
/// with the replications that `compare` runs when nothing is said, and blamed on the line that did
/// it.
namespace drdrill::test {

TEST_CASE("a p95 that rose by 5 % is found in 19 of 20 comparisons, and on the right line",
          "[many]") {
  ComparedDrill drill;
  const int line =
      1 + drill.change("parameters/redis.json", redis_timeout,
                       "\"redis.cluster_node_timeout\": {\n      \"value\": \"16100ms\"");
  // Other changes that the drill's recovery does not depend on.
  drill.change("scenarios/redis-killed.json", "\"stable_for\": \"5s\"", "\"stable_for\": \"6s\"");
  drill.change("platforms/lab.json", "\"memory\": \"4Gi\"", "\"memory\": \"8Gi\"");
  constexpr int comparisons = 20;
  int found = 0;
  double risen = 0;
  for (int seed = 1; seed <= comparisons; ++seed) {
    const Outcome outcome = drill.compare({"--seed", std::to_string(seed), "--report", "json=-"});
    const auto report = nlohmann::json::parse(outcome.out);
    CHECK(report["replications"] == 2000);
    const auto& scenario = report["scenarios"][0];
    const auto& row = scenario["figures"][0];
    REQUIRE(row["figure"] == "RTO p95");
    risen += row["after"].get<double>() / row["before"].get<double>() - 1;
    if (outcome.code != 1 || row["state"] != "worse") continue;
    REQUIRE(row["because"].size() == 1);
    const auto& change = scenario["changes"][row["because"][0]["change"].get<std::size_t>()];
    if (change["line"] == line && change["file"].get<std::string>().ends_with("redis.json"))
      ++found;
  }
  // Of so many a p95 is still known to half a percent or so only: 5 % is what they rose on average.
  CHECK(risen / comparisons == Approx(0.05).margin(0.003));
  CHECK(found >= 19);
}

}  // namespace drdrill::test
