#include <catch2/catch.hpp>

#include "sim/drill/verdict.hpp"
#include "tests/drill/drill_case.hpp"

using namespace drdrill;
using namespace drdrill::test;

namespace {

using Lines = std::vector<std::string>;

ScriptedAction ends_with(int exit_status, Duration takes = 1s) {
  return {.takes = takes, .exit_status = exit_status, .output = {}, .touched = {}};
}

}  // namespace

// The drill stage begins at 60 s.

TEST_CASE("a chain of needs runs one step after the other") {
  DrillCase c;
  c.step("a", "a");
  c.step("b", "b", {0});
  c.step("c", "c", {1});
  c.run();
  REQUIRE(c.beginnings() == Lines{"a at 60", "b at 61", "c at 62"});
  REQUIRE(c.endings() == Lines{"a 0 at 61", "b 0 at 62", "c 0 at 63"});
  REQUIRE(c.stages().at(2) == 123s);
}

TEST_CASE("steps without needs begin together, in order, and a step waits for all its needs") {
  DrillCase c;
  c.step("slow", "slow");
  c.script.actions["slow"] = ends_with(0, 10s);
  c.step("quick", "quick");
  c.step("last", "last", {0, 1});
  c.run();
  REQUIRE(c.beginnings() == Lines{"slow at 60", "quick at 60", "last at 70"});
}

TEST_CASE("a step that takes no time lets the next begin at once") {
  DrillCase c;
  c.step("a", "a");
  c.script.actions["a"] = ends_with(0, 0s);
  c.step("b", "b", {0});
  c.run();
  REQUIRE(c.beginnings() == Lines{"a at 60", "b at 60"});
}

TEST_CASE("a person is summoned once and does one thing at a time") {
  DrillCase c;
  c.script.actions["on-call"] = ends_with(0, 300s);
  c.step("a", "a").actor = "on-call";
  c.step("b", "b").actor = "on-call";
  c.step("machine", "machine");
  c.run();
  REQUIRE(c.beginnings() == Lines{"machine at 60", "a at 360", "b at 361"});
  REQUIRE(c.world().begun == Lines{"on-call", "machine", "a", "b"});
}

TEST_CASE("if nobody comes the step has failed, and the next step calls again") {
  DrillCase c;
  c.script.actions["on-call"] = ends_with(1, 100s);
  c.step("a", "a").actor = "on-call";
  c.step("b", "b", {0}).actor = "on-call";
  c.run();
  REQUIRE(c.beginnings().empty());
  REQUIRE(c.endings() == Lines{"a 1 at 160", "b 1 at 260"});
  REQUIRE(c.world().begun == Lines{"on-call", "on-call"});
}

TEST_CASE("a precondition holds a step back until its probe holds") {
  DrillCase c;
  c.script.by_time = {{65s, fails(ProbeKind::redis_slots)}, {90s, holds(ProbeKind::redis_slots)}};
  c.step("a", "a");
  c.script.actions["a"] = ends_with(0, 10s);
  c.step("b", "b", {0}).wait_for = ProbeKind::redis_slots;
  c.run();
  REQUIRE(c.beginnings() == Lines{"a at 60", "b at 90"});
}

TEST_CASE("a person who waits for a precondition has a hand free for other steps") {
  DrillCase c;
  auto& waits = c.step("waits", "waits");
  waits.actor = "on-call";
  waits.wait_for = ProbeKind::join;
  c.step("repairs", "repairs").actor = "on-call";
  c.script.actions["repairs"].consequences = {{5s, holds(ProbeKind::join)}};
  c.scenario.steady_for = 0s;
  c.script.by_time = {{1s, fails(ProbeKind::join)}};
  c.script.actions["on-call"] = ends_with(0, 2s);
  c.run();
  REQUIRE(c.beginnings() == Lines{"repairs at 2", "waits at 8"});
}

TEST_CASE("a verification that fails is a failed attempt") {
  DrillCase c;
  auto& a = c.step("a", "a");
  a.verify = "check";
  a.retries = 1;
  c.script.actions["check"] = ends_with(1);
  c.step("b", "b", {0});
  c.run();
  REQUIRE(c.beginnings() ==
          Lines{"a at 60", "verify a at 61", "a#2 at 62", "verify a#2 at 63", "b at 64"});
  REQUIRE(c.endings() ==
          Lines{"a 0 at 61", "verify a 1 at 62", "a 0 at 63", "verify a 1 at 64", "b 0 at 65"});
}

TEST_CASE("retries are used up and no more") {
  DrillCase c;
  c.step("a", "a").retries = 2;
  c.script.actions["a"] = ends_with(7);
  c.run();
  REQUIRE(c.endings() == Lines{"a 7 at 61", "a 7 at 62", "a 7 at 63"});
  const auto findings = judge(c.journal).findings;
  REQUIRE(findings.at(0).text == "step \"a\" ended with status 7 after 3 attempts");
}

TEST_CASE("a time limit ends a step, whatever it is at") {
  DrillCase c;
  auto& a = c.step("a", "a");
  a.time_limit = 30s;
  c.step("b", "b", {0});
  SECTION("its command") {
    a.retries = 5;
    c.script.actions["a"].ends = false;
    c.run();
    REQUIRE(c.endings() == Lines{"a timed out at 90", "b 0 at 91"});
  }
  SECTION("attempts that fail quickly") {
    c.scenario.runbook.steps[0].retries = 100;
    c.script.actions["a"] = ends_with(1, 20s);
    c.run();
    REQUIRE(c.endings() == Lines{"a 1 at 80", "a timed out at 90", "b 0 at 91"});
  }
  SECTION("its precondition") {
    c.scenario.runbook.steps[0].wait_for = ProbeKind::join;
    c.scenario.steady_for = 0s;
    c.scenario.runbook.steps[0].needs = {1};
    c.scenario.runbook.steps[1].needs = {};
    c.script.actions["b"].consequences = {{0s, fails(ProbeKind::join)}};
    c.scenario.horizon = 100s;
    c.run();
    REQUIRE(c.endings() == Lines{"b 0 at 1", "a timed out at 31"});
  }
  SECTION("a step that ends at its limit was in time") {
    c.script.actions["a"] = ends_with(0, 30s);
    c.run();
    REQUIRE(c.endings().at(0) == "a 0 at 90");
  }
  SECTION("the limit does not count the time until the actor is there") {
    c.scenario.runbook.steps[0].actor = "on-call";
    c.script.actions["on-call"] = ends_with(0, 100s);
    c.run();
    REQUIRE(c.endings().at(0) == "a 0 at 161");
  }
}

TEST_CASE("a failed step proceeds, stops what needs it, or aborts the drill") {
  DrillCase c;
  auto& a = c.step("a", "a");
  c.script.actions["a"] = ends_with(1);
  SECTION("proceed") {
    c.step("b", "b", {0});
    c.run();
    REQUIRE(c.endings() == Lines{"a 1 at 61", "b 0 at 62"});
  }
  SECTION("stop: those that need it, and those that need them") {
    a.on_failure = OnFailure::stop;
    c.step("b", "b", {0});
    c.step("c", "c", {1});
    c.step("apart", "apart");
    c.run();
    REQUIRE(c.endings() ==
            Lines{"a 1 at 61", "apart 0 at 61", "b skipped at 61", "c skipped at 61"});
  }
  SECTION("abort") {
    a.on_failure = OnFailure::abort;
    c.step("b", "b", {0});
    const Judgement judged = judge(c.run());
    REQUIRE(judged.verdict == Verdict::aborted);
    REQUIRE(judged.reasons.at(0) == "aborted: step \"a\" failed, and its failure ends the drill");
    REQUIRE(c.endings() == Lines{"a 1 at 61", "b cut off at 61"});
  }
}

TEST_CASE("rollback steps run one after another, and only when their step has failed") {
  DrillCase c;
  auto& a = c.step("a", "a");
  a.rollback = {2, 1};
  a.on_failure = OnFailure::stop;
  c.step("back-2", "back-2", {0}).only_as_rollback = true;
  c.step("back-1", "back-1").only_as_rollback = true;
  c.step("later", "later", {0});
  SECTION("failed") {
    c.script.actions["a"] = ends_with(1);
    c.run();
    REQUIRE(c.beginnings() == Lines{"a at 60", "back-1 at 61", "back-2 at 62"});
  }
  SECTION("succeeded: they leave no trace and nobody waits for them") {
    c.run();
    REQUIRE(c.beginnings() == Lines{"a at 60", "later at 61"});
    REQUIRE(c.endings() == Lines{"a 0 at 61", "later 0 at 62"});
    REQUIRE(c.stages().at(2) == 122s);
  }
}

TEST_CASE("steps that put things back wait for the faults and all other steps") {
  DrillCase c;
  c.step("tidy", "tidy").phase = Phase::end;
  c.step("work", "work");
  c.script.actions["work"] = ends_with(0, 20s);
  c.fault("crash", 100s);
  c.run();
  REQUIRE(c.beginnings() == Lines{"work at 60", "tidy at 160"});
}

TEST_CASE("what is not over at the horizon is cut off") {
  DrillCase c;
  c.scenario.horizon = 100s;
  c.step("a", "a");
  c.script.actions["a"].ends = false;
  c.step("b", "b", {0});
  c.run();
  REQUIRE(c.endings() == Lines{"a cut off at 100", "b cut off at 100"});
}

TEST_CASE("a manual step is begun with its title") {
  DrillCase c;
  auto& step = c.step("call", "");
  step.title = "call the provider";
  c.script.actions["call the provider"] = ends_with(0, 5s);
  c.run();
  REQUIRE(c.world().begun == Lines{"call the provider"});
  REQUIRE(c.endings() == Lines{"call 0 at 65"});
}

TEST_CASE("a step of phase inject that changes something is a fault that touched it") {
  DrillCase c;
  c.objective(ComponentId::postgres, 60s);
  c.step("scale", "scale").phase = Phase::inject;
  auto& scale = c.script.actions["scale"];
  scale.takes = 4s;
  scale.touched = set_of({ComponentId::postgres});
  scale.changed_something = true;
  const Judgement judged = judge(c.run());
  REQUIRE(c.journal.exercised == set_of({ComponentId::postgres}));
  REQUIRE(judged.first_fault == Offset(64s));
  REQUIRE(judged.verdict == Verdict::pass);
  scale.changed_something = false;
  REQUIRE(judge(c.run()).verdict == Verdict::inconclusive);
  REQUIRE(c.journal.exercised.empty());
}
