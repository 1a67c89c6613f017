#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/cli/harness.hpp"

namespace drdrill::test {

/// Release builds only: it runs every shipped scenario.
TEST_CASE("the table in README is what the command above it prints", "[many]") {
  std::vector<std::string> arguments{"run"};
  for (const auto& entry : std::filesystem::directory_iterator("scenarios"))
    if (entry.path().extension() == ".json") arguments.push_back(entry.path().string());
  std::sort(arguments.begin() + 1, arguments.end());
  arguments.insert(arguments.end(), {"--seed", "20261123"});
  const std::string out = drdrill(arguments).out;
  const std::string table = out.substr(out.rfind("\n  scenario ") + 1);
  INFO("for README.md:\n" << table);
  std::ifstream file("README.md");
  const std::string readme((std::istreambuf_iterator<char>(file)), {});
  CHECK(contains(readme, table));
}

}  // namespace drdrill::test
