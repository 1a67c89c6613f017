#include <algorithm>

#include <catch2/catch.hpp>

#include "sim/drill/verdict.hpp"
#include "tests/drill/drill_case.hpp"

using namespace drdrill;
using namespace drdrill::test;

namespace {

using Outcome = ChecklistAnswer::Outcome;

/// A drill that passes, and whose scenario has a checklist.
DrillCase checked(std::vector<ChecklistItem> checklist) {
  DrillCase c;
  c.fault("f", 0s);
  c.script.effects["f"].touched.add(ComponentId::postgres);
  c.script.effects["f"].consequences = {{1s, fails(ProbeKind::postgres_write)},
                                        {9s, holds(ProbeKind::postgres_write)}};
  c.objective(ComponentId::postgres, 60s);
  c.scenario.checklist = std::move(checklist);
  return c;
}

Judgement judged(DrillCase& c) {
  c.run();
  return judge(c.journal);
}

bool has(const Judgement& judgement, std::string_view rule) {
  return std::any_of(judgement.findings.begin(), judgement.findings.end(),
                     [&](const Finding& f) { return f.rule == rule; });
}

}  // namespace

TEST_CASE("world and probes answer the checklist before the undo, the ledger at the very end") {
  DrillCase c =
      checked({ChecklistItem::roles, ChecklistItem::connection_pool, ChecklistItem::data_integrity,
               ChecklistItem::no_data_loss, ChecklistItem::query_performance});
  c.script.checklist[ChecklistItem::roles] = {{}, Outcome::done, {}, "1 primary"};
  c.script.ledger.streams = {
      {ComponentId::postgres, "db", {{0s, 9s, 90, Fate::kept}}},
      {ComponentId::redis, "slots", {{0s, 9s, 7, Fate::kept}, {9s, 10s, 3, Fate::lost}}}};
  REQUIRE(judged(c).verdict == Verdict::pass);
  const auto& answers = c.journal.checklist;
  REQUIRE(answers.size() == 5);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    REQUIRE(answers[i].item == c.scenario.checklist[i]);
    const bool of_ledger = row_of(answers[i].item).by == ChecklistRow::By::ledger;
    REQUIRE(answers[i].at == (of_ledger ? c.stages().back() : c.stages().at(2)));
  }
  CHECK(answers[0].outcome == Outcome::done);
  CHECK(answers[0].detail == "1 primary");
  CHECK(answers[1].outcome == Outcome::done);
  CHECK(answers[1].detail == "probe \"postgres-write\" holds");
  CHECK(answers[2].detail == "none of 90 lost");
  CHECK(answers[3].outcome == Outcome::not_done);
  CHECK(answers[3].detail == "3 of 100 lost, most of them in slots");
  CHECK(answers[4].outcome == Outcome::not_evaluated);
}

TEST_CASE("an item that a probe cannot tell, or whose ledger is not kept, is not evaluated") {
  DrillCase c =
      checked({ChecklistItem::streaming, ChecklistItem::performance, ChecklistItem::no_data_loss});
  c.script.refused_probes = {ProbeKind::media};
  c.script.by_time = {{120s, unanswered(ProbeKind::api_requests)}};
  c.run();
  for (const ChecklistAnswer& answer : c.journal.checklist)
    CHECK(answer.outcome == Outcome::not_evaluated);
}

TEST_CASE("when the steady state never held there was nothing to validate") {
  DrillCase c = checked({ChecklistItem::connection_pool});
  c.script.by_time = {{10s, fails(ProbeKind::redis_slots)}};
  c.run();
  REQUIRE(c.journal.checklist.size() == 1);
  CHECK(c.journal.checklist[0].outcome == Outcome::not_evaluated);
}

TEST_CASE("an item that is not done is a finding, and fails the drill only when it is required") {
  DrillCase c = checked({ChecklistItem::roles});
  c.script.checklist[ChecklistItem::roles] = {{}, Outcome::not_done, {}, "2 primaries"};
  const Judgement lenient = judged(c);
  CHECK(lenient.verdict == Verdict::pass);
  CHECK(has(lenient, "checklist-item-not-done"));
  c.scenario.checklist_required = true;
  const Judgement strict = judged(c);
  CHECK(strict.verdict == Verdict::fail);
  REQUIRE(strict.reasons.size() == 1);
  CHECK(strict.reasons[0] == "checklist item database.roles is not done: 2 primaries");
}

TEST_CASE("a required item that nobody could tell is no pass") {
  DrillCase c = checked({ChecklistItem::roles});
  const Judgement lenient = judged(c);
  CHECK(lenient.verdict == Verdict::pass);
  CHECK(lenient.findings.empty());
  c.scenario.checklist_required = true;
  CHECK(judged(c).verdict == Verdict::inconclusive);
}

TEST_CASE("an error that an exit status hides is one finding of its step, and fails nothing") {
  DrillCase c = checked({});
  Step& step = c.step("init", "redis-cli cluster init");
  step.retries = 1;
  step.verify = "redis-cli cluster check";
  ScriptedAction hides{.takes = 1s, .output = {}, .touched = {}};
  hides.hidden_error = "redis-cli: ERR unknown subcommand\nmore";
  c.script.actions["redis-cli cluster init"] = hides;
  c.script.actions["redis-cli cluster check"] = hides;
  const Judgement judgement = judged(c);
  CHECK(judgement.verdict == Verdict::pass);
  REQUIRE(judgement.findings.size() == 1);
  CHECK(judgement.findings[0].rule == "hidden-error");
  CHECK(judgement.findings[0].level == FindingLevel::note);
  CHECK(judgement.findings[0].text ==
        "step \"init\" went on after an error that its exit status hides: redis-cli: ERR unknown "
        "subcommand");
}
