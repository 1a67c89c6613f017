#include <filesystem>

#include <catch2/catch.hpp>

#include "scenarios/loader.hpp"

namespace drdrill {
namespace {

namespace fs = std::filesystem;

void check_folder(const std::string& folder, FileKind kind, int least) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    ++count;
    INFO(entry.path().string());
    const Checked checked = check_file(entry.path().string(), {});
    CHECK(checked.kind == std::optional(kind));
    for (const Problem& problem : checked.problems.all()) FAIL_CHECK(to_string(problem));
  }
  CHECK(count >= least);
}

TEST_CASE("Every shipped file is without a mistake") {
  check_folder("scenarios", FileKind::scenario, 6);
  check_folder("scenarios/runbooks", FileKind::runbook, 6);
  check_folder("scenarios/platforms", FileKind::platform, 1);
  check_folder("scenarios/parameters", FileKind::parameters, 1);
  // Validation files need the models' units: tests/study/validation_test.cpp reads them.
  check_folder("scenarios/validation/scenarios", FileKind::scenario, 6);
  check_folder("scenarios/validation/platforms", FileKind::platform, 2);
}

TEST_CASE("The documented drills end with all three restoring commands, whatever failed before") {
  for (const char* name : {"node-failure", "database-failover", "network-partition"}) {
    const Runbook runbook = load_runbook(std::string("scenarios/runbooks/") + name + ".json");
    INFO(name);
    REQUIRE(runbook.steps.size() >= 4);
    std::vector<std::string> end;
    for (const Step& step : runbook.steps) {
      CHECK(step.on_failure == OnFailure::proceed);
      if (step.phase == Phase::end) end.push_back(step.run);
    }
    REQUIRE(end.size() == 3);
    CHECK(end[0].find("kubectl uncordon $(kubectl get nodes -o "
                      "jsonpath='{.items[0].metadata.name}')") != std::string::npos);
    CHECK(end[1] == "kubectl delete networkpolicy network-partition-drill -n gomeet");
    CHECK(end[2].find("kubectl scale deployment postgres-primary --replicas=1 -n gomeet") !=
          std::string::npos);
  }
}

}  // namespace
}  // namespace drdrill
