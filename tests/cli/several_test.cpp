#include <catch2/catch.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

const std::vector<std::string> six{"node-failure",      "node-failure-corrected",
                                   "database-failover", "database-failover-corrected",
                                   "network-partition", "network-partition-corrected"};

std::vector<std::string> run_six(std::initializer_list<std::string> options) {
  std::vector<std::string> arguments{"run"};
  arguments.insert(arguments.end(), six.begin(), six.end());
  arguments.insert(arguments.end(), options);
  return arguments;
}

/// The line of the table that begins with the scenario's name.
std::string row_of(const std::string& out, const std::string& scenario) {
  const std::string table = out.substr(out.rfind("\n  scenario "));
  const auto begin = table.find("\n  " + scenario + " ");
  return begin == std::string::npos ? ""
                                    : table.substr(begin + 1, table.find('\n', begin + 1) - begin);
}

}  // namespace

TEST_CASE("several scenarios give each its report and then a table of all") {
  const Outcome all = drdrill(run_six({}));
  CHECK(all.err.empty());
  std::string expected;
  int worst = 0;
  constexpr int weights[] = {0, 2, 1, 3, 4};
  for (const std::string& scenario : six) {
    CAPTURE(scenario);
    const Outcome alone = drdrill({"run", scenario});
    REQUIRE(alone.code <= 4);
    if (weights[alone.code] > weights[worst]) worst = alone.code;
    expected += alone.out + "\n";
    const std::string names[] = {"PASS", "FAIL", "INCONCLUSIVE", "ABORTED", "RESIDUE"};
    CHECK(contains(row_of(all.out, scenario), " " + names[alone.code] + " "));
  }
  CHECK(all.out.substr(0, expected.size()) == expected);
  CHECK(all.code == worst);
}

TEST_CASE("a wrong option for several scenarios is told once") {
  const Outcome outcome = drdrill(run_six({"--sede", "7"}));
  CHECK(outcome.code == 64);
  CHECK(outcome.out.empty());
  CHECK(outcome.err ==
        "drdrill: there is no option \"--sede\"; did you mean \"--seed\"?\n"
        "drdrill --help shows what there is\n");
}

TEST_CASE("one scenario with a mistake keeps all of them from running") {
  const Folder folder;
  std::ofstream(folder / "bad.json") << "{\"name\": \"bad\", \"horizon\": 1}";
  const Outcome outcome = drdrill({"run", "node-failure", folder / "bad.json", "--report",
                                   "json=" + (folder / "{scenario}.json")});
  CHECK(outcome.code == 64);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "nothing was run\n"));
  CHECK(folder.files() == 1);
}

TEST_CASE("each of several scenarios has reports of its own") {
  const Folder folder;
  const Outcome outcome = drdrill({"run", "node-failure", "node-failure-corrected", "--quiet",
                                   "--report", "json=" + (folder / "{scenario}.json")});
  CHECK(outcome.code <= 4);
  CHECK(outcome.out.empty());
  for (const std::string scenario : {"node-failure", "node-failure-corrected"})
    CHECK(contents(folder / (scenario + ".json")) ==
          drdrill({"run", scenario, "--report", "json=-"}).out);
  CHECK(folder.files() == 2);
}

}  // namespace drdrill::test
