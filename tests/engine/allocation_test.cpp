#include <cstdlib>
#include <new>

#include <catch2/catch.hpp>

#include "sim/engine/engine.hpp"
#include "sim/engine/sampler.hpp"
#include "sim/engine/station.hpp"

namespace {
std::size_t& allocations() {
  static std::size_t count = 0;
  return count;
}
}  // namespace

// The whole test program counts its allocations.
void* operator new(std::size_t size) {
  ++allocations();
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations();
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace drdrill {
namespace {

using namespace std::chrono_literals;

/// Things with a life of timers: most are cancelled and set again before they are due.
class World {
 public:
  World() {
    for (Group& group : groups_) group = engine_.make_group();
  }

  void replicate(std::uint64_t replication) {
    engine_.reset();
    station_.reset();
    stream_.restart(1, replication);
    for (std::uint32_t i = 0; i < things; ++i) schedule(i);
  }

  std::uint64_t run(Offset until) {
    const bool stop = false;
    return engine_.run(
        until, [this](const Event& e) { handle(e); }, stop);
  }

 private:
  static constexpr std::uint32_t things = 2000;

  void schedule(std::uint32_t thing) {
    engine_.after(delay_.draw_duration(stream_), {.subject = thing}, groups_[thing]);
  }

  void handle(const Event& e) {
    schedule(e.subject);
    const auto other = static_cast<std::uint32_t>(stream_.below(things));
    engine_.cancel(groups_[other]);
    schedule(other);
    if (const auto done = station_.offer(engine_.now(), 1ms)) engine_.at(*done, {.subject = other});
    if (stream_.below(3) != 0) engine_.cancel(groups_[e.subject]);
    if (engine_.pending() < things) schedule(e.subject);
  }

  Engine engine_;
  Station station_{4, 10};
  std::array<Group, things> groups_{};
  RandomStream stream_{1, 0, "allocation"};
  Sampler delay_{{Shape::lognormal, 1, 2}};
};

TEST_CASE("neither the steady state nor a second replication allocates") {
  World world;
  world.replicate(0);
  REQUIRE(world.run(20s) > 10'000);
  const std::size_t before = allocations();
  const std::uint64_t steady = world.run(40s);
  world.replicate(1);
  const std::uint64_t second = world.run(20s);
  const std::size_t made = allocations() - before;
  CHECK(made == 0);
  CHECK(steady > 10'000);
  CHECK(second > 10'000);
}

TEST_CASE("a reserved engine does not allocate at all") {
  Engine engine;
  RandomStream stream(1, 0, "reserved");
  engine.reserve(10'000);
  const std::size_t before = allocations();
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    engine.at(Offset(static_cast<std::int64_t>(stream.next() >> 2)), {.subject = i});
  }
  const bool stop = false;
  const std::uint64_t handled = engine.run(
      never, [](const Event&) {}, stop);
  const std::size_t made = allocations() - before;
  CHECK(made == 0);
  CHECK(handled == 10'000);
}

}  // namespace
}  // namespace drdrill
