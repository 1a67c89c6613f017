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

TEST_CASE("people who were paged for another component explain the time that passed meanwhile") {
  JournalBuilder b;
  const auto promote = b.step("promote");
  b.fault(70).fails(71);
  b.note(71, 81, NoteKind::alert_firing);
  b.note(90, 150, NoteKind::page_acknowledged, ComponentId::platform);
  b.starts(161, promote).ends(171, promote, set_of({postgres})).holds(181).end(500);
  const auto parts = parts_of(b);
  REQUIRE(parts[1].causes.size() == 1);
  CHECK(parts[1].causes[0].note->kind == NoteKind::page_acknowledged);
}

TEST_CASE(
    "where the name leads decides which servers are asked, so its change explains every outage") {
  JournalBuilder b;
  const auto copy = b.step("restore-copy");
  const auto record = b.step("change-record");
  b.fault(70).fails(71).note(71, 72, NoteKind::alert_firing);
  b.starts(81, copy).ends(91, copy, set_of({postgres}));
  b.starts(91, record).ends(101, record, set_of({ComponentId::load_balancer}));
  b.note(101, 111, NoteKind::dns_published, ComponentId::platform);
  b.note(111, 131, NoteKind::dns_moved, ComponentId::platform).holds(131).end(500);
  const auto parts = parts_of(b);
  require_times(parts, 1s, 9s, 30s, 20s);
  REQUIRE(parts[2].causes.size() == 3);
  REQUIRE(parts[3].causes.size() == 1);
  CHECK(parts[3].causes[0].note->kind == NoteKind::dns_moved);
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

TEST_CASE("what else nothing explains waited for the fault that service came back after") {
  JournalBuilder b;
  const auto promote = b.step("promote");
  b.fault(70).fails(71).note(71, 72, NoteKind::alert_firing);
  b.starts(81, promote).ends(91, promote, set_of({postgres}));
  b.undone(190).note(191, 195, NoteKind::postgres_started).holds(196).end(500);
  const auto parts = parts_of(b);
  require_times(parts, 1s, 9s, 10s, 105s);
  CHECK(parts[2].causes.size() == 1);  // a step explains it all
  REQUIRE(parts[3].causes.size() == 2);
  const Cause& waited = parts[3].causes[0];
  CHECK(waited.fault == 0);
  CHECK(waited.began == 70s);
  CHECK(waited.from == 91s);
  CHECK(waited.to == 190s);
  CHECK(parts[3].causes[1].note->kind == NoteKind::postgres_started);
}

TEST_CASE(
    "a step that only waits explains what nothing else does, when somebody had acted before") {
  JournalBuilder b;
  const auto wait = b.step("confirm", Phase::watch);
  const auto join = b.step("join");
  b.fault(70).fails(71).starts(72, wait).note(71, 80, NoteKind::container_restarted);
  b.ends(100, wait).starts(100, join).ends(110, join, set_of({postgres})).holds(115).end(500);
  const auto parts = parts_of(b);
  REQUIRE(parts[2].causes.size() == 3);
  CHECK(parts[2].causes[0].step == wait);
  CHECK(parts[2].causes[0].from == 80s);
  CHECK(parts[2].causes[0].began == 72s);
  CHECK(parts[2].causes[1].step == join);
}

TEST_CASE("a fault that went on, or that touched something else, explains no waiting") {
  const auto causes_of_waiting = [](ComponentSet touched, double undone) {
    JournalBuilder b;
    b.fault(70, true, touched).fails(71).note(71, 72, NoteKind::alert_firing);
    if (undone < 200) b.undone(undone);
    b.note(190, 195, NoteKind::postgres_started).holds(196);
    if (undone > 200) b.undone(undone);
    b.end(500);
    return parts_of(b)[1].causes;
  };
  CHECK(causes_of_waiting(set_of({postgres}), 190).size() == 1);
  CHECK(causes_of_waiting(set_of({postgres}), 300).empty());
  CHECK(causes_of_waiting(set_of({ComponentId::redis}), 190).empty());
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
  b.note(76, 106, NoteKind::diagnosed);
  b.note(111, 116, NoteKind::postgres_promoted).holds(120).end(500);
  const auto parts = parts_of(b);
  require_times(parts, 10s, 30s, 5s, 4s);
  REQUIRE(parts[0].causes.size() == 2);
  REQUIRE(parts[0].causes[0].note->kind == NoteKind::alert_firing);
  REQUIRE(parts[0].causes[1].note->kind == NoteKind::diagnosed);
  REQUIRE(parts[0].causes[1].to - parts[0].causes[1].from == 5s);
  REQUIRE(parts[1].causes.size() == 1);
  REQUIRE(parts[1].causes[0].note->kind == NoteKind::diagnosed);
  REQUIRE(parts[1].causes[0].to - parts[1].causes[0].from == 25s);
}

TEST_CASE("a second detector that is slower than the first explains nothing that comes after") {
  JournalBuilder b;
  b.fault(70).fails(71).note(71, 81, NoteKind::alert_firing);
  b.note(71, 111, NoteKind::node_not_ready);
  b.note(85, 95, NoteKind::pod_unready);
  b.note(111, 116, NoteKind::postgres_promoted).holds(120).end(500);
  const auto parts = parts_of(b);
  require_times(parts, 10s, 30s, 5s, 4s);
  REQUIRE(parts[0].causes.size() == 2);
  REQUIRE(parts[1].causes.empty());
}

TEST_CASE("what somebody still settles while it is acted on explains no acting") {
  JournalBuilder b;
  const auto promote = b.step("promote");
  b.fault(70).fails(71).note(71, 81, NoteKind::alert_firing).starts(91, promote);
  b.note(81, 96, NoteKind::diagnosed).ends(101, promote, set_of({postgres})).holds(111).end(500);
  const auto parts = parts_of(b);
  require_times(parts, 10s, 10s, 10s, 10s);
  REQUIRE(parts[1].causes.size() == 1);
  REQUIRE(parts[1].causes[0].to - parts[1].causes[0].from == 10s);
  REQUIRE(parts[2].causes.size() == 1);
  REQUIRE(parts[2].causes[0].step == promote);
}

TEST_CASE("paging takes time on the way from the alert to a decision") {
  JournalBuilder b;
  b.fault(70).fails(71).note(71, 81, NoteKind::alert_firing).note(81, 91, NoteKind::page_sent);
  b.note(91, 121, NoteKind::page_acknowledged).note(121, 126, NoteKind::postgres_promoted);
  b.holds(126).end(500);
  const auto parts = parts_of(b);
  require_times(parts, 10s, 40s, 5s, 0s);
  REQUIRE(parts[0].causes.size() == 1);
  REQUIRE(parts[1].causes.size() == 2);
  REQUIRE(parts[1].causes[0].note->kind == NoteKind::page_acknowledged);
  REQUIRE(parts[1].causes[1].note->kind == NoteKind::page_sent);
}

namespace {

constexpr ParameterId guessed{3};
constexpr ParameterId known{5};

JournalBuilder with_parameters(ComponentId component = postgres) {
  JournalBuilder b({postgres, component});
  b.objective(postgres, 1h).parameter(3, Provenance::estimate).parameter(5, Provenance::measured);
  return b;
}

}  // namespace

namespace {

Duration on_estimates(const JournalBuilder& b, std::size_t objective = 0) {
  return judge(b.journal).objectives.at(objective).rto.on_estimates;
}

}  // namespace

TEST_CASE("an estimate that an outage waits for counts; what nothing explains does not") {
  JournalBuilder b = with_parameters();
  b.fault(70).fails(71).note(71, 101, NoteKind::alert_firing, postgres, 1, known);
  b.note(101, 111, NoteKind::postgres_promoted, postgres, 2, guessed).holds(121).end(500);
  REQUIRE(on_estimates(b) == 10s);
  JournalBuilder none;
  REQUIRE(judge(none.end(100).journal).objectives.empty());
}

TEST_CASE("an estimate that runs beside what the outage waits for sets nothing") {
  JournalBuilder b = with_parameters();
  b.fault(70).fails(71).note(71, 81, NoteKind::alert_firing, postgres, 1, known);
  b.note(81, 101, NoteKind::pods_evicted, postgres, 2, guessed);
  b.note(86, 106, NoteKind::pod_scheduled, postgres, 3, guessed);
  b.note(81, 111, NoteKind::container_restarted, postgres, 4, known).holds(111).end(500);
  REQUIRE(on_estimates(b) == 0s);
}

TEST_CASE("each objective has its own time on estimates") {
  JournalBuilder b = with_parameters(ComponentId::api);
  b.objective(ComponentId::api, 1h).depends(ComponentId::api, postgres);
  b.fault(70).fails(71).fails(71, ProbeKind::api_requests);
  b.note(71, 81, NoteKind::alert_firing, postgres, 1, guessed);
  b.note(81, 111, NoteKind::postgres_promoted, postgres, 2, known).holds(111);
  b.note(111, 121, NoteKind::pods_evicted, ComponentId::api, 3, guessed);
  b.holds(121, ProbeKind::api_requests).end(500);
  REQUIRE(on_estimates(b, 0) == 10s);
  REQUIRE(on_estimates(b, 1) == 20s);
}

TEST_CASE(
    "a step's time goes to what typing took, then to what it waited for, the rest is its own") {
  JournalBuilder b = with_parameters();
  const auto look = b.step("look"), promote = b.step("promote");
  b.fault(70).fails(71).note(71, 81, NoteKind::alert_firing);
  // A check that touches nothing: the next step comes after it all the same.
  b.starts(81, look).ends(86, look).starts(86, promote);
  b.note(100, 104, NoteKind::postgres_promoted, postgres, 1, known);
  b.ends(106, promote, set_of({postgres})).spent(guessed, 12s).holds(106).end(500);
  const RtoResult rto = judge(b.journal).objectives.at(0).rto;
  REQUIRE(rto.on_estimates == 12s);
  using Kind = CauseId::Kind;
  REQUIRE(rto.path.size() == 5);
  const auto check = [&](std::size_t i, CauseId cause, Duration critical, Duration own) {
    CHECK(rto.path[i].cause == cause);
    CHECK(rto.path[i].on_path);
    CHECK(rto.path[i].critical == critical);
    CHECK(rto.path[i].own == own);
  };
  check(0, {Kind::step, look}, 5s, 5s);
  check(1, {Kind::step, promote}, 20s, 4s);
  check(2, {Kind::timer, 3}, 12s, 12s);
  check(3, {Kind::timer, 5}, 4s, 4s);
  check(4, {Kind::mechanism, static_cast<std::uint32_t>(NoteKind::alert_firing)}, 10s, 10s);
}

TEST_CASE("a timer that ended after the outage did not end it") {
  JournalBuilder b = with_parameters();
  b.fault(70).fails(71).note(71, 81, NoteKind::alert_firing, postgres, 1, known);
  b.note(81, 91, NoteKind::redis_election_won, postgres, 2, known).holds(91);
  b.note(71, 120, NoteKind::node_not_ready, postgres, 3, guessed);
  b.note(71, 400, NoteKind::pods_evicted, postgres, 3, guessed).end(500);
  const RtoResult rto = judge(b.journal).objectives.at(0).rto;
  REQUIRE(rto.achieved == 20s);
  REQUIRE(rto.on_estimates == 0s);
  for (const CauseTime& row : rto.path) CHECK(row.cause != CauseId{CauseId::Kind::timer, 3});
}

TEST_CASE("a step that waits explains how long it took to notice") {
  JournalBuilder b;
  const auto confirm = b.step("confirm", Phase::watch), promote = b.step("promote");
  b.starts(60, confirm).fault(70).fails(71).ends(101, confirm);
  b.starts(101, promote).ends(111, promote, set_of({postgres})).holds(121).end(500);
  const auto parts = parts_of(b);
  require_times(parts, 30s, 0s, 10s, 10s);
  REQUIRE(parts[0].causes.at(0).step == confirm);
}

TEST_CASE("where nothing else took time, the step that the runbook was at is named") {
  JournalBuilder b;
  const auto promote = b.step("promote"), wait = b.step("wait");
  b.fault(70).fails(71);
  b.starts(71, promote).ends(81, promote, set_of({postgres}));
  b.starts(81, wait).ends(131, wait).holds(141).end(500);
  const auto parts = parts_of(b);
  require_times(parts, 0s, 0s, 10s, 60s);
  REQUIRE(parts[3].causes.at(0).step == wait);
}
