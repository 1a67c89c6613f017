#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "reports/writers.hpp"
#include "scenarios/journal.hpp"
#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

// Where things lie in gomeet-500.
const std::string objects = "/platform/clusters/0/objects/";
const std::string scripts = objects + "ConfigMap:backup-scripts/";
const std::string postgres_pod =
    objects + "CronJob:postgres-backup/spec/jobTemplate/spec/template/spec/";
const std::string redis_pod = objects + "CronJob:redis-backup/spec/jobTemplate/spec/template/spec/";

/// 0755: the scripts of a ConfigMap may be executed.
Setting executable(const std::string& pod) {
  return {pod + "volumes/0/configMap", R"({"name": "backup-scripts", "defaultMode": 493})", ""};
}

/// A script that does what the documented one means to.
Setting dumps_of_all_databases(const std::string& name = "gomeet_shard_${shard}_$T.dump") {
  const std::string text =
      "T=$(date +%Y%m%d_%H%M%S); mkdir -p /backups/postgresql; "
      "pg_dump -h postgres-primary -d gomeet_primary "
      "--file=/backups/postgresql/gomeet_primary_$T.dump; "
      "for shard in 1 2 3; do pg_dump -h postgres-primary -d gomeet_shard_$shard "
      "--file=/backups/postgresql/" +
      name + "; done";
  return {scripts + "data/postgres-backup.sh", text, ""};
}

/// That script, which may be executed, at these times.
std::vector<Setting> dumps_at(const std::string& schedule) {
  return {executable(postgres_pod),
          dumps_of_all_databases(),
          {objects + "CronJob:postgres-backup/spec/schedule", schedule, ""}};
}

std::int64_t artefacts(const World& world, ComponentId component) {
  for (const InventoryItem& item : world.inventory())
    if (item.component == component && item.name == "backup artefacts") return item.value;
  FAIL("no figure");
  return 0;
}

std::int64_t artefacts_at_start(ComponentId component, const std::vector<Setting>& settings) {
  const LoadedScenario loaded = test::load("database-failover", settings);
  return artefacts(SimulatedWorld(loaded.platform, loaded.scenario.start), component);
}

void pass(World& world, Duration time) {
  const Offset until = world.now() + time;
  while (world.now() < until) world.wait_until(until);
}

ActionState run(World& world, std::string_view command) {
  Action action;
  action.command = command;
  const ActionId id = world.begin(action);
  const Offset limit = world.now() + 2h;
  while (!world.state(id).ended && world.now() < limit) world.wait_until(limit);
  return world.state(id);
}

std::string job(const std::string& script) {
  return "kubectl apply -f - <<'EOF'\napiVersion: batch/v1\nkind: Job\n"
         "metadata: {name: test, namespace: gomeet}\nspec:\n  backoffLimit: 0\n  template:\n"
         "    spec:\n      restartPolicy: Never\n      containers:\n      - name: test\n"
         "        image: postgres:15-alpine\n        command:\n        - /bin/bash\n        - -c\n"
         "        - |\n          " +
         script +
         "\n        volumeMounts:\n        - {name: backups, mountPath: /backups}\n      volumes:\n"
         "      - {name: backups, persistentVolumeClaim: {claimName: backup-storage}}\nEOF\n"
         "kubectl wait --for=condition=complete job/test -n gomeet --timeout=1h";
}

struct Loss {
  std::uint64_t count = 0;
  Offset oldest = never;
};

Loss lost(const World& world, ComponentId component, std::string_view stream = {}) {
  Loss out;
  for (const LedgerStream& each : world.ledger().streams)
    if (each.component == component && (stream.empty() || each.name == stream))
      for (const LedgerRun& stretch : each.runs)
        if (stretch.fate == Fate::lost) {
          out.count += stretch.count;
          out.oldest = std::min(out.oldest, stretch.first);
        }
  return out;
}

/// Everything is deleted a minute after the start; the newest dump of each database is restored.
Loss lost_after_restore(const std::string& schedule, const std::string& stream) {
  const LoadedScenario loaded = test::load("database-failover", dumps_at(schedule));
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  pass(world, 1min);
  world.inject({"deletes", Primitive::erase, {Level::pod, "postgres-primary-0"}});
  pass(world, 1min);
  const ActionState restored =
      run(world, job("for d in gomeet_primary gomeet_shard_1 gomeet_shard_2 gomeet_shard_3; do "
                     "pg_restore -h postgres-primary -d $d $(find /backups/postgresql -name "
                     "\"${d}_*.dump\" | sort | tail -n 1); done; true"));
  INFO(restored.output);
  CHECK(restored.exit_status == 0);
  return lost(world, ComponentId::postgres, stream);
}

}  // namespace

TEST_CASE("the documented CronJobs have never made an artefact") {
  CHECK(artefacts_at_start(ComponentId::postgres, {}) == 0);
  CHECK(artefacts_at_start(ComponentId::redis, {}) == 0);
}

TEST_CASE("a script that may be executed leaves two dumps a day: shards overwrite each other") {
  // Two or four a day of the newest 32 firings; the script deletes what is older than 30 days.
  CHECK(artefacts_at_start(ComponentId::postgres, {executable(postgres_pod)}) == 62);
  CHECK(artefacts_at_start(ComponentId::postgres,
                           {executable(postgres_pod),
                            dumps_of_all_databases("gomeet_shard_$shard_$T.dump")}) == 64);
  CHECK(artefacts_at_start(ComponentId::postgres,
                           {executable(postgres_pod), dumps_of_all_databases()}) == 128);
}

TEST_CASE("what an image lacks, and a ConfigMap that is not there, make no artefact") {
  const Setting image{postgres_pod + "containers/0/image", "redis:7.2-alpine", ""};
  const Setting map{postgres_pod + "volumes/0/configMap", R"({"name": "none", "defaultMode": 493})",
                    ""};
  CHECK(artefacts_at_start(ComponentId::postgres, {executable(postgres_pod), image}) == 0);
  CHECK(artefacts_at_start(ComponentId::postgres, {map}) == 0);
}

TEST_CASE("the Redis job works once its image has a bash and its script may be executed") {
  const Setting image{redis_pod + "containers/0/image", "redis:7.2", ""};
  CHECK(artefacts_at_start(ComponentId::redis, {executable(redis_pod)}) == 0);
  CHECK(artefacts_at_start(ComponentId::redis, {image}) == 0);
  // Every 6 h for 8 days, on three nodes; the run of 06:00 has just begun, and has none whole yet.
  CHECK(artefacts_at_start(ComponentId::redis, {executable(redis_pod), image}) == 3 * 32 - 3);
}

TEST_CASE("a Job whose pod cannot start does not end, one whose script fails has failed") {
  const LoadedScenario loaded = test::load("database-failover");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  run(world, "kubectl create job once --from=cronjob/postgres-backup -n gomeet");
  CHECK(run(world, "kubectl wait --for=condition=failed job/once -n gomeet --timeout=1h")
            .exit_status == 0);
  run(world, "kubectl delete configmap backup-scripts -n gomeet");
  run(world, "kubectl create job twice --from=cronjob/postgres-backup -n gomeet");
  CHECK(run(world, "kubectl wait --for=condition=failed job/twice -n gomeet --timeout=1h")
            .exit_status == 1);
}

TEST_CASE("a CronJob fires during the drill at its time, and its dump counts when it is whole") {
  // The drill begins at 06:00 UTC.
  const LoadedScenario loaded = test::load("database-failover", dumps_at("30 6 * * *"));
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const std::int64_t before = artefacts(world, ComponentId::postgres);
  pass(world, 31min);
  CHECK(artefacts(world, ComponentId::postgres) == before);  // 8 GB at 45 MB/s take 178 s
  pass(world, 9min);
  CHECK(artefacts(world, ComponentId::postgres) == before + 4);
}

TEST_CASE("a dump whose pod ends before it is written is never whole") {
  const LoadedScenario loaded = test::load("database-failover", dumps_at("30 6 * * *"));
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const std::int64_t before = artefacts(world, ComponentId::postgres);
  pass(world, 31min);
  run(world,
      "kubectl get jobs -n gomeet -o name | grep postgres-backup | xargs kubectl delete -n gomeet; "
      "kubectl get jobs,pods -n gomeet");
  pass(world, 30min);
  CHECK(artefacts(world, ComponentId::postgres) == before);
}

TEST_CASE("what a restored dump lacks is lost, back to when the schedule last fired") {
  // At 06:01 UTC: four hours and one, each from the instant at which the dump began.
  const Loss at_two = lost_after_restore("0 2 * * *", "gomeet_primary");
  const Loss at_five = lost_after_restore("0 5 * * *", "gomeet_primary");
  CHECK(at_two.oldest == -4h);
  CHECK(at_five.oldest == -1h);
  CHECK(at_two.count > 3 * at_five.count);
  // The last shard is dumped after 8 GB and twice 4 GB at 45 MB/s.
  const Loss shard = lost_after_restore("0 2 * * *", "gomeet_shard_3");
  CHECK(shard.oldest > -4h + 355s);
  CHECK(shard.oldest < -4h + 357s);
}

TEST_CASE("a journal with deleted rows is judged the same when it is read back") {
  const test::Drilled drilled = test::drill("point-in-time-recovery-corrected", {}, 20261123);
  Report report;
  report.journal = &drilled.journal;
  report.judgement = &drilled.judgement;
  std::ostringstream out;
  find_writer("journal")->write(report, out, {});
  const std::string path = "backups-test-journal.json";
  std::ofstream(path) << out.str();
  const Journal read = load_journal(path);
  std::remove(path.c_str());
  CHECK(judge(read).verdict == drilled.judgement.verdict);
  CHECK(judge(read).reasons == drilled.judgement.reasons);
}

TEST_CASE("PostgreSQL 15 refuses to start with a recovery.conf") {
  const LoadedScenario loaded = test::load("database-failover");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  run(world,
      "kubectl exec postgres-primary-0 -n gomeet -- bash -c \"echo 'standby_mode = off' >> "
      "/var/lib/postgresql/data/recovery.conf\"");
  run(world, "kubectl delete pod postgres-primary-0 -n gomeet");
  pass(world, 10min);
  const ActionState logs = run(world, "kubectl logs postgres-primary-0 -n gomeet");
  CHECK(std::string(logs.output)
            .find("FATAL:  using recovery command file \"recovery.conf\" is "
                  "not supported") != std::string::npos);
  CHECK(run(world, "kubectl exec postgres-primary-0 -n gomeet -- pg_isready").exit_status != 0);
}

TEST_CASE("the documented recovery restores nothing and leaves a trap for the next restart") {
  const test::Drilled drilled = test::drill("point-in-time-recovery", {}, 20261123);
  CHECK(drilled.judgement.verdict == Verdict::fail);
  const ObjectiveResult& postgres = drilled.of(ComponentId::postgres);
  CHECK_FALSE(postgres.rto.achieved.has_value());
  CHECK_FALSE(postgres.rpo.achieved.has_value());
}

TEST_CASE("base backup and archived WAL bring back all that was there before the statement") {
  const test::Drilled drilled = test::drill("point-in-time-recovery-corrected", {}, 20261123);
  const ObjectiveResult& postgres = drilled.of(ComponentId::postgres);
  REQUIRE(postgres.rto.achieved.has_value());
  REQUIRE(postgres.rpo.achieved.has_value());
  for (const LedgerStream& stream : drilled.journal.ledger.streams)
    for (const LedgerRun& stretch : stream.runs)
      if (stream.component == ComponentId::postgres && stretch.fate == Fate::lost)
        CHECK(stretch.first >= *drilled.judgement.first_fault - Duration(1));
}

TEST_CASE(
    "what was written between the statement and the stop is given up: people decide how much") {
  const auto rpo = [](const char* acknowledge) {
    return *test::drill("point-in-time-recovery-corrected",
                        {{"/platform/parameters/people.acknowledge", acknowledge, ""}}, 20261123)
                .of(ComponentId::postgres)
                .rpo.achieved;
  };
  const Duration quick = rpo("1m");
  const Duration slow = rpo("21m");
  CHECK(slow - quick == 20min);
}

TEST_CASE("WAL that was archived beside the data goes with it, and the recovery cannot begin") {
  const test::Drilled drilled = test::drill(
      "point-in-time-recovery-corrected",
      {{"/platform/clusters/0/objects/StatefulSet:postgres-primary/spec/template/spec/containers/0/"
        "args",
        R"(["-c", "log_statement=mod", "-c", "archive_mode=on", "-c", "archive_command=cp %p /var/lib/postgresql/data/wal/%f"])",
        ""}},
      20261123);
  CHECK(drilled.has_finding("postgres-refused-start"));
  CHECK_FALSE(drilled.of(ComponentId::postgres).rto.achieved.has_value());
}

TEST_CASE("copies of a server that still has a recovery target in the past do not start") {
  const auto refuses = [](const char* command) {
    return test::drill("point-in-time-recovery-corrected",
                       {{"/runbook/steps/forget-target/run", command, ""}}, 20261123)
        .has_finding("postgres-refused-start");
  };
  CHECK(refuses("echo nothing"));
  CHECK_FALSE(refuses(
      "kubectl exec postgres-primary-0 -n gomeet -- psql -U postgres -c \"ALTER SYSTEM RESET "
      "ALL;\""));
}

TEST_CASE("replaying takes as long as there is WAL since the base backup") {
  const auto recovery = [](const std::string& schedule) {
    return *test::drill("point-in-time-recovery-corrected",
                        {{objects + "CronJob:postgres-base-backup/spec/schedule", schedule, ""}},
                        20261123)
                .of(ComponentId::postgres)
                .rto.achieved;
  };
  // Four hours of WAL at 0.3 MB/s against one, at 38 to 64 MB/s.
  const Duration more = recovery("0 2 * * *") - recovery("0 5 * * *");
  CHECK(more > 3 * 3600s * 0.3 / 64 - 20s);
  CHECK(more < 3 * 3600s * 0.3 / 38 + 20s);
}

TEST_CASE("nothing brings samples back: a loss reaches as far back as they were kept") {
  const auto oldest = [](const std::vector<Setting>& settings, int pods) {
    const LoadedScenario loaded = test::load("database-failover", settings);
    SimulatedWorld world(loaded.platform, loaded.scenario.start);
    pass(world, 1min);
    world.inject({"loses", Primitive::lose, {Level::pod, "prometheus", pods}});
    pass(world, 20min);
    return lost(world, ComponentId::monitoring).oldest;
  };
  CHECK(oldest({}, 2) == -15 * 24h);
  CHECK(oldest({{"/platform/parameters/monitoring.retention", "30d", ""}}, 2) == -30 * 24h);
  CHECK(oldest({}, 1) == never);  // the other one has them all
}

namespace {

Duration took(const Journal& journal, std::string_view step) {
  Offset began{}, ended{};
  for (const JournalEntry& entry : journal.entries) {
    if (const auto* start = std::get_if<StepStarted>(&entry.what);
        start && !start->verifying && journal.scenario.runbook.steps[start->step].id == step)
      began = entry.at;
    if (const auto* end = std::get_if<StepEnded>(&entry.what);
        end && journal.scenario.runbook.steps[end->step].id == step)
      ended = entry.at;
  }
  return ended - began;
}

std::string output_of(const Journal& journal, std::string_view step) {
  for (const JournalEntry& entry : journal.entries)
    if (const auto* end = std::get_if<StepEnded>(&entry.what);
        end && journal.scenario.runbook.steps[end->step].id == step)
      return end->told().output;
  return {};
}

}  // namespace

TEST_CASE("a restore drill reads what a backup holds, beside a platform that does not notice") {
  const test::Drilled drilled = test::drill("restore-drill");
  CHECK(drilled.judgement.verdict == Verdict::pass);
  for (const std::string& reason : drilled.judgement.reasons) UNSCOPED_INFO(reason);
  CHECK_FALSE(drilled.has_finding("two-primaries"));
  CHECK(output_of(drilled.journal, "find").find("artefact /archive/base/20261123_0200") == 0);
  const std::string rows = output_of(drilled.journal, "prove");
  for (const DatabaseSpec& database : drilled.loaded.platform.postgres.databases)
    CHECK(rows.find(database.name + " up to 2026-11-23 ") != std::string::npos);
  CHECK(drilled.of(ComponentId::postgres).rto.outages.empty());
}

TEST_CASE("a restore takes as long as its WAL, and holds what had been archived") {
  const Journal fast = test::drill("restore-drill").journal;
  const Journal slow =
      test::drill("restore-drill",
                  {{"/platform/parameters/postgres.wal_replay_rate", "\"20MB/s\"", ""}})
          .journal;
  CHECK(took(slow, "start") > 2 * took(fast, "start"));
  const auto rows = [](const Journal& journal) {
    const std::string all = output_of(journal, "prove");
    return all.substr(0, all.find("measured"));
  };
  CHECK(rows(slow) == rows(fast));
  const Journal late =
      test::drill("restore-drill", {{"/start", "\"2026-11-23T20:00:00+08:00\"", ""}}).journal;
  CHECK(took(late, "start") > took(fast, "start"));
}

TEST_CASE("a restore drill that finds no backup, or cannot start from it, is no pass") {
  const test::Drilled none = test::drill(
      "restore-drill", {{objects + "CronJob:postgres-base-backup/spec/suspend", "true", ""}});
  CHECK(none.judgement.verdict == Verdict::aborted);
  LoadedScenario hasty = test::load("restore-drill");
  for (Step& step : hasty.scenario.runbook.steps)
    if (const auto at = step.run.find("--timeout=9m"); at != std::string::npos)
      step.run.replace(at, 12, "--timeout=1s");
  const test::Drilled unread = test::drill(std::move(hasty));
  CHECK(unread.judgement.verdict == Verdict::aborted);
}
