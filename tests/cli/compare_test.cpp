#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/compare_drill.hpp"

namespace drdrill::test {
namespace {

/// Few replications: what differs is large.
class Drill : public ComparedDrill {
 public:
  Outcome compare(std::vector<std::string> more) const {
    more.insert(more.end(), {"--replications", "32"});
    return ComparedDrill::compare(more);
  }
};

const std::string longer = "\"redis.cluster_node_timeout\": {\n      \"value\": \"20s\"";

}  // namespace

TEST_CASE("versions that differ in words alone are not run, and hold") {
  Drill drill;
  drill.change("scenarios/redis-killed.json", "vanishes", "is gone");
  const Outcome outcome = drill.compare({});
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "0 worse, 0 better, 0 the same; 0 of 1 scenario changed"));
}

TEST_CASE("a longer timer is worse, and among other changes the line that did it is named") {
  Drill drill;
  const int line = drill.change("parameters/redis.json", redis_timeout, longer);
  drill.change("scenarios/redis-killed.json", "\"stable_for\": \"5s\"", "\"stable_for\": \"6s\"");
  drill.change("platforms/lab.json", "\"memory\": \"4Gi\"", "\"memory\": \"8Gi\"");
  const std::string waivers = drill / "waivers.json";
  std::ofstream(waivers) << R"({"waivers": [{"component": "redis", "reason": "larger cluster",
                                             "expires": "2026-12-31"}]})";
  const Outcome outcome = drill.compare(
      {"--report", "json=" + (drill / "out.json"), "--report", "sarif=" + (drill / "out.sarif"),
       "--report", "junit=" + (drill / "out.xml"), "--report", "markdown=" + (drill / "out.md")});
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.code == 1);
  CHECK(contains(outcome.out, "worse  redis RTO p95"));

  const auto report = nlohmann::json::parse(contents(drill / "out.json"));
  const auto& scenario = report["scenarios"][0];
  REQUIRE(scenario["changes"].size() == 3);
  const auto& row = scenario["figures"][0];
  CHECK(row["figure"] == "RTO p95");
  CHECK(row["after"].get<double>() > row["before"].get<double>() + 4);
  REQUIRE(row["because"].size() == 1);
  const auto& change = scenario["changes"][row["because"][0]["change"].get<std::size_t>()];
  CHECK(change["pointer"] == "/parameters/redis.cluster_node_timeout/value");
  CHECK(change["line"] == line + 1);
  CHECK(change["after"] == "\"20s\"");

  const auto sarif = nlohmann::json::parse(contents(drill / "out.sarif"));
  const auto& place = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
  CHECK(sarif["version"] == "2.1.0");
  CHECK(place["region"]["startLine"] == line + 1);
  CHECK(contains(place["artifactLocation"]["uri"], "parameters/redis.json"));
  CHECK(contains(contents(drill / "out.xml"), "<failure message=\""));
  CHECK(contains(contents(drill / "out.md"), "| **worse** | redis-killed | redis RTO p95 |"));

  CHECK(drill.compare({"--waivers", waivers, "--today", "2026-12-31"}).code == 0);
  CHECK(drill.compare({"--waivers", waivers, "--today", "2027-01-01"}).code == 1);
}

TEST_CASE("asking for less is worse, at the line that does it, and is no way to pass") {
  Drill drill;
  drill.change("parameters/redis.json", redis_timeout, longer);
  const int line = drill.change("scenarios/redis-killed.json", "\"rto\": \"", "\"rto\": \"1");
  const Outcome outcome = drill.compare({"--report", "json=" + (drill / "out.json")});
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.code == 1);
  CHECK(contains(outcome.out, "redis RTO target"));
  const auto figures =
      nlohmann::json::parse(contents(drill / "out.json"))["scenarios"][0]["figures"];
  CHECK(figures[0]["figure"] == "RTO target");
  CHECK(figures[0]["state"] == "worse");
  CHECK(contains(outcome.out, "redis-killed.json:" + std::to_string(line)));
}

TEST_CASE("a parameter that no run depends on needs no runs") {
  Drill drill;
  drill.change("parameters/dns.json", "\"median\": \"0.5s\"", "\"median\": \"0.6s\"");
  const Outcome outcome = drill.compare({});
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "does not depend on what changed, in any of its first 32"));
}

TEST_CASE("waivers name what they cover, and scenarios that there are") {
  Drill drill;
  drill.change("parameters/redis.json", redis_timeout, longer);
  const std::string file = drill / "waivers.json";
  const auto refused = [&](const std::string& waiver, const std::string& why) {
    std::ofstream(file) << R"({"waivers": [{"reason": "r", )" + waiver + "}]}";
    const Outcome outcome = drill.compare({"--waivers", file});
    CAPTURE(outcome.err);
    CHECK(outcome.code == 64);
    CHECK(contains(outcome.err, why));
  };
  refused(R"("expires": "2026-12-31")", "a waiver of everything");
  refused(R"("expires": "2026-02-30", "component": "redis")", "expected a day");
  refused(R"("expires": "9999-12-31", "scenario": "redis-kiled")", "redis-killed");
  std::ofstream(file) << R"({"waivers": [{"reason": "r", "expires": "9999-12-31",
                              "scenario": "redis-killed"}]})";
  CHECK(drill.compare({"--waivers", file}).code == 0);
}

TEST_CASE("a baseline stands for the files that it was made of") {
  Drill drill;
  const std::string kept = drill / "baseline.json";
  const std::string base = drill / "base/scenarios", head = drill / "head/scenarios";
  CHECK(drdrill({"compare", base, "--write-baseline", kept, "--replications", "32"}).code == 0);
  CHECK(drdrill({"compare", head, "--baseline", kept}).code == 0);
  drill.change("parameters/redis.json", redis_timeout, longer);
  const Outcome from_kept = drdrill({"compare", head, "--baseline", kept, "--report", "json=-"});
  const Outcome from_files = drill.compare({"--report", "json=-"});
  CHECK(from_kept.code == 1);
  const auto rows = [](const Outcome& outcome) {
    return nlohmann::json::parse(outcome.out)["scenarios"][0]["figures"];
  };
  CHECK(rows(from_kept) == rows(from_files));

  // Other models made it: its files are run again, and give the same, whatever was kept.
  std::string text = contents(kept);
  text.replace(text.find("\"models\": \""), 12, "\"models\": \"x");
  text.replace(text.find("\"rto\": [") + 8, 1, "9");
  std::ofstream(kept) << text;
  const Outcome again = drdrill({"compare", head, "--baseline", kept, "--report", "json=-"});
  CHECK(rows(again) == rows(from_files));
  CHECK(contains(again.out, "run again: it was made with the models x"));
  CHECK(drdrill({"compare", head, "--baseline", drill / "none.json"}).code == 64);
}

TEST_CASE("a scenario that is gone fails, and what cannot be compared is refused") {
  Drill drill;
  std::filesystem::copy(drill / "base/scenarios/redis-killed.json",
                        drill / "base/scenarios/another.json");
  const Outcome outcome = drill.compare({});
  CHECK(outcome.code == 1);
  CHECK(contains(outcome.out, "another  gone"));
  CHECK(drdrill({"compare"}).code == 64);
  CHECK(drdrill({"compare", "no-such-revision", "HEAD"}).code == 64);
  const std::string platform = drill / "base/platforms/lab.json";
  CHECK(contains(drdrill({"compare", platform, platform}).err, "--scenario"));
  CHECK(drdrill({"compare", platform, drill / "head/platforms/lab.json", "--scenario",
                 drill / "base/scenarios/redis-killed.json"})
            .code == 0);
}

}  // namespace drdrill::test
