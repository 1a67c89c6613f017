#include "sim/engine/engine.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace drdrill {
namespace {

using namespace std::chrono_literals;

constexpr bool run_on = false;

/// Runs to `until` and returns the subjects in the order in which their events came.
std::vector<std::uint32_t> subjects(Engine& engine, Offset until) {
  std::vector<std::uint32_t> seen;
  engine.run(
      until, [&](const Event& e) { seen.push_back(e.subject); }, run_on);
  return seen;
}

using List = std::vector<std::uint32_t>;

TEST_CASE("events run in order of time, and of scheduling at the same time") {
  Engine engine;
  engine.at(3s, {.subject = 30});
  engine.at(1s, {.subject = 10});
  engine.at(3s, {.subject = 31});
  engine.at(1s, {.subject = 11});
  CHECK(engine.pending() == 4);
  CHECK(engine.next_time() == 1s);
  CHECK(subjects(engine, 2s) == List{10, 11});
  CHECK(engine.now() == 2s);
  engine.at(3s, {.subject = 32});
  CHECK(subjects(engine, 3s) == List{30, 31, 32});
  CHECK(engine.next_time() == never);
}

TEST_CASE("an event carries what it was given") {
  Engine engine;
  engine.after(5ms, {.component = 7, .kind = 8, .subject = 9, .data = 1ULL << 40});
  const auto handled = engine.run(
      1s,
      [&](const Event& e) {
        CHECK(e.time == 5ms);
        CHECK(e.component == 7);
        CHECK(e.kind == 8);
        CHECK(e.subject == 9);
        CHECK(e.data == 1ULL << 40);
      },
      run_on);
  CHECK(handled == 1);
}

TEST_CASE("cancelling a group drops its events and no other, and the group can be used again") {
  Engine engine;
  const Group timer = engine.make_group();
  const Group other = engine.make_group();
  engine.at(1s, {.subject = 1}, timer);
  engine.at(2s, {.subject = 2}, timer);
  engine.at(2s, {.subject = 3}, other);
  engine.at(2s, {.subject = 4});
  engine.cancel(timer);
  CHECK(engine.pending() == 2);
  CHECK(engine.pending(timer) == 0);
  CHECK(engine.pending(other) == 1);
  CHECK(engine.next_time() == 2s);
  engine.at(3s, {.subject = 5}, timer);
  CHECK(subjects(engine, 10s) == List{3, 4, 5});
  CHECK(engine.pending() == 0);
}

TEST_CASE("a handler may cancel what is due at the same instant") {
  Engine engine;
  const Group group = engine.make_group();
  std::vector<std::uint32_t> seen;
  engine.at(1s, {.subject = 1});
  engine.at(1s, {.subject = 2}, group);
  engine.run(
      2s,
      [&](const Event& e) {
        seen.push_back(e.subject);
        engine.cancel(group);
      },
      run_on);
  CHECK(seen == List{1});
}

TEST_CASE("timers that are set again for ever leave no heap of cancelled events") {
  Engine engine;
  const Group timer = engine.make_group();
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    engine.cancel(timer);
    engine.after(1h, {.subject = i}, timer);
    REQUIRE(engine.pending() == 1);
  }
  CHECK(subjects(engine, 2h) == List{999'999});
}

TEST_CASE(
    "a handler that expects is told of most events before their time, and nothing else changes") {
  struct Expecting {
    List seen;
    std::vector<bool> told = std::vector<bool>(100);
    std::size_t untold = 0;

    void operator()(const Event& e) {
      seen.push_back(e.subject);
      untold += told[e.subject] ? 0U : 1U;
    }
    void expect(const Event& e) { told.at(e.subject) = true; }
  };
  const auto fill = [](Engine& engine) {
    for (std::uint32_t i = 0; i < 100; ++i) engine.at(1s * (i * 37 % 100), {.subject = i});
  };
  Engine plain, engine;
  fill(plain);
  fill(engine);
  Expecting handler;
  engine.run(100s, handler, run_on);
  CHECK(handler.seen == subjects(plain, 100s));
  CHECK(handler.untold <= Bottom::capacity);  // those due next when nothing else was pending
  CHECK(engine.fingerprint() == plain.fingerprint());
}

TEST_CASE("a stopped run stays at the event that stopped it and goes on from there") {
  Engine engine;
  bool stop = false;
  for (std::uint32_t i = 1; i <= 3; ++i) engine.at(i * 1s, {.subject = i});
  engine.run(
      10s, [&](const Event& e) { stop = e.subject == 2; }, stop);
  CHECK(engine.now() == 2s);
  CHECK(engine.pending() == 1);
  CHECK(engine.run(
            10s, [](const Event&) {}, stop) == 0);
  CHECK(engine.now() == 2s);
  CHECK(subjects(engine, 10s) == List{3});
  CHECK(engine.now() == 10s);
}

TEST_CASE("an event far away does not stand in the way of many nearer ones") {
  Engine engine;
  for (std::uint32_t i = 0; i < 100; ++i) engine.at(1000h, {.subject = 1000 + i});
  CHECK(subjects(engine, 1s).empty());
  for (std::uint32_t i = 0; i < 500; ++i) engine.after((500 - i) * 1ms, {.subject = 500 - i});
  const List near = subjects(engine, 1h);
  REQUIRE(near.size() == 500);
  for (std::uint32_t i = 0; i < 500; ++i) REQUIRE(near[i] == i + 1);
  CHECK(subjects(engine, 1000h).size() == 100);
}

TEST_CASE("after a reset nothing is pending, groups are kept, and time starts where it is told") {
  Engine engine;
  const Group group = engine.make_group();
  engine.at(1s, {.subject = 1}, group);
  engine.at(1s, {.subject = 2});
  const auto untouched = Engine().fingerprint();
  engine.run(
      1s, [](const Event&) {}, run_on);
  engine.at(9s, {.subject = 3}, group);
  engine.reset(-10s);
  CHECK(engine.now() == -10s);
  CHECK(engine.pending() == 0);
  CHECK(engine.pending(group) == 0);
  CHECK(engine.fingerprint() == untouched);
  engine.at(-5s, {.subject = 4}, group);
  engine.at(0s, {.subject = 5});
  CHECK(subjects(engine, 20s) == List{4, 5});
}

TEST_CASE("the fingerprint tells order, time, component, kind and subject apart") {
  struct Step {
    Offset time{};
    What what;
  };
  const auto fingerprint = [](const std::vector<Step>& steps) {
    Engine engine;
    for (const Step& s : steps) engine.at(s.time, s.what);
    engine.run(
        1h, [](const Event&) {}, run_on);
    return engine.fingerprint();
  };
  const Step a{1s, {.component = 1, .kind = 2, .subject = 3}};
  const Step b{1s, {.component = 1, .kind = 2, .subject = 4}};
  const auto reference = fingerprint({a, b});
  CHECK(fingerprint({a, b}) == reference);
  CHECK(fingerprint({b, a}) != reference);
  CHECK(fingerprint({a}) != reference);
  CHECK(fingerprint({a, {2s, b.what}}) != reference);
  CHECK(fingerprint({a, {1s, {.component = 2, .kind = 2, .subject = 4}}}) != reference);
  CHECK(fingerprint({a, {1s, {.component = 1, .kind = 3, .subject = 4}}}) != reference);
}

TEST_CASE("the past cannot be scheduled and the clock does not go back") {
  Engine engine;
  engine.run(
      5s, [](const Event&) {}, run_on);
  CHECK_THROWS_AS(engine.at(4s, {}), Bug);
  CHECK_THROWS_AS(engine.after(-1ns, {}), Bug);
  CHECK_THROWS_AS(engine.run(
                      4s, [](const Event&) {}, run_on),
                  Bug);
  CHECK_THROWS_AS(engine.cancel(Group::none), Bug);
}

}  // namespace
}  // namespace drdrill
