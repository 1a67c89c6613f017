#include "sim/drill/drill.hpp"

#include <catch2/catch.hpp>

#include "sim/drill/verdict.hpp"
#include "sim/drill/world_forwarding.hpp"
#include "tests/drill/drill_case.hpp"

using namespace drdrill;
using namespace drdrill::test;

namespace {

constexpr auto postgres = ComponentId::postgres;

/// A pod crash at +10 s that breaks postgres for 30 s and shows at once.
DrillCase crash() {
  DrillCase c;
  c.fault("crash", 10s);
  auto& effect = c.script.effects["crash"];
  effect.touched = set_of({postgres});
  effect.consequences = {{0s, fails(ProbeKind::postgres_write)},
                         {30s, holds(ProbeKind::postgres_write)}};
  c.objective(postgres, 60s);
  return c;
}

}  // namespace

TEST_CASE("a drill watches the steady state, makes its faults, waits until all is quiet, undoes") {
  auto c = crash();
  const Journal& j = c.run();
  REQUIRE(c.stages() == std::vector<Offset>{0s, 60s, 160s, 220s});
  REQUIRE(c.times_of<FaultInjected>() == std::vector<Offset>{70s});
  REQUIRE(c.times_of<FaultTook>() == std::vector<Offset>{70s});
  REQUIRE(c.times_of<FaultUndone>() == std::vector<Offset>{160s});
  REQUIRE(j.touched == set_of({postgres}));
  const Judgement judged = judge(j);
  REQUIRE(judged.objectives.at(0).rto.achieved == Duration(30s));
  REQUIRE(judged.verdict == Verdict::pass);
}

TEST_CASE("journal entries are in order of time") {
  auto c = crash();
  Offset last = Offset::min();
  for (const JournalEntry& entry : c.run().entries) {
    REQUIRE(entry.at >= last);
    last = entry.at;
  }
}

TEST_CASE("a steady state that does not hold ends the drill before anything is done") {
  auto c = crash();
  c.script.by_time = {{59s, fails(ProbeKind::join)}};
  const Journal& j = c.run();
  REQUIRE(c.stages() == std::vector<Offset>{0s, 59s, 59s});
  REQUIRE(c.world().injected.empty());
  REQUIRE(judge(j).verdict == Verdict::inconclusive);
}

TEST_CASE("an unanswered probe is no steady state") {
  auto c = crash();
  c.script.by_time = {{0s, unanswered(ProbeKind::join)}};
  c.run();
  REQUIRE(c.world().injected.empty());
}

TEST_CASE("a probe that the world cannot ask is not waited for, unless an objective needs it") {
  auto c = crash();
  c.script.refused_probes = {ProbeKind::scrapes};
  REQUIRE(judge(c.run()).verdict == Verdict::pass);
  ScriptedWorld world(c.script);
  REQUIRE(preflight(c.scenario, world).empty());
  c.objective(ComponentId::monitoring, 60s);
  REQUIRE(preflight(c.scenario, world).count() == 1);
}

TEST_CASE("what the world has no eyes for is not evaluated, and keeps nobody from the rest") {
  auto c = crash();
  c.script.blind_probes = {ProbeKind::scrapes};
  c.script.depends = {{ComponentId::monitoring, ComponentId::postgres}};
  c.objective(ComponentId::monitoring, 60s);
  ScriptedWorld world(c.script);
  REQUIRE(preflight(c.scenario, world).empty());
  const Judgement judged = judge(c.run());
  REQUIRE(judged.verdict == Verdict::inconclusive);
  REQUIRE(judged.reasons.front() == "monitoring could not be judged: nobody looks at it here");
  // Where something is to be waited for that nobody sees, nothing can be begun.
  c.scenario.aborts.push_back({ProbeKind::scrapes, 1s, {}});
  REQUIRE(preflight(c.scenario, world).count() == 1);
}

TEST_CASE("preflight names every fault, command and person that the world does not know") {
  auto c = crash();
  c.script.effects.clear();
  auto& step = c.step("fix", "fix-it");
  step.actor = "on-call";
  step.verify = "check-it";
  step.place = {"book.json", 12};
  c.script.actions.clear();
  ScriptedWorld world(c.script);
  const Problems problems = preflight(c.scenario, world);
  REQUIRE(problems.count() == 4);
  REQUIRE(problems.all()[1].file == "book.json");
  REQUIRE(problems.all()[1].at.line == 12);
  REQUIRE(problems.all()[3].message.find("verification") != std::string::npos);
  REQUIRE(world.begun.empty());
}

TEST_CASE("without recovery the drill ends at the horizon, and then has looked for a minute more") {
  auto c = crash();
  c.script.effects["crash"].consequences.pop_back();
  c.scenario.horizon = 600s;
  SECTION("the undo repairs it, which does not count") {
    c.script.effects["crash"].undo_consequences = {{5s, holds(ProbeKind::postgres_write)}};
    const Judgement judged = judge(c.run());
    REQUIRE(c.stages() == std::vector<Offset>{0s, 60s, 600s, 665s});
    REQUIRE(judged.objectives[0].rto.censored_at == Offset(600s));
    REQUIRE(judged.verdict == Verdict::fail);
  }
  SECTION("the undo repairs nothing: looked at for twice stable_for") {
    c.run();
    REQUIRE(c.stages().back() == 720s);
  }
}

TEST_CASE("a fault with an end of its own is undone then, and the drill waits for it") {
  auto c = crash();
  c.scenario.faults[0].lasts = 300s;
  c.run();
  REQUIRE(c.times_of<FaultUndone>() == std::vector<Offset>{370s});
  REQUIRE(c.stages() == std::vector<Offset>{0s, 60s, 430s, 430s});
  REQUIRE(c.world().recoveries == 1);
}

TEST_CASE("an outage that a timed undo makes is waited for") {
  auto c = crash();
  c.scenario.faults[0].lasts = 300s;
  c.script.effects["crash"].undo_consequences = {{20s, fails(ProbeKind::postgres_write)},
                                                 {45s, holds(ProbeKind::postgres_write)}};
  const Judgement judged = judge(c.run());
  REQUIRE(judged.objectives[0].rto.outages.size() == 2);
  REQUIRE(judged.objectives[0].rto.outages[1].ended == Offset(415s));
  const auto& preceded = judged.objectives[0].rto.outages[1].preceded_by;
  REQUIRE(std::holds_alternative<FaultUndone>(c.journal.entries.at(preceded.value()).what));
}

TEST_CASE(
    "a fault that never takes effect makes the drill inconclusive and is undone all the same") {
  auto c = crash();
  c.script.effects["crash"].takes_effect = false;
  REQUIRE(judge(c.run()).verdict == Verdict::inconclusive);
  REQUIRE(c.world().recoveries == 1);
  REQUIRE(c.times_of<FaultTook>().empty());
}

TEST_CASE("a fault takes effect when the world says so, not when the drill learns it") {
  auto c = crash();
  c.script.effects["crash"].delay = 7s;
  c.run();
  REQUIRE(c.times_of<FaultInjected>() == std::vector<Offset>{70s});
  REQUIRE(c.times_of<FaultTook>() == std::vector<Offset>{77s});
}

TEST_CASE("a step is dated when the world began it: after the fault that it was decided on with") {
  auto c = crash();
  c.script.effects["crash"].delay = 30ms;
  c.scenario.faults.front().after = 0s;
  c.step("at-once", "at-once");
  c.script.actions["at-once"].begins_after = 50ms;
  c.run();
  REQUIRE(c.times_of<FaultTook>() == std::vector<Offset>{60s + 30ms});
  REQUIRE(c.times_of<StepStarted>() == std::vector<Offset>{60s + 50ms});
}

TEST_CASE("a world in which it is not safe to go on aborts the drill, and why is said") {
  auto c = crash();
  c.step("forever", "forever");
  c.script.actions["forever"].ends = false;
  c.script.must_stop_at = 80s;
  c.script.why_stop = "its guardian has died";
  const Judgement judged = judge(c.run());
  REQUIRE(judged.verdict == Verdict::aborted);
  REQUIRE(judged.reasons.front() == "aborted: its guardian has died");
  REQUIRE(c.times_of<Aborted>() == std::vector<Offset>{80s});
  REQUIRE(c.times_of<FaultUndone>() == std::vector<Offset>{80s});
}

TEST_CASE("what a world that is gone has left behind is residue, whatever else came of the drill") {
  auto c = crash();
  c.run();
  c.journal.left_behind = {"folder lab0 is still there"};
  const Judgement judged = judge(c.journal);
  REQUIRE(judged.verdict == Verdict::residue);
  REQUIRE(judged.reasons.front() == "folder lab0 is still there");
}

TEST_CASE("a fault that cannot be undone is residue") {
  auto c = crash();
  c.script.effects["crash"].can_be_undone = false;
  const Judgement judged = judge(c.run());
  REQUIRE(judged.verdict == Verdict::residue);
  REQUIRE(c.times_of<FaultUndone>().empty());
}

TEST_CASE("an abort condition counts unbroken failure, and an abort undoes everything") {
  auto c = crash();
  c.script.effects["crash"].consequences = {{0s, fails(ProbeKind::postgres_write)},
                                            {50s, holds(ProbeKind::postgres_write)},
                                            {60s, fails(ProbeKind::postgres_write)}};
  c.scenario.aborts.push_back({ProbeKind::postgres_write, 100s, {}});
  c.step("forever", "forever");
  c.script.actions["forever"].ends = false;
  const Judgement judged = judge(c.run());
  REQUIRE(judged.verdict == Verdict::aborted);
  REQUIRE(c.times_of<Aborted>() == std::vector<Offset>{230s});
  REQUIRE(c.times_of<FaultUndone>() == std::vector<Offset>{230s});
  REQUIRE(c.endings() == std::vector<std::string>{"forever cut off at 230"});
}

TEST_CASE("an interruption aborts and undoes") {
  auto c = crash();
  std::atomic<bool> interrupted = true;
  c.options.interrupted = &interrupted;
  SECTION("before anything was done") {
    REQUIRE(judge(c.run()).verdict == Verdict::aborted);
    REQUIRE(c.world().injected.empty());
  }
  SECTION("in the middle") {
    struct Interrupter final : ForwardingWorld {
      Interrupter(World& inner, std::atomic<bool>& flag) : ForwardingWorld(inner), flag_(flag) {}
      Wake wait_until(Offset deadline) override {
        const Wake wake = ForwardingWorld::wait_until(deadline);
        if (now() >= 80s) flag_ = true;
        return wake;
      }
      std::atomic<bool>& flag_;
    };
    interrupted = false;
    ScriptedWorld inner(c.script);
    Interrupter world(inner, interrupted);
    run_drill(c.scenario, world, c.options, c.journal);
    REQUIRE(c.times_of<Aborted>() == std::vector<Offset>{100s});
    REQUIRE(c.times_of<FaultUndone>() == std::vector<Offset>{100s});
    REQUIRE(judge(c.journal).verdict == Verdict::aborted);
  }
}

TEST_CASE("an abort while probes are blind waits for an answer") {
  auto c = crash();
  c.script.effects["crash"].consequences = {{0s, fails(ProbeKind::postgres_write)},
                                            {50s, unanswered(ProbeKind::postgres_write)},
                                            {150s, fails(ProbeKind::postgres_write)}};
  c.scenario.aborts.push_back({ProbeKind::postgres_write, 100s, {}});
  c.run();
  REQUIRE(c.times_of<Aborted>() == std::vector<Offset>{220s});
}

TEST_CASE("what exists is compared before the faults, before the undo and after it") {
  auto c = crash();
  const InventoryItem two{postgres, "replicas", 2, InventoryItem::Better::higher, false};
  const InventoryItem one{postgres, "replicas", 1, InventoryItem::Better::higher, false};
  c.script.inventory = {two};
  c.script.effects["crash"].consequences.push_back({0s, one});
  REQUIRE(judge(c.run()).left_worse.size() == 1);
  REQUIRE(judge(c.run()).restored_by_undo.empty());
  c.script.effects["crash"].undo_consequences = {{0s, two}};
  const Judgement restored = judge(c.run());
  REQUIRE(restored.left_worse.empty());
  REQUIRE(restored.restored_by_undo.size() == 1);
  REQUIRE(restored.restored_by_undo[0].after.value == 1);
  // A fault that ends by itself is not undone by the tool: nothing is hidden.
  c.scenario.faults[0].lasts = 30s;
  REQUIRE(judge(c.run()).restored_by_undo.empty());
}

TEST_CASE("what takes longer to come back than probes must hold is waited for, but not for ever") {
  const auto left_after = [](Duration takes, Duration stable_for) {
    auto c = crash();
    const InventoryItem two{postgres, "replicas", 2, InventoryItem::Better::higher, false};
    const InventoryItem one{postgres, "replicas", 1, InventoryItem::Better::higher, false};
    c.scenario.stable_for = stable_for;
    c.script.inventory = {two};
    c.script.effects["crash"].consequences = {{0s, one}};
    c.script.effects["crash"].undo_consequences = {{takes, two}};
    const Judgement judgement = judge(c.run());
    const Offset undone = c.times_of<FaultUndone>().front();
    return std::pair(judgement.left_worse.size(), c.journal.entries.back().at - undone);
  };
  CHECK(left_after(7s, 5s) == std::pair(std::size_t{0}, Duration(7s)));
  CHECK(left_after(1s, 5s) == std::pair(std::size_t{0}, Duration(5s)));
  CHECK(left_after(2min, 5s) == std::pair(std::size_t{1}, Duration(20s)));
  CHECK(left_after(90s, 60s) == std::pair(std::size_t{1}, Duration(60s)));
}

TEST_CASE("an undo does not hide that the runbook left a bad revision where it was") {
  auto c = crash();
  const InventoryItem two{postgres, "replicas", 2, InventoryItem::Better::higher, false};
  const InventoryItem one{postgres, "replicas", 1, InventoryItem::Better::higher, false};
  c.script.inventory = {two};
  c.scenario.faults[0].effect.primitive = Primitive::deploy;
  c.script.effects["crash"].consequences.push_back({0s, one});
  c.script.effects["crash"].undo_consequences = {{0s, two}};
  const Judgement judgement = judge(c.run());
  REQUIRE(judgement.verdict == Verdict::fail);
  REQUIRE(judgement.left_worse.size() == 1);
  REQUIRE(judgement.restored_by_undo.empty());
}

TEST_CASE("the journal carries what judging needs of the world") {
  auto c = crash();
  c.script.depends = {{ComponentId::api, postgres}, {ComponentId::platform, ComponentId::api}};
  c.script.parameters[4] = {"postgres.crash_recovery",
                            ParameterUnit::seconds,
                            {Shape::constant, 30, 0, 0},
                            Provenance::measured,
                            "us",
                            {"p.json", 3},
                            {}};
  c.script.effects["crash"].consequences.push_back(
      {30s, Note{{}, 70s, NoteKind::postgres_started, postgres, SubjectId{2}, ParameterId{4}}});
  c.options.seed = 7;
  c.options.replication = 3;
  const Journal& j = c.run();
  REQUIRE(j.exercised == set_of({postgres, ComponentId::api, ComponentId::platform}));
  REQUIRE(j.dependents[index_of(ComponentId::api)] ==
          set_of({ComponentId::api, ComponentId::platform}));
  REQUIRE(j.parameters.size() == 1);
  REQUIRE(j.parameters[0].id == "postgres.crash_recovery");
  REQUIRE(j.parameters[0].place.line == 3);
  REQUIRE(j.subjects == std::vector<std::string>{"", "", "thing-2"});
  REQUIRE(j.world == "scripted");
  REQUIRE(j.seed == 7);
  REQUIRE(j.replication == 3);
  REQUIRE(!j.version.empty());
  REQUIRE(j.fingerprint != 0);
}

TEST_CASE("a runner that is used again gives the same journals") {
  auto c = crash();
  c.step("fix", "fix-it");
  c.script.actions["fix-it"] = {.takes = 5s, .output = std::string(6000, 'x'), .touched = {}};
  DrillRunner runner;
  Journal journal;
  std::vector<std::size_t> sizes;
  for (int i = 0; i < 3; ++i) {
    ScriptedWorld world(c.script);
    runner.run(c.scenario, world, c.options, journal);
    sizes.push_back(journal.entries.size());
    for (const JournalEntry& entry : journal.entries)
      if (const auto* end = std::get_if<StepEnded>(&entry.what))
        REQUIRE(end->told().output.size() == 4096);
  }
  REQUIRE(sizes[0] == sizes[1]);
  REQUIRE(sizes[1] == sizes[2]);
}
