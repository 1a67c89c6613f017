#include "sim/engine/event_queue.hpp"

#include <array>
#include <cstdlib>
#include <iostream>
#include <queue>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/engine/engine.hpp"
#include "sim/engine/sampler.hpp"

/// The engine with its radix queue against a heap ordered by (time, sequence): the same operations,
/// the same events in the same order. DRDRILL_TEST_SEED chooses another seed.
namespace drdrill {
namespace {

using namespace std::chrono_literals;

struct Entry {
  Offset time{};
  std::uint64_t sequence = 0;
  std::size_t group = 0;
  std::uint32_t generation = 0;
};

struct Later {
  bool operator()(const Entry& a, const Entry& b) const {
    return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
  }
};

constexpr std::array<const char*, 8> patterns{
    "exponential", "constant", "zero",          "few values",
    "bursts",      "bimodal",  "any magnitude", "aligned to whole seconds"};

Duration increment(std::size_t pattern, Offset now, RandomStream& random) {
  const auto exponential = [&](double mean_ns) {
    return Duration(static_cast<std::int64_t>(mean_ns * unit_exponential(random.next())));
  };
  switch (pattern) {
    case 0:
      return exponential(1e9);
    case 1:
      return 30s;
    case 2:
      return random.below(50) == 0 ? 1us : 0ns;  // time has to pass now and then
    case 3:
      return Duration(random.below(4));
    case 4:
      return random.below(20) == 0 ? exponential(1e12) : Duration(random.below(100));
    case 5:
      return random.below(2) == 0 ? exponential(1e3) : 1000s + exponential(1e9);
    case 6:
      return Duration(random.next() >> (8 + random.below(56)));
    default:
      return 1s - now % 1s + Duration(random.below(3) * 1'000'000'000);
  }
}

class Differential {
 public:
  Differential(std::size_t pattern, std::uint64_t seed)
      : pattern_(pattern), random_(seed, pattern, "differential"), generations_(groups) {
    for (std::size_t i = 1; i < groups; ++i) engine_.make_group();
  }

  /// True when both sides agreed on everything.
  bool play(std::size_t operations) {
    bool same = true;
    for (std::size_t i = 0; i < operations && same; ++i) {
      if (i % 40'000 == 0) growing_ = !growing_;  // fill to thousands, drain to a few, again
      if (engine_.now() > 1'000'000h) restart();
      const std::uint64_t choice = random_.below(100);
      if (choice < (growing_ ? 60U : 35U)) {
        schedule();
      } else if (choice < 96) {
        same = execute_one();
      } else if (choice < 98) {
        same = let_time_pass();
      } else if (choice < 99) {
        cancel();
      } else {
        same = engine_.pending() == live_ && engine_.next_time() == next_time();
      }
    }
    return same;
  }

 private:
  static constexpr std::size_t groups = 50;

  void schedule() {
    const Offset time = engine_.now() + increment(pattern_, engine_.now(), random_);
    const std::size_t group = random_.below(groups);
    engine_.at(time, {.data = sequence_}, static_cast<Group>(group));
    heap_.push({time, sequence_++, group, generations_[group]});
    ++live_;
    ++pending_[group];
  }

  void cancel() {
    const std::size_t group = 1 + random_.below(groups - 1);
    engine_.cancel(static_cast<Group>(group));
    ++generations_[group];
    live_ -= pending_[group];
    pending_[group] = 0;
  }

  void drop_cancelled() {
    while (!heap_.empty() && generations_[heap_.top().group] != heap_.top().generation) heap_.pop();
  }

  Offset next_time() {
    drop_cancelled();
    return heap_.empty() ? never : heap_.top().time;
  }

  bool expect(const Event& e) {
    drop_cancelled();
    if (heap_.empty()) return false;
    const Entry expected = heap_.top();
    heap_.pop();
    --live_;
    --pending_[expected.group];
    return e.time == expected.time && e.data == expected.sequence && engine_.now() == e.time;
  }

  bool execute_one() {
    bool same = true;
    if (live_ == 0) return true;  // running would end time
    bool stop = false;
    const auto handled = engine_.run(
        never,
        [&](const Event& e) {
          same = expect(e);
          stop = true;
        },
        stop);
    return same && handled == 1;
  }

  bool let_time_pass() {
    bool same = true;
    const Offset until = engine_.now() + increment(pattern_, engine_.now(), random_) / 4;
    const bool stop = false;
    engine_.run(
        until, [&](const Event& e) { same = same && expect(e); }, stop);
    return same && engine_.now() == until && next_time() > until;
  }

  void restart() {
    engine_.reset();
    heap_ = {};
    pending_ = {};
    live_ = 0;
  }

  std::size_t pattern_;
  RandomStream random_;
  Engine engine_;
  std::priority_queue<Entry, std::vector<Entry>, Later> heap_;
  std::vector<std::uint32_t> generations_;
  std::array<std::size_t, groups> pending_{};
  std::size_t live_ = 0;
  std::uint64_t sequence_ = 0;
  bool growing_ = false;
};

TEST_CASE("the engine runs events in the order of a heap by time and sequence") {
  const char* given = std::getenv("DRDRILL_TEST_SEED");
  const std::uint64_t seed = given == nullptr ? 20'261'123 : std::strtoull(given, nullptr, 10);
  std::cout << "differential test of the event queue: DRDRILL_TEST_SEED=" << seed << '\n';
  for (std::size_t pattern = 0; pattern < patterns.size(); ++pattern) {
    INFO(patterns[pattern] << ", seed " << seed);
    CHECK(Differential(pattern, seed).play(1'300'000));
  }
}

TEST_CASE("many events at one instant come in the order in which they were scheduled") {
  EventQueue queue;
  constexpr std::uint64_t count = 100'000;
  for (std::uint64_t i = 0; i < count; ++i) queue.push({.time = 5s, .data = i});
  for (std::uint64_t i = 0; i < count; ++i) {
    const Event* next = queue.peek(5s);
    REQUIRE(next != nullptr);
    REQUIRE(next->data == i);
    queue.pop();
    if (i % 2 == 0 && i < 1000) queue.push({.time = 5s, .data = count + i / 2});
  }
  for (std::uint64_t i = 0; i < 500; ++i) {
    REQUIRE(queue.peek(never)->data == count + i);
    queue.pop();
  }
  CHECK(queue.size() == 0);
}

TEST_CASE("times before the start of a drill and at the end of time are ordinary times") {
  EventQueue queue;
  queue.clear(-100h);
  for (Offset t : {Offset{5}, Offset{-1h}, never, Offset{-100h}, Offset{0}})
    queue.push({.time = t});
  for (Offset t : {Offset{-100h}, Offset{-1h}, Offset{0}, Offset{5}, never}) {
    REQUIRE(queue.peek(never) != nullptr);
    CHECK(queue.peek(never)->time == t);
    queue.pop();
  }
}

}  // namespace
}  // namespace drdrill
