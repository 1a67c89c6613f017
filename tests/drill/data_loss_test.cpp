#include <catch2/catch.hpp>

#include "sim/drill/checkers.hpp"
#include "tests/drill/journal_builder.hpp"

using namespace drdrill;
using namespace drdrill::test;

namespace {

RpoResult rpo_of(const JournalBuilder& b, Duration target, bool recovered = true,
                 ComponentId component = ComponentId::postgres) {
  const Objective objective{component, {}, target, {}};
  return data_loss(Chronicle(b.journal), objective, recovered);
}

/// Broken from 100 s to 200 s.
JournalBuilder outage() {
  JournalBuilder b;
  b.fault(90).fails(100).holds(200).end(500);
  return b;
}

}  // namespace

TEST_CASE("nothing lost is an RPO of zero") {
  auto b = outage();
  b.stream("rooms", {records(0, 100, 60, Fate::kept), records(200, 500, 300, Fate::kept)});
  const RpoResult rpo = rpo_of(b, 0s);
  REQUIRE(rpo.achieved == Duration(0s));
  REQUIRE(rpo.met == true);
  REQUIRE(rpo.acknowledged == 360);
  REQUIRE(rpo.lost_writes == 0);
}

TEST_CASE("what was acknowledged before the failure is lost back from the failure") {
  auto b = outage();
  // Replication was 5 s behind when the data path failed at 100 s; the last ack was at 99.5 s.
  b.stream("rooms", {records(0, 95, 950, Fate::kept), records(95, 99.5, 46, Fate::lost)});
  const RpoResult rpo = rpo_of(b, 5s);
  REQUIRE(rpo.achieved == Duration(5s));
  REQUIRE(rpo.lost_writes == 46);
  REQUIRE(rpo.acknowledged == 996);
  REQUIRE(rpo.met == true);
  REQUIRE(rpo_of(b, 5s - 1ns).met == false);
}

TEST_CASE("what the wrong side of a partition went on acknowledging counts to its last ack") {
  auto b = outage();
  b.stream("slots 0-5460", {records(0, 98, 98, Fate::kept), records(98, 130, 32, Fate::lost)});
  REQUIRE(rpo_of(b, 1h).achieved == Duration(32s));
}

TEST_CASE("lost without a failure that showed: from the oldest to the newest lost ack") {
  JournalBuilder b;
  b.fault(90).end(500);
  b.stream("rooms", {records(110, 113, 3, Fate::lost)});
  REQUIRE(rpo_of(b, 1h).achieved == Duration(3s));
}

TEST_CASE("the failure that counts is the first one after the injection") {
  JournalBuilder b;
  b.fails(65).holds(66).fault(90).fails(100).holds(110).fails(300).holds(310).end(500);
  b.stream("rooms", {records(99, 99, 1, Fate::lost)});
  REQUIRE(rpo_of(b, 1h).achieved == Duration(1s));
}

TEST_CASE("the worst stream counts, lost writes are summed, survivors are reported only") {
  auto b = outage();
  b.stream("auth", {records(90, 95, 500, Fate::lost)});
  b.stream("chat", {records(80, 81, 2, Fate::lost), records(101, 102, 7, Fate::unacknowledged)});
  b.stream("other component", {records(0, 400, 9, Fate::lost)}, ComponentId::redis);
  const RpoResult rpo = rpo_of(b, 20s);
  REQUIRE(rpo.achieved == Duration(20s));
  REQUIRE(rpo.worst_stream == "chat");
  REQUIRE(rpo.lost_writes == 502);
  REQUIRE(rpo.acknowledged == 502);
  REQUIRE(rpo.unacknowledged_survivors == 7);
  REQUIRE(rpo.met == true);
}

TEST_CASE("what is acknowledged once the tool undoes what it did is not charged") {
  auto b = outage();
  b.stream("rooms", {records(95, 99, 4, Fate::lost), records(501, 600, 99, Fate::lost)});
  const RpoResult rpo = rpo_of(b, 1h);
  REQUIRE(rpo.achieved == Duration(5s));
  REQUIRE(rpo.lost_writes == 4);
  REQUIRE(rpo.lost_after_undo == 99);
}

TEST_CASE("a loss that goes on until the tool undoes what it did is bounded by nothing") {
  auto b = outage();
  // An old primary that clients never left: it acknowledges until the end, and beyond.
  b.stream("rooms", {records(100, 499.5, 400, Fate::lost), records(500.5, 510, 10, Fate::lost)});
  const RpoResult rpo = rpo_of(b, 1h);
  REQUIRE(!rpo.achieved);
  REQUIRE(rpo.at_least == Duration(399500ms));
  REQUIRE(rpo.met == false);
  REQUIRE(rpo.lost_writes == 400);
  REQUIRE(rpo.lost_after_undo == 10);
}

TEST_CASE("what could not be read back may be lost: no figure, and no met objective") {
  auto b = outage();
  b.stream("rooms", {records(0, 300, 300, Fate::unread)});
  b.stream("chat", {records(90, 95, 5, Fate::lost), records(200, 300, 5, Fate::kept)});
  const RpoResult open = rpo_of(b, 1h);
  REQUIRE(!open.evaluated);
  REQUIRE(!open.achieved);
  REQUIRE(!open.met);
  REQUIRE(open.unread == 300);
  // What was read back is too much already.
  const RpoResult missed = rpo_of(b, 1s);
  REQUIRE(missed.at_least == Duration(10s));
  REQUIRE(missed.met == false);
}

TEST_CASE("a figure is known to one record, and to one question where it ends with a failure") {
  JournalBuilder b;
  b.fault(90);
  b.put(100, Sample{100s, ProbeKind::postgres_write, Answer::fails, 0, 100ms});
  b.holds(200).end(500);
  b.stream("rooms", {records(95, 99.5, 46, Fate::lost)});
  b.journal.ledger.streams.back().achieved_rate = 40;
  RpoResult rpo = rpo_of(b, 1h);
  REQUIRE(rpo.resolution == Duration(25ms));
  REQUIRE(rpo.uncertainty == Duration(100ms));
  // Ending with the last record that was acknowledged, no question has a part in it.
  b.journal.ledger.streams.back().runs = {records(95, 130, 46, Fate::lost)};
  rpo = rpo_of(b, 1h);
  REQUIRE(rpo.uncertainty == Duration(25ms));
}

TEST_CASE("without recovery the RPO is undefined and missed") {
  auto b = outage();
  b.stream("rooms", {records(0, 95, 950, Fate::kept)});
  const RpoResult rpo = rpo_of(b, 1h, false);
  REQUIRE(!rpo.achieved);
  REQUIRE(rpo.met == false);
}

TEST_CASE("where there is no state to lose the RPO does not apply") {
  auto b = outage();
  const RpoResult rpo = rpo_of(b, 1h, true, ComponentId::load_balancer);
  REQUIRE(!rpo.applicable);
  REQUIRE(!rpo.met);
}

TEST_CASE("a world that keeps no ledger of a component leaves its RPO open") {
  const RpoResult rpo = rpo_of(outage(), 1h);
  REQUIRE(rpo.applicable);
  REQUIRE(!rpo.evaluated);
  REQUIRE(!rpo.met);
}
