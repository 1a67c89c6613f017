#include "sim/audit/disasters.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "scenarios/loader.hpp"
#include "scenarios/procedures/import.hpp"
#include "sim/audit/rehearsal.hpp"

using namespace drdrill;

namespace {

const PlatformSpec& gomeet() {
  static const PlatformSpec platform = load_platform("scenarios/platforms/gomeet-500.json", {}, {});
  return platform;
}

/// "node-loss node/pool-postgres-1", or why there is none.
std::string disaster_under(const std::string& headings) {
  Problems problems;
  audit::Input input;
  input.documents.push_back(
      procedures::import_text(headings + "\n```bash\nkubectl get pods\n```\n", "doc.md", problems));
  input.platform = &gomeet();
  const audit::Look look(input);
  const audit::Disaster disaster = disaster_of(look, look.procedures.front());
  if (disaster.faults.empty()) return disaster.none;
  const FaultSpec& fault = disaster.faults.front();
  return fault.catalog_id + " " + to_string(fault.effect.target);
}

}  // namespace

TEST_CASE("headings say which disaster a procedure is against, the nearest first") {
  CHECK(disaster_under("# DR\n## PostgreSQL primary failure") == "node-loss node/pool-postgres-1");
  CHECK(disaster_under("# Database and region recovery\n## Redis master failure") ==
        "node-loss node/pool-redis-1");
  CHECK(disaster_under("# DR\n## Redis cluster failure\n### Master node failure") ==
        "node-loss node/pool-redis-1");
  CHECK(disaster_under("# DR\n## Multi-region failover") == "region-loss region/singapore");
  CHECK(disaster_under("# DR\n## Lost availability zone") == "zone-loss zone/singapore-1");
  CHECK(disaster_under("# DR\n## Point-in-time recovery") == "bad-statement pod/postgres-primary");
  CHECK(disaster_under("# DR\n## Database restore from backup") ==
        "data-loss pod/postgres-primary");
  CHECK(disaster_under("# DR\n## Storage volume of Redis lost") == "data-loss pod/redis-master");
  CHECK(disaster_under("# DR\n## Expired TLS certificate") ==
        "certificate-expiry name/api.gomeet.com");
  CHECK(disaster_under("# DR\n## Network partition of the SFU") == "partition node/pool-sfu-1");
  CHECK(disaster_under("# DR\n## Full Redis cluster recovery") == "data-loss pod/redis-master");
  CHECK(disaster_under("# DR\n## Rapid recovery of the API") == "node-loss node/pool-api-1");
}

TEST_CASE("a disaster that no model has is said to be none") {
  CHECK(disaster_under("# DR\n## Namespace deleted by mistake") ==
        "no model has a deleted namespace");
  CHECK(disaster_under("# DR\n## Lost sealed secrets") == "no model has lost secrets");
  CHECK(disaster_under("# DR\n## Rapid recovery") ==
        "its name and its headings name no disaster that a model has");
}

TEST_CASE("somebody who notices begins before the first step, and the order stays") {
  Scenario scenario;
  for (const char* id : {"one", "two", "three"}) {
    Step step;
    step.id = id;
    if (!scenario.runbook.steps.empty())
      step.needs.push_back(static_cast<std::uint32_t>(scenario.runbook.steps.size() - 1));
    step.actor = "on-call";
    scenario.runbook.steps.push_back(step);
  }
  const Scenario made = audit::unalarmed(scenario);
  REQUIRE(made.runbook.steps.size() == 4);
  CHECK(made.runbook.steps[0].id == "somebody-notices");
  CHECK(made.runbook.steps[1].needs == std::vector<std::uint32_t>{0});
  CHECK(made.runbook.steps[2].needs == std::vector<std::uint32_t>{1});
  CHECK(made.runbook.steps[3].needs == std::vector<std::uint32_t>{2});
}

TEST_CASE("here-documents are mended to the version that has the kind") {
  Scenario scenario;
  Step step;
  step.run = "kubectl apply -f - <<EOF\napiVersion: v1\nkind: NetworkPolicy\nEOF";
  scenario.runbook.steps.push_back(step);
  CHECK(audit::mend_versions(scenario));
  CHECK(scenario.runbook.steps[0].run.find("apiVersion: networking.k8s.io/v1\n") !=
        std::string::npos);
  CHECK(!audit::mend_versions(scenario));
}
