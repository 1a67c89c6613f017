#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {
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
  for (const std::string kind :
       {"scenario", "platform", "runbook", "parameters", "report", "validation"})
    CHECK(nlohmann::json::parse(drdrill({"schema", kind}).out).contains("$schema"));
}

TEST_CASE("a file with mistakes is answered with all of them and nothing is run") {
  const Folder folder;
  const std::string file = folder / "bad.json";
  std::ofstream(file) << "{\n  \"name\": \"bad\",\n  \"horizon\": \"5 minuts\"\n}\n";
  for (const std::string command : {"run", "check"}) {
    const Outcome outcome = drdrill({command, file});
    CAPTURE(command, outcome.err);
    CHECK(outcome.code == 64);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, file + ":3:"));
    CHECK(contains(outcome.err, "mistakes, nothing was run\n"));
  }
}

TEST_CASE("a mistake that several scenarios share is told once") {
  const Outcome outcome =
      drdrill({"run", "node-failure", "database-failover", "--set", "/platform/load/meetings=-1"});
  CAPTURE(outcome.err);
  CHECK(outcome.code == 64);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "\n1 mistake, nothing was run\n"));
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
  const Folder folder;
  const std::string file = folder / "journal.json";
  const Outcome run = drdrill({"run", "node-failure", "--report", "journal=" + file});
  const Outcome judged = drdrill({"judge", file});
  CHECK(run.code < 5);
  CHECK(judged.code == run.code);
  CHECK(judged.out == run.out);
  CHECK(drdrill({"judge", file, "--report", "journal=-"}).out ==
        drdrill({"run", "node-failure", "--report", "journal=-"}).out);
}

TEST_CASE("a stored journal knows the settings of its run, so its command repeats the run") {
  const Folder folder;
  const std::string file = folder / "journal.json";
  const std::vector<std::string> run{
      "run", "node-failure", "--set", "/platform/load/meetings=2", "--set", "/title=two of them"};
  auto with_journal = run;
  with_journal.insert(with_journal.end(), {"--report", "journal=" + file});
  const std::string out = drdrill(with_journal).out;
  CHECK(contains(out, " --set /platform/load/meetings=2 --set '/title=two of them'\n"));
  CHECK(drdrill({"judge", file}).out == out);
}

}  // namespace drdrill::test
