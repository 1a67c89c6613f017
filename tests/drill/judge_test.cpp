#include <catch2/catch.hpp>

#include "sim/drill/checkers.hpp"
#include "tests/drill/journal_builder.hpp"

using namespace drdrill;
using namespace drdrill::test;

namespace {

constexpr auto postgres = ComponentId::postgres;
using Better = InventoryItem::Better;

/// A drill that passes: postgres is down for 30 s of 5 min and loses nothing.
JournalBuilder good() {
  JournalBuilder b;
  b.objective(postgres, 300s, 60s).stream("rooms", {records(0, 400, 400, Fate::kept)});
  b.fault(70).fails(71).holds(101);
  return b;
}

bool says(const Judgement& judgement, std::string_view words) {
  for (const std::string& reason : judgement.reasons)
    if (reason.find(words) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("a drill that meets its objectives passes, without reasons") {
  const Judgement j = judge(good().end(500).journal);
  REQUIRE(j.verdict == Verdict::pass);
  REQUIRE(j.reasons.empty());
  REQUIRE(j.first_fault == Offset(70s));
  REQUIRE(j.objectives.at(0).met() == true);
  REQUIRE(j.objectives[0].exercised);
  REQUIRE(j.objectives[0].evaluated);
}

TEST_CASE("a missed RTO fails and says by how much") {
  auto b = good();
  b.journal.scenario.objectives[0].rto = 29s;
  const Judgement j = judge(b.end(500).journal);
  REQUIRE(j.verdict == Verdict::fail);
  REQUIRE(j.reasons.size() == 1);
  REQUIRE(says(j, "postgres was down for 30.0 s; its RTO target is 29.0 s"));
}

TEST_CASE("a missed RPO fails although the RTO is met") {
  auto b = good();
  b.stream("chat", {records(1, 61, 12, Fate::lost)});
  const Judgement j = judge(b.end(500).journal);
  REQUIRE(j.verdict == Verdict::fail);
  REQUIRE(j.objectives[0].rto.met == true);
  REQUIRE(j.objectives[0].met() == false);
  REQUIRE(says(j, "lost 12 acknowledged writes"));
}

TEST_CASE("a component that does not come back misses both objectives") {
  auto b = good();
  const Judgement j = judge(b.fails(200).end(500).journal);
  REQUIRE(j.verdict == Verdict::fail);
  REQUIRE(j.objectives[0].rto.met == false);
  REQUIRE(j.objectives[0].rpo.met == false);
  REQUIRE(!j.objectives[0].rpo.achieved);
  REQUIRE(says(j, "postgres had not recovered 5m 00s after it broke"));
}

TEST_CASE("the objective of a component that no fault reached is neither met nor missed") {
  auto b = good();
  b.objective(ComponentId::redis, 1s, 1s);
  const Judgement j = judge(b.end(500).journal);
  REQUIRE(j.verdict == Verdict::pass);
  REQUIRE(!j.objectives[1].exercised);
  REQUIRE(!j.objectives[1].met());
  REQUIRE(j.objectives[1].rto.achieved == Duration(0s));
}

TEST_CASE("a component that breaks was exercised, whoever broke it") {
  auto b = good();
  b.objective(ComponentId::redis, 1s);
  b.fails(150, ProbeKind::redis_slots).holds(160, ProbeKind::redis_slots);
  const Judgement j = judge(b.end(500).journal);
  REQUIRE(j.objectives[1].exercised);
  REQUIRE(j.verdict == Verdict::fail);
}

TEST_CASE("nothing exercised is inconclusive") {
  JournalBuilder b(std::vector<ComponentId>{});
  const Judgement j = judge(b.objective(postgres, 300s).fault(70).end(500).journal);
  REQUIRE(j.verdict == Verdict::inconclusive);
  REQUIRE(says(j, "no fault touched anything"));
}

TEST_CASE("a scenario without objectives is inconclusive") {
  JournalBuilder b;
  REQUIRE(judge(b.fault(70).end(500).journal).verdict == Verdict::inconclusive);
}

TEST_CASE("a steady state that did not hold before the fault makes it inconclusive") {
  SECTION("in another component") {
    JournalBuilder b;
    b.objective(postgres, 300s).fails(65, ProbeKind::join).holds(66, ProbeKind::join);
    const Judgement j = judge(b.fault(70).fails(71).holds(101).end(500).journal);
    REQUIRE(j.verdict == Verdict::inconclusive);
    REQUIRE(says(j, "before the first fault: join failed"));
  }
  SECTION("unanswered is not steady either") {
    JournalBuilder b;
    b.objective(postgres, 300s).unanswered(65, ProbeKind::join).holds(66, ProbeKind::join);
    REQUIRE(judge(b.fault(70).end(500).journal).verdict == Verdict::inconclusive);
  }
  SECTION("and the drill may not even have begun") {
    JournalBuilder b;
    b.objective(postgres, 300s);
    auto& entries = b.journal.entries;
    entries.pop_back();  // the drill stage
    const Judgement j = judge(b.fails(30).end(30).journal);
    REQUIRE(j.verdict == Verdict::inconclusive);
    REQUIRE(j.reasons.size() == 1);
    REQUIRE(!j.objectives[0].met());
  }
}

TEST_CASE("unanswered probes that hide the answer make it inconclusive") {
  auto b = good();
  b.journal.scenario.objectives[0].rto = 60s;
  const Judgement j = judge(b.unanswered(200).holds(270).end(500).journal);
  REQUIRE(j.verdict == Verdict::inconclusive);
  REQUIRE(says(j, "unanswered probes hide"));
}

TEST_CASE("an RPO without a ledger makes it inconclusive") {
  JournalBuilder b;
  b.objective(postgres, 300s, 60s).fault(70).fails(71).holds(101);
  const Judgement j = judge(b.end(500).journal);
  REQUIRE(j.verdict == Verdict::inconclusive);
  REQUIRE(says(j, "no ledger"));
}

TEST_CASE("a fault that was not seen to take effect makes a pass inconclusive, not a failure") {
  auto b = good();
  b.fault(110, false);
  SECTION("pass becomes inconclusive") {
    const Judgement j = judge(b.end(500).journal);
    REQUIRE(j.verdict == Verdict::inconclusive);
    REQUIRE(says(j, "was not seen to take effect"));
  }
  SECTION("a failure stays one") {
    b.journal.scenario.objectives[0].rto = 1s;
    REQUIRE(judge(b.end(500).journal).verdict == Verdict::fail);
  }
}

TEST_CASE("a step that was to make a fault and changed nothing is a fault without effect") {
  JournalBuilder b;
  const auto scale = b.step("scale", Phase::inject);
  b.objective(postgres, 300s).starts(70, scale).ends(71, scale);
  const Judgement j = judge(b.end(500).journal);
  REQUIRE(j.verdict == Verdict::inconclusive);
  REQUIRE(j.findings.at(0).rule == "fault-without-effect");
  REQUIRE(j.findings[0].place.line == 10);
}

TEST_CASE("redundancy that was not restored fails and names the last step that touched it") {
  auto b = good();
  const auto promote = b.step("promote");
  const auto other = b.step("other");
  b.starts(110, promote).ends(111, promote, set_of({postgres}));
  b.starts(112, other).ends(113, other, set_of({ComponentId::redis}));
  b.inventory("streaming replicas", 2, 1, Better::higher);
  const Judgement j = judge(b.end(500).journal);
  REQUIRE(j.verdict == Verdict::fail);
  REQUIRE(j.left_worse.size() == 1);
  const Finding& finding = j.findings.back();
  REQUIRE(finding.rule == "redundancy-not-restored");
  REQUIRE(finding.step == promote);
  REQUIRE(says(j, "streaming replicas 2 before, 1 after; last touched by step \"promote\""));
}

TEST_CASE("inventory is worse in the direction that it says") {
  auto worse = [](std::int64_t before, std::int64_t after, Better better) {
    JournalBuilder b;
    return left_worse(Chronicle(b.inventory("x", before, after, better).journal)).size() == 1;
  };
  REQUIRE(!worse(2, 3, Better::higher));
  REQUIRE(worse(1, 2, Better::lower));
  REQUIRE(!worse(2, 1, Better::lower));
  REQUIRE(worse(1, 2, Better::equal));
  REQUIRE(worse(2, 1, Better::equal));
  REQUIRE(!worse(2, 2, Better::equal));
}

TEST_CASE("figures that are listed only once count as nothing on the other side") {
  JournalBuilder b;
  b.journal.inventory_before.push_back({postgres, "replicas", 2, Better::higher, false});
  b.journal.inventory_after.push_back({postgres, "NetworkPolicies", 1, Better::equal, true});
  REQUIRE(left_worse(Chronicle(b.journal)).at(0).after.value == 0);
  REQUIRE(residue(b.journal).at(0).before.value == 0);
  REQUIRE(residue(b.journal)[0].after.value == 1);
}

TEST_CASE("residue comes before everything, then aborted, fail, inconclusive") {
  auto b = good();
  b.journal.scenario.objectives[0].rto = 1s;  // fails
  b.fault(110, false);                        // and a fault without effect
  REQUIRE(judge(good().fault(110, false).end(500).journal).verdict == Verdict::inconclusive);
  auto failed = b;
  REQUIRE(judge(failed.end(500).journal).verdict == Verdict::fail);
  auto aborted = b;
  REQUIRE(judge(aborted.put(300, Aborted{}).end(500).journal).verdict == Verdict::aborted);
  auto left = b;
  left.put(300, Aborted{}).inventory("policies", 0, 1, Better::equal, true);
  const Judgement j = judge(left.end(500).journal);
  REQUIRE(j.verdict == Verdict::residue);
  REQUIRE(exit_code(j.verdict) == 4);
  REQUIRE(j.reasons.at(0).find("policies 0 before, 1 after") != std::string::npos);
  REQUIRE(j.reasons.at(1) == "aborted: the drill was interrupted");
  REQUIRE(j.reasons.at(2).find("RTO target") != std::string::npos);
  REQUIRE(j.reasons.back().find("take effect") != std::string::npos);
}

TEST_CASE("a fault that is not seen to be undone is residue") {
  auto b = good();
  const Judgement j = judge(b.undo(400).finished(500).journal);
  REQUIRE(j.verdict == Verdict::residue);
  REQUIRE(says(j, "was not seen to be undone"));
}

TEST_CASE("verdicts have the documented exit codes") {
  REQUIRE(exit_code(Verdict::pass) == 0);
  REQUIRE(exit_code(Verdict::fail) == 1);
  REQUIRE(exit_code(Verdict::inconclusive) == 2);
  REQUIRE(exit_code(Verdict::aborted) == 3);
}

TEST_CASE("an abort says why") {
  auto b = good();
  b.journal.scenario.aborts.push_back({ProbeKind::join, 300s, {}});
  REQUIRE(says(judge(b.put(300, Aborted{0, Aborted::none}).end(500).journal),
               "aborted: join had failed for 5m 00s"));
}

TEST_CASE("severity follows the share of users that were affected for 30 s") {
  auto severity = [](std::int64_t affected) {
    return severity_of({.joined = 500, .affected_30s = affected, .curve = {}});
  };
  REQUIRE(severity(0) == Severity::sev3);
  REQUIRE(severity(1) == Severity::sev2);
  REQUIRE(severity(100) == Severity::sev2);
  REQUIRE(severity(101) == Severity::sev1);
  REQUIRE(severity(250) == Severity::sev1);
  REQUIRE(severity(251) == Severity::sev0);
  REQUIRE(severity_name(severity(251)) == "SEV-0");
}

TEST_CASE("the same journal gives the same judgement") {
  auto b = good();
  b.end(500);
  const Judgement a = judge(b.journal);
  const Judgement c = judge(b.journal);
  REQUIRE(a.verdict == c.verdict);
  REQUIRE(a.reasons == c.reasons);
}
