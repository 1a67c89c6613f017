#include <catch2/catch.hpp>

#include "sim/drill/checkers.hpp"
#include "tests/drill/journal_builder.hpp"

using namespace drdrill;
using namespace drdrill::test;

namespace {

std::vector<Finding> step_findings(const JournalBuilder& b) {
  std::vector<Finding> findings;
  find_step_failures(Chronicle(b.journal), findings);
  return findings;
}

std::vector<Finding> note_findings(const JournalBuilder& b) {
  std::vector<Finding> findings;
  find_in_notes(Chronicle(b.journal), findings);
  return findings;
}

StepEnded ended(StepEnded::Why why) {
  StepEnded end;
  end.why = why;
  return end;
}

}  // namespace

TEST_CASE("a step that fails is a finding with the first line that it printed") {
  JournalBuilder b;
  const auto promote = b.step("promote");
  b.starts(70, promote).ends(71, promote, {}, 1, "\n  error: pods \"x\" not found\nmore\n");
  const auto findings = step_findings(b);
  REQUIRE(findings.size() == 1);
  REQUIRE(findings[0].rule == "step-failed");
  REQUIRE(findings[0].text == "step \"promote\" ended with status 1: error: pods \"x\" not found");
  REQUIRE(findings[0].at == Offset(71s));
  REQUIRE(findings[0].step == promote);
  REQUIRE(findings[0].place.line == 10);
}

TEST_CASE("a step that succeeds at its second attempt is no finding") {
  JournalBuilder b;
  const auto promote = b.step("promote");
  b.starts(70, promote).ends(71, promote, {}, 1).starts(71, promote, 2).ends(72, promote);
  REQUIRE(step_findings(b).empty());
}

TEST_CASE("steps that were given up, skipped, cut off or not understood are findings") {
  JournalBuilder b;
  for (const char* id : {"slow", "later", "last", "odd", "nobody"}) b.step(id);
  b.starts(70, 0).put(80, ended(StepEnded::Why::timed_out)).put(80, [] {
    auto end = ended(StepEnded::Why::skipped);
    end.step = 1;
    return end;
  }());
  auto cut = ended(StepEnded::Why::cut_off);
  cut.step = 2;
  auto odd = ended(StepEnded::Why::ended);
  odd.step = 3;
  odd.understood = false;
  auto nobody = ended(StepEnded::Why::ended);
  nobody.step = 4;
  nobody.exit_status = 1;
  b.starts(81, 3).put(82, odd).put(83, nobody).put(90, cut);
  const auto findings = step_findings(b);
  REQUIRE(findings.size() == 5);
  REQUIRE(findings[0].rule == "step-not-understood");
  REQUIRE(findings[1].rule == "step-timed-out");
  REQUIRE(findings[2].rule == "step-skipped");
  REQUIRE(findings[3].rule == "step-cut-off");
  REQUIRE(findings[3].text == "step \"last\" had not begun when the drill ended");
  REQUIRE(findings[4].text == "step \"nobody\" was not begun: nobody came");
}

TEST_CASE("a Service without endpoints is one finding, with how long and the step before it") {
  JournalBuilder b;
  const auto scale = b.step("scale");
  b.fault(65).starts(70, scale).ends(71, scale, set_of({ComponentId::postgres}));
  b.note(72, 72, NoteKind::endpoints_empty).note(80, 80, NoteKind::endpoints_back);
  b.note(90, 90, NoteKind::endpoints_empty).note(94, 94, NoteKind::endpoints_back);
  b.note(95, 95, NoteKind::endpoints_empty, ComponentId::postgres, 7);
  b.end(200);
  const auto findings = note_findings(b);
  REQUIRE(findings.size() == 2);
  REQUIRE(findings[0].rule == "service-without-endpoints");
  REQUIRE(findings[0].text == "Service thing-0 has no endpoints, 2 times, for 12.0 s in all");
  REQUIRE(findings[0].step == scale);
  REQUIRE(findings[0].place.line == 10);
  REQUIRE(findings[1].text == "Service thing-7 has no endpoints, and still when the drill ended");
}

TEST_CASE("two primaries are an error; what is only context is no finding") {
  JournalBuilder b;
  b.fault(65).note(70, 70, NoteKind::pod_stopping).note(71, 71, NoteKind::postgres_two_primaries);
  const auto findings = note_findings(b);
  REQUIRE(findings.size() == 1);
  REQUIRE(findings[0].rule == "two-primaries");
  REQUIRE(findings[0].level == FindingLevel::error);
}

TEST_CASE("what was noted before the first fault is not held against the drill") {
  JournalBuilder b;
  b.note(62, 62, NoteKind::endpoints_empty).fault(65);
  REQUIRE(note_findings(b).empty());
}
