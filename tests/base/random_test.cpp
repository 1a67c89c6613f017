#include "sim/base/random.hpp"

#include <array>
#include <cmath>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

namespace drdrill {
namespace {

TEST_CASE("the generator gives the known answers of Random123 for Philox4x32-10") {
  // From tests/kat_vectors of github.com/DEShawResearch/random123.
  CHECK(philox({0, 0, 0, 0}, 0) == PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffffffffffff) ==
        PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822) ==
        PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a stream has the numbers that it always had") {
  const auto first_8 = [](RandomStream stream) {
    std::array<std::uint64_t, 8> numbers{};
    for (auto& n : numbers) n = stream.next();
    return numbers;
  };
  using Numbers = std::array<std::uint64_t, 8>;
  CHECK(first_8({1, 0, "participants"}) ==
        Numbers{0x514894f2be94028a, 0x1707fa19ca2316f5, 0xbea039a5a28b73ba, 0x61a9e4d850d16a5f,
                0x676a80aa1ab3a7fb, 0x1e0c9d6a3135b3a1, 0xf159d47f8dae683f, 0x57a9548ab9bda4e8});
  CHECK(first_8({0xffffffffffffffff, 1'000'000, "sfu-3 crash"}) ==
        Numbers{0x3bef2f251c1b813, 0xee9fabd545616cf0, 0x7fa46979d0f0e2ac, 0x68e950bab0846b96,
                0xcdfa49ddf9f1264, 0x88ce7aed608064ee, 0xb85fe6459a1ae798, 0xc4e916780c58602b});
}

TEST_CASE("numbers that are computed many at a time are those computed one by one") {
  // Across the carry of the lower counter word, too.
  for (std::uint64_t start : {std::uint64_t{0}, std::uint64_t{5}, (std::uint64_t{1} << 33) - 21}) {
    RandomStream stream(3, 4, "batches");
    stream.seek(start);
    for (std::uint64_t i = start; i < start + 1000; ++i) {
      REQUIRE(stream.position() == i);
      const std::uint64_t alone = stream.at(i);
      REQUIRE(stream.next() == alone);
    }
  }
}

TEST_CASE("a restarted stream is a new stream of the same name") {
  RandomStream used(1, 0, "name");
  for (int i = 0; i < 37; ++i) used.next();
  used.restart(8, 9);
  RandomStream fresh(8, 9, "name");
  for (int i = 0; i < 100; ++i) REQUIRE(used.next() == fresh.next());
}

TEST_CASE("seeds, replications, names and indices make different streams") {
  constexpr StreamName name("sfu crash");
  std::set<std::uint64_t> first;
  first.insert(RandomStream(1, 0, name).next());
  first.insert(RandomStream(2, 0, name).next());
  first.insert(RandomStream(1, 1, name).next());
  first.insert(RandomStream(1, 0, "sfu crasi").next());
  first.insert(RandomStream(1, 0, "").next());
  for (std::uint64_t i = 0; i < 1000; ++i) first.insert(RandomStream(1, 0, name.at(i)).next());
  CHECK(first.size() == 1005);
}

TEST_CASE("streams of neighbouring replications and names are not correlated") {
  constexpr int n = 100'000;
  const auto correlation = [](RandomStream a, RandomStream b) {
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5);
    return sum / n * 12;
  };
  // Five standard deviations of 1 / sqrt(n).
  CHECK(std::abs(correlation({1, 0, "x"}, {1, 1, "x"})) < 0.0158);
  CHECK(std::abs(correlation({1, 0, "x"}, {2, 0, "x"})) < 0.0158);
  CHECK(std::abs(correlation({1, 0, "x"}, {1, 0, "y"})) < 0.0158);
}

TEST_CASE("uniform numbers fill [0, 1) evenly") {
  RandomStream stream(1, 0, "uniform");
  std::array<int, 64> count{};
  constexpr int n = 640'000;
  for (int i = 0; i < n; ++i) {
    const double u = stream.uniform();
    REQUIRE((u >= 0 && u < 1));
    ++count[static_cast<std::size_t>(u * 64)];
  }
  double chi_square = 0;
  for (int c : count) chi_square += (c - 10'000.0) * (c - 10'000.0) / 10'000;
  CHECK(chi_square < 115.9);  // 63 degrees of freedom, 99.995 %
  CHECK(chi_square > 27.2);   // and not more even than chance allows, 0.005 %
}

TEST_CASE("below n every value is as likely as any other, and n itself never comes") {
  RandomStream stream(1, 0, "below");
  std::array<int, 7> count{};
  for (int i = 0; i < 70'000; ++i) ++count.at(stream.below(7));
  double chi_square = 0;
  for (int c : count) chi_square += (c - 10'000.0) * (c - 10'000.0) / 10'000;
  CHECK(chi_square < 28.9);  // 6 degrees of freedom, 99.994 %
  CHECK(stream.below(1) == 0);
  CHECK(stream.below(0) == 0);

  // Just above half of the range a biased reduction would favour one half of the values 2 to 1.
  constexpr std::uint64_t n = (std::uint64_t{1} << 63) + (std::uint64_t{1} << 62);
  int low = 0;
  for (int i = 0; i < 30'000; ++i) low += stream.below(n) < n / 3 ? 1 : 0;
  CHECK(low == Approx(10'000).margin(400));
}

}  // namespace
}  // namespace drdrill
