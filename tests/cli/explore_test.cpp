#include <algorithm>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

constexpr const char* missed = "✗";  // beside an objective

std::vector<std::string> scenarios_in(const Folder& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder / ""))
    if (!entry.path().string().ends_with("-platform.json")) out.push_back(entry.path().string());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("what explore writes is sound, and running it misses the same target") {
  const Folder folder;
  const std::string scenario = "scenarios/lab/redis-killed.json";
  CHECK_FALSE(contains(drdrill({"run", scenario, "--seed", "3"}).out, missed));
  const auto found = drdrill({"explore", scenario, "--seed", "3", "--only", "zone-loss",
                              "--together", "1", "-o", folder / ""});
  CHECK(found.code == 1);
  CHECK(found.err.empty());
  CHECK(contains(found.out, "BREAKS"));
  CHECK(contains(found.out, "complete"));
  const auto files = scenarios_in(folder);
  REQUIRE_FALSE(files.empty());
  for (const std::string& file : files) {
    CHECK(contains(found.out, file));
    CHECK(drdrill({"check", file}).code == 0);
    const auto again = drdrill({"run", file, "--seed", "3"});
    CHECK(again.code == 1);
    CHECK(contains(again.out, missed));
    CHECK(contains(contents(file), "\"zone-loss\""));
  }
  CHECK(drdrill({"explore", scenario, "-o", folder / ""}).code == 64);
}

TEST_CASE("a platform that is worse off is written beside the scenario") {
  const Folder folder;
  // Half a minute is enough for a standby that streams, not for one that is two minutes behind.
  std::string text = contents("scenarios/lab/postgres-killed.json");
  const auto replace = [&](const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    text.replace(at, what.size(), by);
  };
  replace("../platforms/lab.json",
          std::filesystem::absolute("scenarios/platforms/lab.json").string());
  replace(R"("rpo": "15m")", R"("rpo": "30s")");
  const std::string scenario = folder / "mine.json";
  std::ofstream(scenario) << text;
  const auto found =
      drdrill({"explore", scenario, "--only", "lag", "--together", "1", "-o", folder / "found"});
  CHECK(found.code == 1);
  CHECK(contains(found.out, "postgres.rpo"));
  const std::string file = folder / "found/postgres-killed-explored-01-replicas-2m-00s-behind";
  CHECK(contains(contents(file + ".json"), "\"postgres.rpo\""));
  CHECK(contains(contents(file + "-platform.json"), "based_on"));
  CHECK(drdrill({"check", file + ".json", file + "-platform.json"}).code == 0);
  CHECK_FALSE(contains(drdrill({"run", scenario}).out, missed));
  CHECK(contains(drdrill({"run", file + ".json"}).out, missed));
}

TEST_CASE("settings are in what explore writes, and several replications may miss a target") {
  const Folder folder;
  // With a second of cluster-node-timeout a lost zone is noticed soon, and breaks it all the same.
  const std::vector<std::string> words{"explore",
                                       "scenarios/lab/redis-killed.json",
                                       "--set",
                                       "/platform/parameters/redis.cluster_node_timeout=5s",
                                       "--set",
                                       "/objectives/0/rto=4m",
                                       "--only",
                                       "zone-loss",
                                       "--together",
                                       "1",
                                       "--replications",
                                       "2",
                                       "-o",
                                       folder / ""};
  const auto found = drdrill(words);
  CAPTURE(found.out, found.err);
  CHECK(found.code == 1);
  const auto files = scenarios_in(folder);
  REQUIRE_FALSE(files.empty());
  CHECK(contains(contents(files.front()), "\"4m\""));
  const std::string platform = files.front().substr(0, files.front().size() - 5) + "-platform.json";
  CHECK(contains(contents(platform), "\"5s\""));
  CHECK(drdrill({"check", files.front(), platform}).code == 0);
  CHECK(contains(drdrill({"run", files.front()}).out, missed));
}

TEST_CASE(
    "explore says when nothing breaks, the same on any number of threads, and refuses nonsense") {
  const std::string scenario = "scenarios/lab/redis-killed.json";
  const auto holds = drdrill({"explore", scenario, "--only", "certificate-expiry"});
  CHECK(holds.code == 0);
  CHECK(contains(holds.out, "HOLDS"));
  // As documented, the region does not come back: there is nothing to break.
  const auto nothing = drdrill({"explore", "region-failover", "--only", "certificate-expiry"});
  CHECK(nothing.code == 1);
  CHECK(contains(nothing.out, "NOTHING HELD"));
  CHECK_FALSE(contains(nothing.out, "HOLDS"));
  const auto as_json = [&](const std::string& threads) {
    return drdrill(
        {"explore", scenario, "--only", "zone-loss", "--report", "json=-", "--threads", threads});
  };
  CHECK(as_json("1").out == as_json("2").out);
  CHECK(contains(as_json("1").out, "\"drdrill-explore-1\""));
  CHECK(contains(drdrill({"explore", scenario, "--only", "zone-los"}).err, "zone-loss"));
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"explore"},
                                                {"explore", scenario, "--only", "zone-los"},
                                                {"explore", scenario, "--budget", "0"},
                                                {"explore", scenario, "--together", "9"},
                                                {"explore", scenario, "--lasts", "soon"},
                                                {"explore", scenario, "--report", "xml=-"}})
    CHECK(drdrill(wrong).code == 64);
}

}  // namespace drdrill::test
