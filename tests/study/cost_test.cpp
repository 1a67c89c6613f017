#include <catch2/catch.hpp>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"
#include "sim/drill/platform_cost.hpp"

namespace drdrill {
namespace {

PlatformSpec platform(const std::vector<Setting>& settings = {}) {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  return load_platform("scenarios/platforms/gomeet-500.json", settings, known);
}

double nodes(const PlatformSpec& of) {
  return monthly_cost(of).nodes.value();
}
double backups(const PlatformSpec& of) {
  return monthly_cost(of).backups;
}

}  // namespace

TEST_CASE("nodes cost what the file says, as many as there are or as the pods need") {
  // 30 API, 3 edge, 2 monitoring, 3 PostgreSQL, 6 Redis, 12 SFU, 4 storage; 3 warm ones.
  const double all = 30 * 84 + 3 * 20 + 2 * 84 + 3 * 267 + 6 * 134 + 12 * 334 + 4 * 200 + 3 * 334;
  CHECK(nodes(platform()) == all);
  const std::string replicas = "/clusters/primary/objects/Deployment:livekit-sfu/spec/replicas";
  CHECK(nodes(platform({{replicas, "14", {}}})) == all + 2 * 334);
  CHECK(nodes(platform({{replicas, "8", {}}})) == all);
  PlatformSpec unpriced = platform();
  std::erase_if(unpriced.costs, [](const UnitCost& cost) { return cost.pool == "redis"; });
  CHECK_FALSE(monthly_cost(unpriced).total());
}

TEST_CASE("backups cost what their schedule and their time of keeping add up to") {
  const PlatformSpec as_it_is = platform();
  // 20 GB of databases, 3.6 to 1, thirty dumps; a week of 0.3 MB of WAL a second; 28 snapshots.
  CHECK(bytes_kept(as_it_is, as_it_is.backups[0]) == Approx(30 * 20e9 / 3.6));
  CHECK(bytes_kept(as_it_is, as_it_is.backups[1]) == Approx(7 * 86'400 * 0.3e6));
  CHECK(bytes_kept(as_it_is, as_it_is.backups[2]) == Approx(28 * 0.2e9));
  CHECK(backups(as_it_is) == Approx(0.1 * (30 * 20 / 3.6 + 7 * 86.4 * 0.3 + 28 * 0.2)));
  CHECK(backups(platform({{"/backups/0/schedule", "0 */6 * * *", {}}})) - backups(as_it_is) ==
        Approx(0.1 * 90 * 20 / 3.6));
  CHECK(backups(platform({{"/backups/0/keep", "60d", {}}})) - backups(as_it_is) ==
        Approx(0.1 * 30 * 20 / 3.6));
  CHECK(backups(platform({{"/backups/0/place", "object storage", {}}})) < backups(as_it_is));
}

TEST_CASE("a backup's schedule that is set is that of the CronJob of its name too") {
  const auto schedule_of = [](const PlatformSpec& of) {
    for (const kube::CronJob& job : of.clusters[0].initial.cron_jobs)
      if (job.meta.name == "postgres-backup") return job.schedule;
    return std::string();
  };
  CHECK(schedule_of(platform()) == "0 2 * * *");
  CHECK(schedule_of(platform({{"/backups/postgres-backup/schedule", "30 */4 * * *", {}}})) ==
        "30 */4 * * *");
}

}  // namespace drdrill
