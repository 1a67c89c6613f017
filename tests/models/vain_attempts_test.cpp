#include <cmath>
#include <sstream>

#include <catch2/catch.hpp>

#include "models/retries.hpp"
#include "reports/writers.hpp"
#include "tests/models/drilling.hpp"
#include "tests/models/scaled_platform.hpp"

using namespace drdrill;

namespace {

struct Outcome {
  std::string journal;  // all of it, but for the fingerprint of its events
  std::uint64_t events = 0;
};

class Rehearsal {
 public:
  Rehearsal(const LoadedScenario& loaded, Retries retries)
      : loaded_(loaded), world_(loaded.platform, loaded.scenario.start, retries) {}

  Outcome run(std::uint64_t seed) {
    world_.reset(seed, 0);
    runner_.run(loaded_.scenario, world_, {seed, 0, nullptr}, journal_);
    journal_.fingerprint = 0;
    const Judgement judgement = judge(journal_);
    Report report;
    report.journal = &journal_;
    report.judgement = &judgement;
    std::ostringstream out;
    find_writer("journal")->write(report, out, {});
    return {out.str(), world_.events()};
  }

 private:
  const LoadedScenario& loaded_;
  SimulatedWorld world_;
  DrillRunner runner_;
  Journal journal_;
};

struct Case {
  const char* name;
  std::vector<Setting> settings;
};

/// What changes while people find nothing: where DNS sends them and when they learn of it, whether
/// they are refused or hear nothing, certificates, stores that come and go.
const std::vector<Case> cases{
    {"region-failover", {{"/horizon", "1h", ""}}},
    {"region-failover-corrected", {{"/horizon", "2h", ""}}},
    {"region-failover-corrected",
     {{"/horizon", "2h", ""},
      {"/platform/parameters/dns.stretching_share", "0", ""},
      {"/platform/load/churn_per_hour", "0.5", ""},
      {"/platform/clusters/dr/node_pools/warm/autoscale/max", "6", ""}}},
    {"redis-full-recovery-corrected", {}},
    {"postgres-primary-failure", {}},
    {"node-failure-corrected",
     {{"/faults",
       R"([{"id": "expired", "fault": "certificate-expiry", "target": "name/api.gomeet.com", "after": "10s"}])",
       ""}}},
};

}  // namespace

TEST_CASE("attempts in vain that are made up for leave the same journal as events for each",
          "[many]") {
  for (const Case& each : cases) {
    const LoadedScenario loaded = test::load(each.name, each.settings);
    Rehearsal made_up_for(loaded, Retries::made_up_for);
    Rehearsal one_by_one(loaded, Retries::one_by_one);
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      INFO(each.name << ", seed " << seed);
      const Outcome fewer = made_up_for.run(seed);
      const Outcome all = one_by_one.run(seed);
      REQUIRE(fewer.journal == all.journal);
      CHECK(fewer.events <= all.events);
    }
  }
}

TEST_CASE("people who find nothing for longer cost no more events") {
  const LoadedScenario brief = test::load("region-failover", {{"/horizon", "1h", ""}});
  const LoadedScenario longer = test::load("region-failover", {{"/horizon", "4h", ""}});
  const auto events = [](const LoadedScenario& loaded, Retries retries) {
    return Rehearsal(loaded, retries).run(1).events;
  };
  CHECK(events(longer, Retries::made_up_for) < events(brief, Retries::made_up_for) * 5 / 4);
  CHECK(events(longer, Retries::one_by_one) > events(brief, Retries::one_by_one) * 2);
}

// The documented failover: nobody gets back, whatever the size of the second region.
TEST_CASE("ten times the participants are no more than n log n times the events") {
  const auto events = [](int participants) {
    const LoadedScenario loaded = test::scaled("large/region-failover-50k", participants);
    return static_cast<double>(Rehearsal(loaded, Retries::made_up_for).run(1).events);
  };
  const double few = events(500);
  const double many = events(5'000);
  CHECK(many <= few * 10 * std::log(5'000) / std::log(500));
  CHECK(many >= few);
}
