#include <catch2/catch.hpp>

#include "sim/drill/checkers.hpp"
#include "tests/drill/journal_builder.hpp"

using namespace drdrill;
using namespace drdrill::test;

namespace {

constexpr auto postgres = ComponentId::postgres;

std::vector<PartOfOutage> parts_of(const JournalBuilder& b) {
  const Chronicle chronicle(b.journal);
  const auto outages = find_outages(chronicle, postgres);
  REQUIRE(outages.size() == 1);
  auto parts = break_down(chronicle, postgres, outages[0]);
  REQUIRE(parts.size() == 4);
  Duration sum{};
  for (const PartOfOutage& part : parts) {
    REQUIRE(part.took >= Duration{});
    sum += part.took;
  }
  REQUIRE(sum == end_of(chronicle, outages[0]) - outages[0].began);
  return parts;
}

void require_times(const std::vector<PartOfOutage>& parts, Duration detect, Duration decide,
                   Duration act, Duration restore) {
  CHECK(parts[0].took == detect);
  CHECK(parts[1].took == decide);
  CHECK(parts[2].took == act);
  CHECK(parts[3].took == restore);
}

}  // namespace

TEST_CASE("an outage is broken down at the signal, the first action and the last one") {
  JournalBuilder b;
  const auto promote = b.step("promote");
  b.fault(70).fails(71);
  b.note(71, 101, NoteKind::alert_firing);  // detected after 30 s
  b.note(101, 131, NoteKind::page_acknowledged);
  b.starts(141, promote).ends(151, promote, set_of({postgres}));  // begun after 40 s more
  b.note(151, 171, NoteKind::postgres_started);
  b.holds(171).end(500);
  const auto parts = parts_of(b);
  require_times(parts, 30s, 40s, 10s, 20s);
  REQUIRE(parts[0].causes.at(0).note->kind == NoteKind::alert_firing);
  REQUIRE(parts[1].causes.at(0).note->kind == NoteKind::page_acknowledged);
  REQUIRE(parts[2].causes.at(0).step == promote);
  REQUIRE(parts[3].causes.at(0).note->kind == NoteKind::postgres_started);
}

TEST_CASE("an action before any signal ends detection, and nobody had to decide") {
  JournalBuilder b;
  const auto promote = b.step("promote");
  b.fault(70).fails(71).starts(81, promote).ends(91, promote, set_of({postgres}));
  b.note(95, 95, NoteKind::alert_firing).holds(101).end(500);
  require_times(parts_of(b), 10s, 0s, 10s, 10s);
}

TEST_CASE("an automatic action counts from when its timer began") {
  JournalBuilder b;
  b.fault(70).fails(71).note(71, 76, NoteKind::redis_node_suspected);
  b.note(80, 90, NoteKind::postgres_promoted).holds(95).end(500);
  require_times(parts_of(b), 5s, 4s, 10s, 5s);
}

TEST_CASE("steps that look, or that touched something else, do not lengthen the acting") {
  JournalBuilder b;
  const auto promote = b.step("promote");
  const auto look = b.step("look", Phase::watch);
  const auto other = b.step("other");
  b.fault(70).fails(71).note(71, 72, NoteKind::alert_firing);
  b.starts(81, promote).ends(91, promote, set_of({postgres}));
  b.starts(91, look).ends(95, look);
  b.starts(95, other).ends(99, other, set_of({ComponentId::redis}));
  b.holds(101).end(500);
  require_times(parts_of(b), 1s, 9s, 10s, 10s);
}

TEST_CASE("what a component depends on explains its outage, what does not concern it never") {
  JournalBuilder b;
  b.depends(postgres, ComponentId::redis);
  b.fault(70).fails(71);
  b.note(71, 72, NoteKind::alert_firing, ComponentId::monitoring);
  b.note(71, 81, NoteKind::node_not_ready, ComponentId::redis);
  b.holds(101).end(500);
  // Nobody acts, so the rest of the time passes without a decision.
  require_times(parts_of(b), 10s, 20s, 0s, 0s);
}

TEST_CASE("service that comes back by itself ends the waiting") {
  JournalBuilder b;
  b.fault(70).fails(71).note(85, 99, NoteKind::postgres_started).holds(101).end(500);
  require_times(parts_of(b), 14s, 0s, 0s, 16s);
}

TEST_CASE("an outage that nobody noticed and nothing ended is all detection") {
  JournalBuilder b;
  b.fault(70).fails(71).end(400);
  require_times(parts_of(b), 329s, 0s, 0s, 0s);
}

TEST_CASE("an action that ended after the outage did not end it") {
  JournalBuilder b;
  const auto slow = b.step("slow");
  b.fault(70).fails(71).note(71, 72, NoteKind::alert_firing).starts(80, slow).holds(100);
  b.ends(150, slow, set_of({postgres})).end(500);
  require_times(parts_of(b), 1s, 8s, 0s, 20s);
}

TEST_CASE("the longest cause comes first and stands for equal ones within it") {
  JournalBuilder b;
  b.fault(70).fails(71).note(71, 72, NoteKind::alert_firing).note(72, 73, NoteKind::pod_scheduled);
  b.note(75, 80, NoteKind::pod_ready, postgres, 1).note(74, 90, NoteKind::pod_ready, postgres, 2);
  b.note(73, 95, NoteKind::postgres_started, postgres, 3).holds(101).end(500);
  const auto parts = parts_of(b);
  const auto& causes = parts[3].causes;
  REQUIRE(causes.size() == 2);
  REQUIRE(causes[0].note->kind == NoteKind::postgres_started);
  REQUIRE(causes[0].to - causes[0].from == 22s);
  REQUIRE(causes[1].note->subject == SubjectId{2});
}

TEST_CASE("a timer that runs through two parts explains its share of each") {
  JournalBuilder b;
  b.fault(70).fails(71).note(71, 81, NoteKind::alert_firing);
  b.note(71, 111, NoteKind::node_not_ready);
  b.note(111, 116, NoteKind::postgres_promoted).holds(120).end(500);
  const auto parts = parts_of(b);
  require_times(parts, 10s, 30s, 5s, 4s);
  REQUIRE(parts[1].causes.at(0).note->kind == NoteKind::node_not_ready);
  REQUIRE(parts[1].causes[0].to - parts[1].causes[0].from == 30s);
}

TEST_CASE("the estimates' share is of the time in causes") {
  JournalBuilder b;
  b.objective(postgres, 1h).parameter(3, Provenance::estimate).parameter(5, Provenance::measured);
  b.fault(70).fails(71).note(71, 101, NoteKind::alert_firing, postgres, 1, ParameterId{5});
  b.note(101, 111, NoteKind::postgres_promoted, postgres, 2, ParameterId{3}).holds(111).end(500);
  REQUIRE(judge(b.journal).estimate_share == Approx(10.0 / 40.0));
  JournalBuilder none;
  REQUIRE(judge(none.end(100).journal).estimate_share == 0);
}
