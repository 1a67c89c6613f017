#include "sim/drill/measurement.hpp"

#include <catch2/catch.hpp>

#include "tests/drill/journal_builder.hpp"

namespace drdrill {
namespace {

using test::JournalBuilder;

Moment fault(std::uint32_t index = 0) {
  Moment moment;
  moment.index = index;
  return moment;
}

Moment step(Moment::Kind kind, std::uint32_t index) {
  Moment moment;
  moment.kind = kind;
  moment.index = index;
  return moment;
}

Moment note(NoteKind kind, std::string about = "") {
  Moment moment;
  moment.kind = Moment::Kind::note;
  moment.note = kind;
  moment.about = std::move(about);
  return moment;
}

Moment probe(ProbeKind kind, Answer answer) {
  Moment moment;
  moment.kind = Moment::Kind::probe;
  moment.probe = kind;
  moment.answer = answer;
  return moment;
}

std::optional<double> between(const Journal& journal, const Moment& from, const Moment& to,
                              bool last = false) {
  Quantity quantity;
  quantity.from = from;
  quantity.to = to;
  quantity.last = last;
  return measure(journal, quantity);
}

std::optional<double> of(const Journal& journal, Quantity::Kind kind, ComponentId component) {
  Quantity quantity;
  quantity.kind = kind;
  quantity.component = component;
  return measure(journal, quantity);
}

TEST_CASE("a measurement goes from the first moment to the first or the last one after it") {
  JournalBuilder builder;
  builder.note(50, 50, NoteKind::node_not_ready, ComponentId::platform, 0)
      .fault(70)
      .note(70, 107.5, NoteKind::node_not_ready, ComponentId::platform, 0)
      .note(70, 110, NoteKind::node_not_ready, ComponentId::platform, 1)
      .note(70, 112, NoteKind::node_not_ready, ComponentId::platform, 0)
      .end(200);
  const Journal& journal = builder.journal;
  const Moment any = note(NoteKind::node_not_ready);
  CHECK(between(journal, fault(), any) == 37.5);
  CHECK(between(journal, fault(), note(NoteKind::node_not_ready, "thing-1")) == 40);
  CHECK(between(journal, fault(), any, true) == 42);
  CHECK_FALSE(between(journal, fault(), note(NoteKind::node_not_ready, "thing-7")));
  CHECK_FALSE(between(journal, fault(), note(NoteKind::pods_evicted)));
  CHECK_FALSE(between(journal, fault(3), any));
}

TEST_CASE("an answer that held all along is no change to it") {
  JournalBuilder builder;
  builder.fault(70).fails(70).holds(77.8).fails(90).holds(95).end(200);
  const Moment holds = probe(ProbeKind::postgres_write, Answer::holds);
  CHECK(between(builder.journal, fault(), holds) == Approx(7.8));
  CHECK(between(builder.journal, fault(), holds, true) == 25);
  CHECK(between(builder.journal, probe(ProbeKind::postgres_write, Answer::fails), holds) ==
        Approx(7.8));
}

TEST_CASE("steps and undone faults are moments too") {
  JournalBuilder builder;
  const std::uint32_t first = builder.step("first");
  const std::uint32_t second = builder.step("second");
  builder.fault(70).starts(71, first).ends(72, first).starts(72, second).ends(75, second);
  builder.undone(80).holds(81.5).end(200);
  using Kind = Moment::Kind;
  CHECK(between(builder.journal, step(Kind::step, first), step(Kind::step_ended, second)) == 4);
  CHECK(between(builder.journal, step(Kind::step_ended, first), step(Kind::step, second)) == 0);
  CHECK(between(builder.journal, step(Kind::undo, 0),
                probe(ProbeKind::postgres_write, Answer::holds)) == 1.5);
}

TEST_CASE("what became of a component is as the verdict has it") {
  JournalBuilder builder;
  builder.objective(ComponentId::postgres, std::chrono::minutes(30), std::chrono::minutes(15))
      .fault(70)
      .fails(70)
      .holds(100)
      .stream("ledger",
              {test::records(0, 68, 680, Fate::kept), test::records(68, 70, 20, Fate::lost)})
      .end(300);
  const Journal& journal = builder.journal;
  CHECK(of(journal, Quantity::Kind::rto, ComponentId::postgres) == 30);
  CHECK(of(journal, Quantity::Kind::rpo, ComponentId::postgres) == 2);
  CHECK(of(journal, Quantity::Kind::lost, ComponentId::postgres) == 20);
  CHECK_FALSE(of(journal, Quantity::Kind::rto, ComponentId::redis));
}

}  // namespace
}  // namespace drdrill
