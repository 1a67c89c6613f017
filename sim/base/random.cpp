#include "sim/base/random.hpp"

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
  const std::uint32_t count = filled_ == 0 ? 2 : buffered;
  for (std::uint32_t i = 0; i < count; i += 2) {
    const PhiloxBlock b = block(next_block_++);
    buffer_[i] = join(b[0], b[1]);
    buffer_[i + 1] = join(b[2], b[3]);
  }
  used_ = 0;
  filled_ = count;
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
