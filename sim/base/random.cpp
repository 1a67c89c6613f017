#include "sim/base/random.hpp"

#include <bit>
#include <immintrin.h>

namespace drdrill {
namespace {

// GNU spells the type with an extension that -Wpedantic would otherwise mention.
__extension__ using Wide = unsigned __int128;

constexpr int rounds = 10;
constexpr std::uint32_t multiplier_0 = 0xd2511f53;
constexpr std::uint32_t multiplier_1 = 0xcd9e8d57;
constexpr std::uint32_t weyl_0 = 0x9e3779b9;
constexpr std::uint32_t weyl_1 = 0xbb67ae85;

constexpr std::uint32_t low(std::uint64_t x) {
  return static_cast<std::uint32_t>(x);
}

constexpr std::uint32_t high(std::uint64_t x) {
  return static_cast<std::uint32_t>(x >> 32);
}

// Several blocks at a time, one in each 64-bit lane, of which only the lower half counts: the
// multiplication of 32-bit halves that every x86-64 processor has ignores the upper one.
#ifdef __AVX2__
using Lanes = __m256i;
Lanes fill(std::uint32_t x) {
  return _mm256_set1_epi64x(x);
}
Lanes multiply(Lanes a, Lanes b) {
  return _mm256_mul_epu32(a, b);
}
Lanes upper_half(Lanes a) {
  return _mm256_srli_epi64(a, 32);
}
Lanes exclusive_or(Lanes a, Lanes b, Lanes c) {
  return _mm256_xor_si256(_mm256_xor_si256(a, b), c);
}
#else
using Lanes = __m128i;
Lanes fill(std::uint32_t x) {
  return _mm_set1_epi64x(x);
}
Lanes multiply(Lanes a, Lanes b) {
  return _mm_mul_epu32(a, b);
}
Lanes upper_half(Lanes a) {
  return _mm_srli_epi64(a, 32);
}
Lanes exclusive_or(Lanes a, Lanes b, Lanes c) {
  return _mm_xor_si128(_mm_xor_si128(a, b), c);
}
#endif
constexpr std::size_t lanes = sizeof(Lanes) / sizeof(std::uint64_t);

constexpr std::uint64_t join(std::uint32_t lower, std::uint32_t upper) {
  return lower | std::uint64_t{upper} << 32;
}

}  // namespace

PhiloxBlock philox(PhiloxBlock c, std::uint64_t key) {
  std::uint32_t key_0 = low(key);
  std::uint32_t key_1 = high(key);
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t p0 = std::uint64_t{multiplier_0} * c[0];
    const std::uint64_t p1 = std::uint64_t{multiplier_1} * c[2];
    c = {high(p1) ^ c[1] ^ key_0, low(p1), high(p0) ^ c[3] ^ key_1, low(p0)};
    key_0 += weyl_0;
    key_1 += weyl_1;
  }
  return c;
}

PhiloxBlock RandomStream::block(std::uint64_t index) const {
  return philox({low(index), high(index), low(replication_), high(replication_)}, key_);
}

void RandomStream::refill() {
  if (filled_ == 0) {
    const PhiloxBlock b = block(next_block_++);
    buffer_[0] = join(b[0], b[1]);
    buffer_[1] = join(b[2], b[3]);
    filled_ = 2;
  } else {
    refill_many();
    next_block_ += buffered / 2;
    filled_ = buffered;
  }
  used_ = 0;
}

void RandomStream::refill_many() {
  constexpr std::size_t blocks = buffered / 2;
  constexpr std::size_t groups = blocks / lanes;
  using Words = std::array<std::uint64_t, lanes>;
  struct Group {
    Lanes c0, c1, c2, c3;
  };
  std::array<Group, groups> group;
#pragma GCC unroll 8
  for (std::size_t g = 0; g < groups; ++g) {
    Words index{};
    Words upper{};
#pragma GCC unroll 8
    for (std::size_t i = 0; i < lanes; ++i) {
      index[i] = next_block_ + g * lanes + i;
      upper[i] = index[i] >> 32;
    }
    group[g] = {std::bit_cast<Lanes>(index), std::bit_cast<Lanes>(upper), fill(low(replication_)),
                fill(high(replication_))};
  }
  const Lanes m0 = fill(multiplier_0);
  const Lanes m1 = fill(multiplier_1);
  std::uint32_t key_0 = low(key_);
  std::uint32_t key_1 = high(key_);
  for (int round = 0; round < rounds; ++round) {
    const Lanes k0 = fill(key_0);
    const Lanes k1 = fill(key_1);
#pragma GCC unroll 8
    for (Group& c : group) {
      const Lanes p0 = multiply(m0, c.c0);
      const Lanes p1 = multiply(m1, c.c2);
      c = {exclusive_or(upper_half(p1), c.c1, k0), p1, exclusive_or(upper_half(p0), c.c3, k1), p0};
    }
    key_0 += weyl_0;
    key_1 += weyl_1;
  }
#pragma GCC unroll 8
  for (std::size_t g = 0; g < groups; ++g) {
    const auto c0 = std::bit_cast<Words>(group[g].c0);
    const auto c1 = std::bit_cast<Words>(group[g].c1);
    const auto c2 = std::bit_cast<Words>(group[g].c2);
    const auto c3 = std::bit_cast<Words>(group[g].c3);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < lanes; ++i) {
      buffer_[2 * (g * lanes + i)] = join(low(c0[i]), low(c1[i]));
      buffer_[2 * (g * lanes + i) + 1] = join(low(c2[i]), low(c3[i]));
    }
  }
}

std::uint64_t RandomStream::at(std::uint64_t position) const {
  const PhiloxBlock b = block(position / 2);
  return position % 2 == 0 ? join(b[0], b[1]) : join(b[2], b[3]);
}

void RandomStream::seek(std::uint64_t position) {
  next_block_ = position / 2;
  used_ = filled_ = 0;
  if (position % 2 == 1) next();
}

std::uint64_t RandomStream::below(std::uint64_t n) {
  // Lemire: "Fast random integer generation in an interval" (2019): the upper half of a product,
  // drawn again when the lower half falls into the part that does not divide evenly.
  Wide product = Wide{next()} * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t uneven = n == 0 ? 0 : (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < uneven) product = Wide{next()} * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace drdrill
