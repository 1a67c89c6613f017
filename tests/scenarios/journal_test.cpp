#include "scenarios/journal.hpp"

#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "reports/formats.hpp"
#include "scenarios/loader.hpp"
#include "tests/scenarios/known.hpp"

namespace drdrill {
namespace {

using namespace std::chrono_literals;

/// A journal in which every member differs from its default.
Journal full_journal() {
  Journal j;
  j.version = "9.9";
  j.scenario = load_scenario("tests/scenarios/good/scenario.json", {}, known_in_tests).scenario;
  j.settings = {"/horizon=1h", "/runbook/steps/0/title=it's ü"};
  j.world = "scripted";
  j.seed = UINT64_MAX;
  j.replication = 7;
  j.fingerprint = 0xfedcba9876543210U;
  ComponentSet both;
  both.add(ComponentId::api);
  both.add(ComponentId::platform);
  j.entries = {{0s, StageBegan{StageBegan::Stage::drill}},
               {1s, FaultInjected{1}},
               {2s, FaultTook{0, both}},
               {3s, StepStarted{1, 2, true}},
               {4s, StepEnded{2, StepEnded::Why::timed_out, 124, true, true, false, both,
                              std::make_shared<const StepTold>(
                                  StepTold{"out\n\"quoted\" ü\n", "ERR no such command", {}})}},
               {5s, Sample{4s, ProbeKind::scrapes, Answer::unanswered, 0.1}},
               {6s, Note{5s, 1s, NoteKind::redis_slots_covered, ComponentId::redis, SubjectId{1},
                         ParameterId{3}}},
               {6s, Note{never, 0s, NoteKind::pod_ready, ComponentId::api}},
               {7s, FaultUndone{1}},
               {8s, Aborted{0, Aborted::none}},
               {9s, Aborted{Aborted::none, 3}}};
  j.inventory_before = {
      {ComponentId::postgres, "replicas", -2, InventoryItem::Better::lower, true}};
  j.inventory_after = {{ComponentId::redis, "masters", 3, InventoryItem::Better::higher, false}};
  j.touched = both;
  j.exercised.add(ComponentId::redis);
  j.dependents[2] = both;
  j.ledger.streams = {{ComponentId::redis, "slots", {{1s, 2s, 12, Fate::unacknowledged}}}};
  j.checklist = {{ChecklistItem::roles, ChecklistAnswer::Outcome::not_done, 9s, "2 primaries"}};
  j.impact = {500, 12, 0.125, {{1s, 500}, {2s, 0}}};
  j.parameters = {
      {ParameterId{3}, "a.b", "5 s", Provenance::derived, "somebody", {"file.json", 12}}};
  j.subjects = {"", "redis-master-0"};
  return j;
}

std::string written(const Journal& journal) {
  const Judgement judgement;
  Report report;
  report.journal = &journal;
  report.judgement = &judgement;
  std::ostringstream out;
  reports::write_journal(report, out, {});
  return out.str();
}

std::string refused(const std::string& text) {
  try {
    parse_journal(text, "j");
    return "read";
  } catch (const InputError& error) {
    return to_string(error.problems().all().front());
  }
}

std::string with(const std::string& find, const std::string& replacement) {
  std::string text = written(full_journal());
  const auto at = text.find(find);
  REQUIRE(at != std::string::npos);
  return text.replace(at, find.size(), replacement);
}

TEST_CASE("A journal that was written and read back is written the same again") {
  const std::string text = written(full_journal());
  Journal back;
  try {
    back = parse_journal(text, "j");
  } catch (const InputError& error) {
    FAIL(to_string(error.problems().all().front()) << "\n" << text);
  }
  CHECK(written(back) == text);
  CHECK(back.settings == full_journal().settings);
  CHECK(back.seed == UINT64_MAX);
  CHECK(back.fingerprint == 0xfedcba9876543210U);
  CHECK(back.entries.size() == 11);
  CHECK(std::get<FaultTook>(back.entries[2].what).touched.has(ComponentId::api));
  CHECK(std::get<Note>(back.entries[7].what).at == never);
  CHECK(std::get<Aborted>(back.entries[10].what).step == 3);
  CHECK(std::get<StepEnded>(back.entries[4].what).told().hidden_error == "ERR no such command");
  REQUIRE(back.checklist.size() == 1);
  CHECK(back.checklist[0].item == ChecklistItem::roles);
  CHECK(back.checklist[0].outcome == ChecklistAnswer::Outcome::not_done);
  CHECK(back.scenario.checklist == full_journal().scenario.checklist);
  CHECK(back.scenario.checklist_required);
  CHECK(back.dependents[2].has(ComponentId::platform));
  CHECK(back.scenario.runbook.steps[1].wait_for == std::optional(ProbeKind::lb_connect));
}

TEST_CASE("A journal without settings is one of a run without any") {
  std::string text = written(full_journal());
  const auto at = text.find("  \"settings\"");
  REQUIRE(at != std::string::npos);
  text.erase(at, text.find('\n', at) + 1 - at);
  CHECK(parse_journal(text, "j").settings.empty());
  CHECK(refused(with("[\"/horizon=1h\"", "[1")).find("expected a string") != std::string::npos);
}

TEST_CASE("A journal that points outside of itself is refused") {
  CHECK(refused(with("drdrill-journal-1", "drdrill-journal-9")).find("is no format of a journal") !=
        std::string::npos);
  CHECK(refused(with("\"fault-injected\", 1", "\"fault-injected\", 2"))
            .find("2 is no index into 2") != std::string::npos);
  CHECK(refused(with("\"redis-master-0\"", "7")).find("expected a string") != std::string::npos);
  CHECK(refused(with("\"18446744073709551615\"", "\"18446744073709551616\""))
            .find("is no number of 64 bits") != std::string::npos);
  CHECK(refused(with("[3000000000,", "[0,")).find("in order of time") != std::string::npos);
  CHECK(refused("{}") != "read");
  CHECK(refused("[]") != "read");
}

}  // namespace
}  // namespace drdrill
