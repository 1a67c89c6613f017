#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

const std::string redis = "scenarios/validation/redis.json";

/// The shipped comparisons of Redis with one piece of their text replaced, in a folder of their own
/// that leads to the files that they name.
class Changed {
 public:
  Changed(const std::string& find, const std::string& with) {
    namespace fs = std::filesystem;
    fs::create_directory(folder_ / "validation");
    for (const std::string name : {"validation/scenarios", "validation/platforms", "parameters"})
      fs::create_directory_symlink(fs::absolute("scenarios/" + name), folder_ / name);
    std::string text = contents(redis);
    const auto at = text.find(find);
    REQUIRE(at != std::string::npos);
    text.replace(at, find.size(), with);
    std::ofstream(path()) << text;
  }

  std::string path() const { return folder_ / "validation/changed.json"; }

 private:
  Folder folder_;
};

nlohmann::json rows_of(const std::vector<std::string>& arguments) {
  return nlohmann::json::parse(drdrill(arguments).out)["rows"];
}

}  // namespace

TEST_CASE("a comparison that agrees is exit 0, with one row each and a line that counts them") {
  const Outcome outcome = drdrill({"validate", redis});
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(contains(outcome.out, "ok  Redis, timeout 5 s: SIGKILL until writes go on"));
  CHECK(contains(outcome.out, "7.83 s (6.06 to 8.55; n 16)"));
  CHECK(contains(outcome.out, "  OK  12 rows: 12 ok, 0 outside, 0 not comparable\n"));
}

TEST_CASE("a figure that the model does not give is exit 1 and says why") {
  const Changed wrong("\"7.83s\", \"min\": \"6.06s\", \"max\": \"8.55s\"",
                      "\"17.8s\", \"min\": \"16.1s\", \"max\": \"18.6s\"");
  const Outcome outcome = drdrill({"validate", wrong.path(), "--replications", "100"});
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.code == 1);
  CHECK(contains(outcome.out, "OUTSIDE  Redis, timeout 5 s: SIGKILL"));
  CHECK(contains(outcome.out, "the median lies outside of 95 % of the runs"));
}

TEST_CASE("a timer of another length moves the prediction, and the comparison fails") {
  const Changed longer("cluster_node_timeout=15s", "cluster_node_timeout=30s");
  const auto rows = rows_of(
      {"validate", longer.path(), "--replications", "400", "--report", "json=-", "--quiet"});
  CHECK(rows[0]["verdict"] == "outside");
  CHECK(rows[0]["predicted"]["low"] > 30);
  CHECK(rows[1]["verdict"] == "ok");
}

TEST_CASE("mistakes in a comparison are told with their places, and nothing is run") {
  const Changed wrong("\"fault\": \"kill\"", "\"fault\": \"kil\"");
  const Outcome outcome = drdrill({"validate", wrong.path()});
  CAPTURE(outcome.err);
  CHECK(outcome.code == 64);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "/measure/from/fault: there is no fault \"kil\"; did you mean"));
  CHECK(drdrill({"check", wrong.path()}).code == 64);
  CHECK(drdrill({"check", redis}).code == 0);
  CHECK(drdrill({"validate", "nowhere.json"}).code == 64);
  CHECK(drdrill({"validate", "scenarios/node-failure.json"}).code == 64);
  CHECK(drdrill({"validate", redis, "--replications", "0"}).code == 64);
  CHECK(drdrill({"validate", redis, "--report", "journal=-"}).code == 64);
}

TEST_CASE("the same seed gives the same bytes, another one does not") {
  const auto with_seed = [](const std::string& seed) {
    return drdrill(
               {"validate", redis, "--replications", "30", "--report", "json=-", "--seed", seed})
        .out;
  };
  CHECK(with_seed("3") == with_seed("3"));
  CHECK(with_seed("3") != with_seed("4"));
}

TEST_CASE("every format of a validation names every row") {
  for (const std::string format : {"text", "json", "markdown", "junit"}) {
    const std::string out = drdrill({"validate", redis, "scenarios/validation/not-comparable.json",
                                     "--replications", "20", "--report", format + "=-"})
                                .out;
    CAPTURE(format, out);
    CHECK(contains(out, "Redis, timeout 15 s: lost link until FAIL"));
    CHECK(contains(out, "Patroni, leader killed: until a promotion"));
    CHECK(contains(out, "ttl is not told"));
  }
}

TEST_CASE("on a narrow terminal the figures go below what they are about") {
  const Outcome outcome = drdrill({"validate", "scenarios/validation/not-comparable.json"}, 72);
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.size() <= 72 + 6);  // bytes: a few characters take more than one
  }
  CHECK(contains(outcome.out, "measured 10 to 20 s, predicted not comparable"));
}

}  // namespace drdrill::test
