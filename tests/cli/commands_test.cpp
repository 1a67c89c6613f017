#include <algorithm>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

std::string temporary(const std::string& name) {
  return (std::filesystem::temp_directory_path() /
          ("drdrill-cli-" + std::to_string(::getpid()) + "-" + name))
      .string();
}

}  // namespace

TEST_CASE("every list is a table, and the same as JSON") {
  for (const std::string name :
       {"scenarios", "faults", "actions", "components", "probes", "formats", "parameters"}) {
    CAPTURE(name);
    const Outcome table = drdrill({"list", name});
    CHECK(table.code == 0);
    const Outcome json = drdrill({"list", name, "--json"});
    REQUIRE(json.code == 0);
    const auto rows = nlohmann::json::parse(json.out);
    CHECK(static_cast<std::size_t>(std::count(table.out.begin(), table.out.end(), '\n')) ==
          rows.size() + 1);
    CHECK_FALSE(rows.empty());
  }
}

TEST_CASE("every parameter is listed with the line that sets it") {
  for (const auto& row : nlohmann::json::parse(drdrill({"list", "parameters", "--json"}).out)) {
    const std::string place = row["place"];
    const std::size_t colon = place.rfind(':');
    std::ifstream file(place.substr(0, colon));
    std::string line;
    for (int n = std::stoi(place.substr(colon + 1)); n > 0; --n) std::getline(file, line);
    const std::string id = row["parameter"];
    CAPTURE(id, place, line);
    CHECK(contains(line, id));
  }
}

TEST_CASE("schemas are JSON") {
  for (const std::string kind : {"scenario", "platform", "runbook", "parameters", "report"})
    CHECK(nlohmann::json::parse(drdrill({"schema", kind}).out).contains("$schema"));
}

TEST_CASE("a file with mistakes is answered with all of them and nothing is run") {
  const std::string file = temporary("bad.json");
  std::ofstream(file) << "{\n  \"name\": \"bad\",\n  \"horizon\": \"5 minuts\"\n}\n";
  for (const std::string command : {"run", "check"}) {
    const Outcome outcome = drdrill({command, file});
    CAPTURE(command, outcome.err);
    CHECK(outcome.code == 64);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, file + ":3:"));
    CHECK(contains(outcome.err, "mistakes, nothing was run\n"));
  }
  std::filesystem::remove(file);
}

TEST_CASE("shipped scenarios have no mistakes") {
  const Outcome outcome =
      drdrill({"check", "node-failure", "database-failover", "network-partition"});
  CAPTURE(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "3 files, no mistakes\n");
}

TEST_CASE("the same seed gives the same bytes and another seed does not") {
  const std::vector<std::string> arguments{"run", "node-failure", "--report", "json=-", "--seed"};
  const auto with_seed = [&](const std::string& seed) {
    auto all = arguments;
    all.push_back(seed);
    return drdrill(all).out;
  };
  CHECK_FALSE(with_seed("7").empty());
  CHECK(with_seed("7") == with_seed("7"));
  CHECK(with_seed("7") != with_seed("8"));
}

TEST_CASE("a stored journal is judged as the run that wrote it was") {
  const std::string file = temporary("journal.json");
  const Outcome run = drdrill({"run", "node-failure", "--report", "journal=" + file});
  const Outcome judged = drdrill({"judge", file});
  CHECK(run.code < 5);
  CHECK(judged.code == run.code);
  CHECK(judged.out == run.out);
  CHECK(drdrill({"judge", file, "--report", "journal=-"}).out ==
        drdrill({"run", "node-failure", "--report", "journal=-"}).out);
  std::filesystem::remove(file);
}

}  // namespace drdrill::test
