#include <string>

#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// How long backups take to be packed, unpacked and sent, and when what is sent is there.
using namespace drdrill;
using namespace std::chrono_literals;

TEST_CASE("a base backup that is packed comes as fast as one core packs it, if copying is faster") {
  const auto takes = [](const char* rate, const std::string& packed) {
    const LoadedScenario loaded = test::load(
        "lab/region-failover-corrected", {{"/platform/parameters/postgres.gzip_rate", rate, ""}});
    SimulatedWorld world(loaded.platform, loaded.scenario.start);
    const Offset before = world.now();
    const ActionState state =
        test::run(world,
                  "kubectl exec postgres-primary-0 -n gomeet -- pg_basebackup -h postgres-primary "
                  "-U replicator -D /tmp/base -F tar -X fetch" +
                      packed);
    CHECK(state.exit_status == 0);
    return to_seconds(world.now() - before);
  };
  // Four databases of 10 MB and what initdb makes, 22.5 MB.
  CHECK(takes("\"5MB/s\"", " -z") == Approx(12.5).margin(0.1));
  CHECK(takes("\"5MB/s\"", "") == Approx(62.5 / 300).margin(0.1));
  CHECK(takes("\"5GB/s\"", " -z") == Approx(62.5 / 300).margin(0.1));
}

TEST_CASE(
    "a base backup that is packed is unpacked as fast as one core does it, if the disk is faster") {
  const auto takes = [](const char* rate, const std::string& packed, const std::string& name) {
    const LoadedScenario loaded = test::load(
        "lab/region-failover-corrected", {{"/platform/parameters/postgres.gunzip_rate", rate, ""}});
    SimulatedWorld world(loaded.platform, loaded.scenario.start);
    const std::string in = "kubectl exec postgres-primary-0 -n gomeet -- ";
    test::run(world, in +
                         "pg_basebackup -h postgres-primary -U replicator -D /tmp/base -F tar "
                         "-X fetch" +
                         packed + "; " + in + "mkdir -p /tmp/x");
    const Offset before = world.now();
    const ActionState state = test::run(world, in + "tar -xf /tmp/base/" + name + " -C /tmp/x");
    CHECK(state.exit_status == 0);
    return to_seconds(world.now() - before);
  };
  CHECK(takes("\"5MB/s\"", " -z", "base.tar.gz") == Approx(12.5).margin(0.1));
  CHECK(takes("\"5MB/s\"", "", "base.tar") == Approx(62.5 / 300).margin(0.1));
  CHECK(takes("\"5GB/s\"", " -z", "base.tar.gz") == Approx(62.5 / 300).margin(0.1));
}

TEST_CASE("an object is in its bucket when all of it was sent, and not while it is made") {
  // The schedule begins a base backup at 10:00, when the drill does.
  const LoadedScenario loaded =
      test::load("failback", {{"/start", "2026-11-23T10:00:00+08:00", ""}});
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const auto listed = [&] {
    const ActionState state = test::run(
        world,
        "kubectl exec postgres-primary-0 -n gomeet -- aws s3 ls s3://gomeet-dr-backups/base/");
    return std::string(state.output).find("20261123_0200") != std::string::npos;
  };
  CHECK_FALSE(listed());
  test::pass_until(world, 30min);
  CHECK(listed());
}

TEST_CASE("an object that is being sent when its region dies is never in its bucket") {
  // The schedule begins a base backup at 10:00.
  const LoadedScenario loaded =
      test::load("failback", {{"/start", "2026-11-23T09:59:00+08:00", ""}});
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const std::int64_t before = test::figure(world, "backup artefacts");
  test::pass_until(world, 3min);
  world.inject({"dies", Primitive::crash, {Level::region, "singapore"}});
  test::pass_until(world, 1h);
  CHECK(test::figure(world, "backup artefacts") == before);
}
