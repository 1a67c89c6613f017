#include <algorithm>
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/utf8.hpp"
#include "sim/drill/checklist.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> lists{"scenarios", "faults",  "actions",   "components",
                                     "probes",    "formats", "parameters"};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

Json actions() {
  return Json::parse(drdrill({"list", "actions", "--json"}).out);
}

bool some_action_says(const std::string& words) {
  const Json all = actions();
  return std::any_of(all.begin(), all.end(), [&](const Json& row) {
    return contains(row["in_a_step"].get<std::string>() + " " + row["meaning"].get<std::string>(),
                    words);
  });
}

}  // namespace

TEST_CASE("every list is a table with a line a row, and the same as JSON") {
  for (const std::string& name : lists) {
    CAPTURE(name);
    const Outcome table = drdrill({"list", name});
    CHECK(table.code == 0);
    const Outcome json = drdrill({"list", name, "--json"});
    REQUIRE(json.code == 0);
    const auto rows = Json::parse(json.out);
    CHECK(lines_of(table.out).size() == rows.size() + 1);
    CHECK_FALSE(rows.empty());
  }
}

TEST_CASE("on a terminal every list fits its width and loses no word") {
  for (const std::string& name : lists) {
    const Json rows = Json::parse(drdrill({"list", name, "--json"}).out);
    for (const std::size_t width : {80U, 120U}) {
      CAPTURE(name, width);
      const Outcome outcome = drdrill({"list", name}, width);
      CHECK(outcome.code == 0);
      for (const std::string& line : lines_of(outcome.out)) {
        CAPTURE(line);
        CHECK(reports::columns(line) <= width);
        CHECK((line.empty() || line.back() != ' '));
      }
      const auto printed = words_of(outcome.out);
      const std::set<std::string> words(printed.begin(), printed.end());
      for (const Json& row : rows)
        for (const auto& cell : row)
          for (const std::string& word : words_of(cell.get<std::string>())) {
            CAPTURE(word);
            CHECK(words.count(word) == 1);
          }
    }
  }
}

TEST_CASE("on a terminal rows that begin alike share a paragraph") {
  const auto lines = lines_of(drdrill({"list", "components"}, 80).out);
  CHECK(std::count(lines.begin(), lines.end(), "postgres") == 1);
  CHECK(std::count(lines.begin(), lines.end(), "  workloads       postgres-primary") == 1);
  CHECK(std::count(lines.begin(), lines.end(), "  workloads       postgres-replica") == 1);
}

TEST_CASE("the list of actions has every member and word that a step of a runbook may have") {
  const Json step =
      Json::parse(drdrill({"schema", "runbook"}).out)["definitions"]["step"]["properties"];
  REQUIRE(step.size() > 5);
  for (const auto& [key, schema] : step.items()) {
    CAPTURE(key);
    CHECK((key == "id" || some_action_says("\"" + key + "\"")));
    if (key == "wait_for" || !schema.contains("enum")) continue;
    for (const Json& word : schema["enum"]) {
      CAPTURE(word);
      CHECK((!word.is_string() || some_action_says(word.get<std::string>())));
    }
  }
  CHECK(some_action_says("\"run\": \"kubectl …\""));
}

TEST_CASE("the parameters that no run depended on are listed with the reason they are kept") {
  const Json rows =
      Json::parse(drdrill({"list", "parameters", "node-failure", "--unexercised", "--json"}).out);
  std::set<std::string> names;
  for (const Json& row : rows) names.insert(row["parameter"].get<std::string>());
  CHECK(names.count("postgres.dump_rate") == 1);   // no dump is taken in that drill
  CHECK(names.count("kubernetes.api_call") == 0);  // but kubectl is called
  CHECK(names.count("redis.cluster_node_timeout") == 1);
  for (const Json& row : rows)
    if (row["parameter"] == "postgres.dump_rate")
      CHECK_FALSE(row["kept_because"].get<std::string>().empty());
  CHECK(drdrill({"list", "faults", "--unexercised"}).code == 64);
  CHECK(drdrill({"list", "parameters", "node-failure"}).code == 64);
  CHECK(drdrill({"list", "parameters", "no-such", "--unexercised"}).code == 64);
}

TEST_CASE("the list of probes has the items of the checklists") {
  const Json rows = Json::parse(drdrill({"list", "probes", "--json"}).out);
  for (const ChecklistRow& item : checklist_table)
    CHECK(std::any_of(rows.begin(), rows.end(), [&](const Json& row) {
      return row["probe"] == std::string(item.id) && row["asks"] == std::string(item.question);
    }));
}

}  // namespace drdrill::test
