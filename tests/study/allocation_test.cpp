#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"
#include "sim/study/replication.hpp"

namespace {
std::size_t& allocations() {
  static thread_local std::size_t count = 0;
  return count;
}
}  // namespace

// The whole test program counts its allocations, each thread its own.
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

namespace drdrill::study {
namespace {

/// The most that any of a hundred replications allocates once twenty have made room.
std::size_t most_allocations(const std::string& scenario) {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  const LoadedScenario loaded = load_scenario("scenarios/" + scenario + ".json", {}, known);
  Replicator replicator(loaded.scenario, loaded.platform);
  constexpr std::uint64_t first = 20, last = 120;
  std::size_t most = 0;
  for (std::uint64_t k = 0; k < last; ++k) {
    const std::size_t before = allocations();
    replicator.run(1, k);
    if (k >= first) most = std::max(most, allocations() - before);
  }
  return most;
}

// None would be better. Most are what commands need (shell words, kubectl's answers as text), and
// what the journal and the judgement say in words. So there is a bound, a tenth above what was
// measured.
TEST_CASE("replications allocate no more than their commands need", "[many]") {
  CHECK(most_allocations("node-failure") <= 415);
  CHECK(most_allocations("database-failover") <= 350);
}

}  // namespace
}  // namespace drdrill::study
