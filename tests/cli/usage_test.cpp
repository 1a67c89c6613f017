#include <catch2/catch.hpp>

#include "sim/cli/subcommand.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {

TEST_CASE("help goes to stdout, and each subcommand's has an example") {
  const Outcome overview = drdrill({"--help"});
  CHECK(overview.code == 0);
  CHECK(overview.err.empty());
  for (const cli::Subcommand& subcommand : cli::subcommands()) {
    const std::string name(subcommand.name);
    CAPTURE(name);
    CHECK(contains(overview.out, "  " + name + " ") == !subcommand.summary.empty());
    const Outcome help = drdrill({name, "--help"});
    CHECK(help.code == 0);
    CHECK(contains(help.out, "\n  drdrill " + name + " "));
    CHECK(drdrill({"help", name}).out == help.out);
    for (const cli::OptionRow& option : subcommand.options)
      CHECK(contains(help.out, "--" + std::string(option.name)));
  }
}

TEST_CASE("the version is one line") {
  const Outcome outcome = drdrill({"--version"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.rfind("drdrill 0.", 0) == 0);
}

TEST_CASE("nothing to do is a mistake that shows what there is") {
  const Outcome outcome = drdrill({});
  CHECK(outcome.code == 64);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "drdrill list scenarios"));
}

TEST_CASE("unknown names on the command line are answered with the nearest one") {
  struct Row {
    std::vector<std::string> arguments;
    std::string message;
  };
  const std::vector<Row> rows{
      {{"rnu"}, "there is no command \"rnu\"; did you mean \"run\"?"},
      {{"help", "chekc"}, "did you mean \"check\"?"},
      {{"run", "node-failure", "--sede", "7"},
       "there is no option \"--sede\"; did you mean \"--seed\"?"},
      {{"run", "node-failure", "-x"}, "there is no option \"-x\""},
      {{"run", "node-falure"},
       "there is no scenario \"node-falure\"; did you mean \"node-failure\"?"},
      {{"run", "node-failure", "--world", "simulatd"}, "did you mean \"simulated\"?"},
      {{"run", "node-failure", "--report", "jsn=-"},
       "there is no report format \"jsn\"; did you mean \"json\"?"},
      {{"run", "node-failure", "--log-level", "inof"}, "did you mean \"info\"?"},
      {{"list", "fault"}, "did you mean \"faults\"?"},
      {{"schema", "scenari"}, "did you mean \"scenario\"?"},
  };
  for (const Row& row : rows) {
    const Outcome outcome = drdrill(row.arguments);
    CAPTURE(row.message, outcome.err);
    CHECK(outcome.code == 64);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, row.message));
  }
}

TEST_CASE("options with wrong values say what would be right") {
  struct Row {
    std::vector<std::string> arguments;
    std::string message;
  };
  const std::vector<Row> rows{
      {{"run"}, "run needs a scenario"},
      {{"run", "node-failure", "b"}, "there is no scenario \"b\""},
      {{"run", "node-failure", "database-failover", "--report", "json=out/x.json"},
       "the reports of 2 scenarios cannot all go there; write --report "
       "'json=out/{scenario}-x.json'"},
      {{"run", "node-failure", "database-failover", "--report", "json=-"},
       "write --report 'json={scenario}.json'"},
      {{"run", "node-failure", "node-failure", "--report", "json=/tmp/{scenario}.json"},
       "--report json=/tmp/node-failure.json: two scenarios of the same name would both go there"},
      {{"run", "node-failure", "--seed"}, "--seed needs a value: --seed N"},
      {{"run", "node-failure", "--seed", "-1"}, "--seed"},
      {{"run", "node-failure", "--seed", "1e3"}, "not a whole number"},
      {{"run", "node-failure", "--seed", "18446744073709551616"}, "not a whole number"},
      {{"run", "node-failure", "--seed", "1", "--seed", "2"}, "--seed is given twice"},
      {{"run", "node-failure", "--quiet=yes"}, "--quiet"},
      {{"run", "node-failure", "--set", "horizon"}, "not POINTER=VALUE"},
      {{"run", "node-failure", "--report", "json"}, "no file"},
      {{"check"}, "check needs files"},
      {{"judge"}, "judge needs one journal"},
      {{"list"}, "list needs one thing to list"},
  };
  for (const Row& row : rows) {
    const Outcome outcome = drdrill(row.arguments);
    CAPTURE(row.message, outcome.err);
    CHECK(outcome.code == 64);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, row.message));
  }
}

}  // namespace drdrill::test
