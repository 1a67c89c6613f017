#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// Random numbers that depend on nothing but (seed, replication, name, position): the same on every
/// x86-64 machine, under every build preset and on any number of threads. The generator is
/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3",
/// SC'11): the key comes from seed and name, the upper half of the counter is the replication and
/// the lower half the position, so replications of a stream never overlap.
namespace drdrill {

using PhiloxBlock = std::array<std::uint32_t, 4>;

/// One block of Philox4x32-10; `key` holds the first key word in its lower half.
PhiloxBlock philox(PhiloxBlock counter, std::uint64_t key);

/// Spreads the bits of `x` over the whole word; a bijection (the finaliser of SplitMix64).
constexpr std::uint64_t mix_bits(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// The name of a stream, hashed once, so that a stream can be keyed again without its text.
class StreamName {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a name is spelled as a string wherever one is due.
  constexpr StreamName(std::string_view text) : hash_(hash(text)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr StreamName(const char* text) : StreamName(std::string_view(text)) {}

  /// The stream of the `index`th of many alike things, as in StreamName("sfu crash").at(3).
  constexpr StreamName at(std::uint64_t index) const {
    StreamName result = *this;
    result.hash_ = mix_bits(hash_ + (index + 1) * 0x9e3779b97f4a7c15U);
    return result;
  }

  constexpr std::uint64_t key() const { return hash_; }

 private:
  /// FNV-1a, 64 bits.
  static constexpr std::uint64_t hash(std::string_view text) {
    std::uint64_t h = 0xcbf29ce484222325U;
    for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return mix_bits(h);
  }

  std::uint64_t hash_;
};

/// One purpose, one stream ("sfu-3 crash", "participants"), so that another component more or one
/// draw more shifts nobody else's numbers. A stream is a value; it owns no memory. Starting it for
/// another replication computes nothing until the first number is asked for.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t replication, StreamName name) : name_(name) {
    restart(seed, replication);
  }

  /// Back to position 0 of the stream of this name in another replication (or under another seed).
  void restart(std::uint64_t seed, std::uint64_t replication) {
    key_ = mix_bits(mix_bits(seed + 0x9e3779b97f4a7c15U) ^ name_.key());
    replication_ = replication;
    seek(0);
  }

  /// 64 random bits.
  std::uint64_t next() {
    if (used_ == filled_) [[unlikely]]
      refill();
    return buffer_[used_++];
  }

  /// In [0, 1), a multiple of 2^-53.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  /// In [0, n), every value exactly as likely as any other; 0 when n is 0. Takes one number, with a
  /// probability of n / 2^64 another.
  std::uint64_t below(std::uint64_t n);

  /// The number at `position` of the stream, without moving the stream.
  std::uint64_t at(std::uint64_t position) const;

  /// How many numbers have been taken (or skipped by seek).
  std::uint64_t position() const { return next_block_ * 2 - (filled_ - used_); }
  void seek(std::uint64_t position);

 private:
  /// Numbers computed at a time once a stream is in use. The first refill after a start makes one
  /// block only: most streams of a replication are asked for a number or two.
  static constexpr std::uint32_t buffered = 16;

  void refill();
  void refill_many();
  PhiloxBlock block(std::uint64_t index) const;

  std::uint64_t key_ = 0;
  std::uint64_t replication_ = 0;
  std::uint64_t next_block_ = 0;
  std::uint32_t used_ = 0;
  std::uint32_t filled_ = 0;
  StreamName name_;
  std::array<std::uint64_t, buffered> buffer_{};
};

}  // namespace drdrill
