#include <filesystem>
#include <iostream>
#include <random>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"
#include "sim/drill/drill.hpp"
#include "sim/drill/verdict.hpp"
#include "sim/live/lab_world.hpp"
#include "tests/drill/world_contract.hpp"
#include "tests/live/servers.hpp"
#include "tests/live/traces.hpp"

/// The whole lab: real PostgreSQL and Redis. What takes minutes is hidden behind the tag [.lab]:
/// `./dev lab-test` runs it.
using namespace drdrill;
using namespace drdrill::live;
using namespace std::chrono_literals;

namespace {

LoadedScenario load(const std::string& name) {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  return load_scenario("scenarios/lab/" + name + ".json", {}, known);
}

/// Says why when this machine cannot have a lab.
bool has_programs() {
  for (const char* name : {"postgres", "redis-server", "redis-cli"})
    if (test::find_program(name).empty()) {
      std::cout << "skipped: this machine has no " << name << "\n";
      return false;
    }
  return true;
}

LabOptions options(bool separate) {
  LabOptions options;
  options.separate = separate;
  options.deadline = 300s;
  return options;
}

}  // namespace

TEST_CASE("a live drill on PostgreSQL that is killed and restarted comes to a verdict") {
  if (!has_programs()) return;
  const test::Labs labs;
  LoadedScenario loaded = load("postgres-restarted");
  // The whole lab is more than a test that everybody runs should ask of a machine.
  std::erase_if(loaded.platform.workloads, [](const WorkloadModel& model) {
    return component_of(model.kind) != ComponentId::postgres;
  });
  Journal journal;
  LabPlace place;
  {
    LabWorld world(loaded.platform, options(can_separate()));
    place = world.place();
    REQUIRE(preflight(loaded.scenario, world).empty());
    run_drill(loaded.scenario, world, {}, journal);
  }
  CHECK(test::traces_of(place) == "");
  const Judgement judgement = judge(journal);
  CHECK(judgement.verdict == Verdict::pass);
  REQUIRE(judgement.objectives.size() == 1);
  const ObjectiveResult& postgres = judgement.objectives.front();
  REQUIRE(postgres.rto.achieved);
  CHECK(*postgres.rto.achieved > 0s);
  CHECK(*postgres.rto.achieved < 30s);
  std::uint64_t written = 0, lost = 0;
  for (const LedgerStream& stream : journal.ledger.streams)
    for (const LedgerRun& stretch : stream.runs)
      (stretch.fate == Fate::lost ? lost : written) += stretch.count;
  CHECK(written > 1000);
  CHECK(lost == 0);  // it went down with its disk, and came up with it
}

TEST_CASE("users of a Janus server that is killed are back within seconds, in a live drill",
          "[.lab]") {
  if (test::find_program("janus").empty()) {
    std::cout << "skipped: this machine has no janus\n";
    return;
  }
  const test::Labs labs;
  LoadedScenario loaded = load("sfu-killed");
  std::erase_if(loaded.platform.workloads, [](const WorkloadModel& model) {
    return component_of(model.kind) != ComponentId::livekit_sfu;
  });
  Journal journal;
  LabPlace place;
  {
    LabWorld world(loaded.platform, options(can_separate()));
    place = world.place();
    REQUIRE(preflight(loaded.scenario, world).empty());
    run_drill(loaded.scenario, world, {}, journal);
    CHECK(world.close() == std::vector<std::string>());
  }
  CHECK(test::traces_of(place) == "");
  const Judgement judgement = judge(journal);
  CHECK(judgement.verdict == Verdict::pass);
  REQUIRE(judgement.objectives.size() == 1);
  REQUIRE(judgement.objectives.front().rto.achieved);
  CHECK(*judgement.objectives.front().rto.achieved > 0s);
  CHECK(*judgement.objectives.front().rto.achieved < 10s);
}

TEST_CASE("the lab keeps the contract of World", "[.lab]") {
  if (!has_programs()) return;
  const test::Labs labs;
  const LoadedScenario loaded = load("postgres-killed");
  test::WorldContract contract;
  contract.make = [&] {
    return std::make_unique<LabWorld>(loaded.platform, options(can_separate()));
  };
  contract.effect = {.id = "stands-still",
                     .primitive = Primitive::pause,
                     .target = {Level::pod, "postgres-primary-0"}};
  contract.probe = ProbeKind::postgres_write;
  contract.patience = 10s;
  contract.command = "kubectl get pods -n gomeet";
  contract.slow_command = "sleep 3";
  contract.impossible_effect = {
      .id = "slow", .primitive = Primitive::slow, .target = {Level::pod, "postgres-primary-0"}};
  contract.exact = false;
  test::check_world_contract(contract);
}

TEST_CASE("a drill of the whole lab that is killed at any instant leaves nothing behind",
          "[.lab]") {
  if (!has_programs()) return;
  const test::Labs labs;
  const LoadedScenario loaded = load("postgres-killed");
  const unsigned seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  for (int round = 0; round < 20; ++round) {
    const auto lives = std::chrono::milliseconds(random() % 30'000);
    const bool guardian_dies_too = round % 4 == 3;
    const pid_t child = fork();
    if (child == 0) {
      setsid();
      try {
        LabWorld world(loaded.platform, options(can_separate()));
        Journal journal;
        run_drill(loaded.scenario, world, {}, journal);
      } catch (...) {
      }
      _exit(0);
    }
    std::this_thread::sleep_for(lives);
    const auto places = all_places();
    if (guardian_dies_too)
      for (const ProcessId& process : tree_of(process_of(child)))
        if (process.pid != child) signal(process, SIGKILL);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    INFO("round " << round << ", killed after " << lives.count() << " ms"
                  << (guardian_dies_too ? " with all its children" : ""));
    std::cout << "  " << round << ": killed after " << lives.count() << " ms"
              << (guardian_dies_too ? " with all its children" : "") << std::endl;
    for (const LabPlace& place : places) {
      if (guardian_dies_too)
        CHECK(take_down(place).empty());
      else
        test::soon([&] { return test::traces_of(place).empty(); }, 60s);
      CHECK(test::traces_of(place) == "");
    }
  }
}
