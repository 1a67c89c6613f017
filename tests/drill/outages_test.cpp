#include <catch2/catch.hpp>

#include "sim/drill/checkers.hpp"
#include "tests/drill/journal_builder.hpp"

using namespace drdrill;
using namespace drdrill::test;

namespace {

std::vector<Outage> outages_of(const JournalBuilder& built,
                               Unanswered unanswered = Unanswered::neither) {
  const Chronicle chronicle(built.journal);
  return find_outages(chronicle, ComponentId::postgres, unanswered);
}

}  // namespace

TEST_CASE("a component that never breaks has no outage") {
  JournalBuilder b;
  b.fault(70).fails(75, ProbeKind::join).end(500);
  REQUIRE(outages_of(b).empty());
}

TEST_CASE("an outage ends at the first instant after which the steady state holds for a minute") {
  JournalBuilder b;
  b.fault(70).fails(71).holds(101).end(500);
  const auto outages = outages_of(b);
  REQUIRE(outages.size() == 1);
  REQUIRE(outages[0].began == 71s);
  REQUIRE(outages[0].ended == Offset(101s));
}

TEST_CASE("recoveries shorter than stable_for merge outages, longer ones part them") {
  SECTION("59 s of recovery: one outage of 90 s") {
    JournalBuilder b;
    b.fault(70).fails(71).holds(90).fails(149).holds(161).end(500);
    const auto outages = outages_of(b);
    REQUIRE(outages.size() == 1);
    REQUIRE(outages[0].began == 71s);
    REQUIRE(outages[0].ended == Offset(161s));
  }
  SECTION("60 s of recovery: two outages of 19 s and 11 s") {
    JournalBuilder b;
    b.fault(70).fails(71).holds(90).fails(150).holds(161).end(500);
    const auto outages = outages_of(b);
    REQUIRE(outages.size() == 2);
    REQUIRE(outages[0].ended == Offset(90s));
    REQUIRE(outages[1].began == 150s);
    REQUIRE(outages[1].ended == Offset(161s));
  }
  SECTION("three breaks in a row are one outage from the first to the last") {
    JournalBuilder b;
    b.fault(70).fails(71).holds(80).fails(100).holds(110).fails(130).holds(140).end(500);
    const auto outages = outages_of(b);
    REQUIRE(outages.size() == 1);
    REQUIRE(outages[0].ended == Offset(140s));
  }
}

TEST_CASE("an outage that is not over when the undo begins has no end, whatever the undo does") {
  JournalBuilder b;
  b.fault(70).fails(71).undo(400).undone(400).holds(405).finished(600);
  const auto outages = outages_of(b);
  REQUIRE(outages.size() == 1);
  REQUIRE(!outages[0].ended);
  REQUIRE(censored_at(Chronicle(b.journal), outages[0]) == 400s);
}

TEST_CASE("a recovery just before the undo counts when it holds on") {
  JournalBuilder b;
  SECTION("it does") {
    b.fault(70).fails(71).holds(390).undo(400).finished(460);
    REQUIRE(outages_of(b).at(0).ended == Offset(390s));
  }
  SECTION("nobody looked for long enough") {
    b.fault(70).fails(71).holds(390).undo(400).finished(430);
    REQUIRE(!outages_of(b).at(0).ended);
  }
}

TEST_CASE("an outage that the undo makes is judged to the end of the drill") {
  JournalBuilder b;
  SECTION("and may end") {
    b.fault(70).undo(400).undone(400).fails(410).holds(430).finished(500);
    REQUIRE(outages_of(b).at(0).ended == Offset(430s));
  }
  SECTION("or not") {
    b.fault(70).undo(400).undone(400).fails(410).finished(500);
    const auto outages = outages_of(b);
    REQUIRE(!outages.at(0).ended);
    REQUIRE(censored_at(Chronicle(b.journal), outages[0]) == 500s);
  }
}

TEST_CASE("what broke before the first injection is no outage") {
  JournalBuilder b;
  b.fails(65).fault(70).holds(100).fails(200).holds(210).end(500);
  const auto outages = outages_of(b);
  REQUIRE(outages.size() == 1);
  REQUIRE(outages[0].began == 200s);
}

TEST_CASE("a step that is to make the fault is an injection from its start") {
  JournalBuilder b;
  const auto drain = b.step("drain", Phase::inject);
  b.starts(70, drain)
      .fails(75)
      .holds(80)
      .ends(100, drain, set_of({ComponentId::postgres}))
      .end(500);
  REQUIRE(outages_of(b).at(0).began == 75s);
  const Chronicle chronicle(b.journal);
  REQUIRE(chronicle.first_injection == Offset(70s));
  REQUIRE(chronicle.first_fault == Offset(100s));
}

TEST_CASE("an unanswered question neither breaks nor holds") {
  SECTION("alone it is no outage") {
    JournalBuilder b;
    b.fault(70).unanswered(80).holds(200).end(500);
    REQUIRE(outages_of(b).empty());
    REQUIRE(outages_of(b, Unanswered::as_fails).at(0).began == 80s);
    REQUIRE(outages_of(b, Unanswered::as_fails).at(0).ended == Offset(200s));
  }
  SECTION("it does not count towards the minute that ends an outage") {
    JournalBuilder b;
    b.fault(70).fails(71).holds(90).unanswered(110).holds(130).end(500);
    REQUIRE(outages_of(b).at(0).ended == Offset(130s));
    REQUIRE(outages_of(b, Unanswered::as_holds).at(0).ended == Offset(90s));
  }
  SECTION("failing before and after it is one outage") {
    JournalBuilder b;
    b.fault(70).fails(71).unanswered(90).fails(200).holds(210).end(500);
    const auto outages = outages_of(b);
    REQUIRE(outages.size() == 1);
    REQUIRE(outages[0].ended == Offset(210s));
  }
}

TEST_CASE("an outage knows the fault, undo or changing step before it") {
  JournalBuilder b;
  const auto look = b.step("look", Phase::watch);
  const auto scale = b.step("scale", Phase::recover);
  b.fault(70).starts(71, look).ends(72, look);
  b.starts(80, scale).ends(90, scale, set_of({ComponentId::postgres}));
  b.fails(100).holds(110).end(500);
  const Chronicle chronicle(b.journal);
  const auto outages = find_outages(chronicle, ComponentId::postgres);
  const auto entry = what_preceded(chronicle, outages.at(0));
  REQUIRE(entry);
  const auto* ended = std::get_if<StepEnded>(&b.journal.entries[*entry].what);
  REQUIRE(ended);
  REQUIRE(ended->step == scale);

  JournalBuilder c;
  c.fault(70).starts(71, c.step("look", Phase::watch)).fails(75).end(500);
  const Chronicle early(c.journal);
  const auto first = what_preceded(early, find_outages(early, ComponentId::postgres).at(0));
  REQUIRE(first);
  REQUIRE(std::holds_alternative<FaultTook>(c.journal.entries[*first].what));
}
