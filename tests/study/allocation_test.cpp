#include <cstdlib>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"
#include "sim/study/replication.hpp"

// Sanitizers bring a malloc of their own, and recycle nothing.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

extern "C" {
// The C library's own, under the names that glibc gives them for those who replace the usual ones.
void* __libc_malloc(std::size_t size);                     // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t count, std::size_t size);  // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* block, std::size_t size);       // NOLINT(bugprone-reserved-identifier)
}

namespace {
thread_local std::size_t requests = 0;
}

// The whole test program counts what it asks of the heap, each thread its own: `new` and the C
// library's functions as well.
extern "C" {
void* malloc(std::size_t size) noexcept {
  ++requests;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++requests;
  return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) noexcept {
  ++requests;
  return __libc_realloc(block, size);
}
}

namespace drdrill::study {
namespace {

struct Most {
  std::size_t requests = 0;  ///< of memory, to the C library
  std::uint64_t blocks = 0;  ///< handed out, recycled or not
};

/// The most of any of a hundred replications after the first.
Most most_of(const std::string& scenario) {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  const LoadedScenario loaded = load_scenario("scenarios/" + scenario + ".json", {}, known);
  Replicator replicator(loaded.scenario, loaded.platform);
  constexpr std::uint64_t first = 1, last = 101;
  Most most;
  for (std::uint64_t k = 0; k < last; ++k) {
    const std::size_t requested = requests;
    const std::uint64_t handed_out = replicator.memory().handed_out();
    replicator.run(1, k);
    if (k < first) continue;
    most.requests = std::max(most.requests, requests - requested);
    most.blocks = std::max(most.blocks, replicator.memory().handed_out() - handed_out);
  }
  return most;
}

TEST_CASE("the count of requests sees them", "[many]") {
  const std::size_t before = requests;
  std::vector<int> numbers(100);
  numbers.front() = 1;
  const std::size_t seen = requests - before;
  CHECK(seen == 1);
}

// What is handed out again are mostly words: of commands, of kubectl's and SQL's answers, of the
// judgement. Their number is bounded, a tenth above what was measured, so that it does not creep
// up.
TEST_CASE("no replication after the first asks the heap for memory", "[many]") {
  struct Row {
    const char* scenario;
    std::uint64_t blocks;
  };
  for (const Row& row :
       {Row{"node-failure", 425}, {"database-failover", 360}, {"region-failover", 1605}}) {
    const Most most = most_of(row.scenario);
    INFO(row.scenario);
    CHECK(most.requests == 0);
    CHECK(most.blocks <= row.blocks);
  }
}

}  // namespace
}  // namespace drdrill::study

#endif
