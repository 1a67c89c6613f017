#include <catch2/catch.hpp>

#include "sim/drill/checkers.hpp"
#include "tests/drill/journal_builder.hpp"

using namespace drdrill;
using namespace drdrill::test;

namespace {

RtoResult rto_of(const JournalBuilder& b, Duration target) {
  const Chronicle chronicle(b.journal);
  const Objective objective{ComponentId::postgres, target, {}, {}};
  return recovery_time(chronicle, objective, is_evaluated(chronicle, ComponentId::postgres));
}

}  // namespace

TEST_CASE("the achieved RTO is the longest outage, not the sum, and the target itself is met") {
  JournalBuilder b;
  b.fault(70).fails(71).holds(90).fails(200).holds(230).end(500);
  const RtoResult rto = rto_of(b, 30s);
  REQUIRE(rto.achieved == Duration(30s));
  REQUIRE(rto.sum == 49s);
  REQUIRE(rto.outages.size() == 2);
  REQUIRE(rto.met == true);
  REQUIRE(rto_of(b, 30s - 1ns).met == false);
}

TEST_CASE("an outage that was sampled is known to one question at either end") {
  JournalBuilder b;
  b.fault(70);
  b.put(71, Sample{71s, ProbeKind::postgres_write, Answer::fails, 0, 100ms});
  b.put(90, Sample{90s, ProbeKind::postgres_write, Answer::holds, 1, 250ms});
  b.fails(200).holds(210).end(500);
  const RtoResult rto = rto_of(b, 30s);
  REQUIRE(rto.achieved == Duration(19s));
  REQUIRE(rto.uncertainty == Duration(250ms));
}

TEST_CASE("a fault that is absorbed has an RTO of zero, which meets a target of zero") {
  JournalBuilder b;
  b.fault(70).end(500);
  REQUIRE(rto_of(b, 0s).achieved == Duration(0s));
  REQUIRE(rto_of(b, 0s).met == true);
}

TEST_CASE("an outage that is not over is censored and missed, however short it was so far") {
  JournalBuilder b;
  b.fault(70).fails(390).end(400);
  const RtoResult rto = rto_of(b, 1h);
  REQUIRE(!rto.achieved);
  REQUIRE(rto.censored_at == Offset(400s));
  REQUIRE(rto.sum == 10s);
  REQUIRE(rto.met == false);
}

TEST_CASE("unanswered probes matter only when they hide the answer") {
  SECTION("within the target even if all of it was failure: met") {
    JournalBuilder b;
    b.fault(70).unanswered(80).holds(90).end(500);
    REQUIRE(rto_of(b, 10s).met == true);
  }
  SECTION("met or missed, depending on what was not seen: open") {
    JournalBuilder b;
    b.fault(70).unanswered(80).holds(90).end(500);
    REQUIRE(rto_of(b, 9s).met == std::nullopt);
    REQUIRE(rto_of(b, 9s).achieved == Duration(0s));
  }
  SECTION("missed by what was seen alone: missed") {
    JournalBuilder b;
    b.fault(70).fails(80).holds(100).unanswered(200).holds(210).end(500);
    REQUIRE(rto_of(b, 19s).met == false);
  }
}

TEST_CASE("a component whose probe is blind, or was broken before, is not evaluated") {
  JournalBuilder blind;
  blind.unanswered(65).fault(70).end(500);
  REQUIRE(!is_evaluated(Chronicle(blind.journal), ComponentId::postgres));
  JournalBuilder broken;
  broken.fails(65).fault(70).holds(80).end(500);
  REQUIRE(!is_evaluated(Chronicle(broken.journal), ComponentId::postgres));
  JournalBuilder good;
  good.fault(70).end(500);
  REQUIRE(is_evaluated(Chronicle(good.journal), ComponentId::postgres));
  REQUIRE(!rto_of(broken, 1h).met);
}
