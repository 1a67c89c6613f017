#include <array>
#include <bit>

#include <catch2/catch.hpp>

#include "sim/engine/sampler.hpp"
#include "sim/study/single_server.hpp"

/// The same bits from every build preset. A change here changes every drill that was ever recorded
/// by its seed: it needs a reason.
namespace drdrill {
namespace {

std::uint64_t hash_of_draws(const Distribution& d) {
  RandomStream stream(2026, 11, "golden");
  const Sampler sampler(d);
  std::uint64_t h = 0;
  for (int i = 0; i < 20'000; ++i) {
    h = mix_bits(std::rotl(h, 1) ^ std::bit_cast<std::uint64_t>(sampler.draw(stream)));
  }
  return h;
}

TEST_CASE("twenty thousand draws of each shape have the bits that they always had") {
  CHECK(hash_of_draws({Shape::uniform, 1, 3}) == 0xa0829e5a367cd821U);
  CHECK(hash_of_draws({Shape::exponential, 2}) == 0x18b5daddf6d15afaU);
  CHECK(hash_of_draws({Shape::lognormal, 10, 1}) == 0x350e9e58cfb60517U);
  CHECK(hash_of_draws({Shape::triangular, 1, 2, 5}) == 0x8ab48d040d141154U);
  CHECK(hash_of_draws({Shape::erlang, 30, 3}) == 0x383a85ab74ebd6cbU);
  CHECK(hash_of_draws({Shape::weibull, 1000, 0.8}) == 0x5e37017f885c095U);
}

TEST_CASE("a hundred thousand events of a queue have the fingerprint that they always had") {
  study::SingleServer server({Shape::exponential, 1 / 0.8}, {Shape::exponential, 1}, 2026, 11);
  CHECK(server.handle_events(100'000) == 0x3f5e6e74d9156e79U);
}

}  // namespace
}  // namespace drdrill
