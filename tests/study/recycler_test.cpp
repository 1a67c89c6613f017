#include "sim/study/recycler.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

// Sanitizers find mistakes by what is freed for good, so nothing is recycled under them.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace drdrill::study {
namespace {

TEST_CASE("what was freed is handed out again") {
  Recycler memory;
  const Recycler::Use recycled(memory);
  for (std::size_t size = 1; size <= 2'000'000; size += size / 7 + 1) {
    std::make_unique<char[]>(size);
    const std::uint64_t requested = memory.requested();
    std::make_unique<char[]>(size);
    INFO(size);
    CHECK(memory.requested() == requested);
  }
}

TEST_CASE("a block that is handed out again is as large as was asked, and nobody else's") {
  Recycler memory;
  const Recycler::Use recycled(memory);
  std::vector<std::string> words;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t size = 1; size < 20'000; size += size / 9 + 1)
      words.emplace_back(size, static_cast<char>('a' + words.size() % 26));
    for (std::size_t i = 0; i < words.size(); ++i)
      REQUIRE(words[i].find_first_not_of(static_cast<char>('a' + i % 26)) == std::string::npos);
    words.clear();
  }
}

TEST_CASE("a stocked recycler has room for work that needs twice as much") {
  Recycler memory;
  const auto work = [&](std::size_t count) {
    const Recycler::Use recycled(memory);
    std::vector<std::unique_ptr<char[]>> blocks;
    blocks.reserve(100);
    for (std::size_t i = 0; i < count; ++i) blocks.push_back(std::make_unique<char[]>(300));
  };
  work(40);
  memory.stock_up();
  const std::uint64_t requested = memory.requested();
  work(80);
  CHECK(memory.requested() == requested);
}

TEST_CASE("blocks may come from outside a recycler and leave it") {
  Recycler memory;
  std::string before(1000, 'x'), inside;
  {
    const Recycler::Use recycled(memory);
    before = std::string();
    before.shrink_to_fit();
    inside.assign(1000, 'y');
    std::thread([&] { inside += std::string(5000, 'z'); }).join();  // the other thread uses none
  }
  CHECK(memory.handed_out() > 0);
  CHECK(inside.size() == 6000);
}

TEST_CASE("the use of a recycler nests and ends") {
  Recycler outer, inner;
  const auto allocate = [] { std::make_unique<char[]>(100); };
  {
    const Recycler::Use first(outer);
    {
      const Recycler::Use second(inner);
      allocate();
    }
    CHECK(inner.handed_out() == 1);
    CHECK(outer.handed_out() == 0);
    allocate();
    CHECK(outer.handed_out() == 1);
  }
  allocate();
  CHECK(outer.handed_out() == 1);
}

}  // namespace
}  // namespace drdrill::study

#endif
