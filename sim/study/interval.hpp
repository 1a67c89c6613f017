#pragma once

#include <cstdint>

/// How sure a share is that was counted.
namespace drdrill::study {

struct Share {
  std::uint64_t hits = 0;
  std::uint64_t of = 0;

  double value() const {
    return of > 0 ? static_cast<double>(hits) / static_cast<double>(of) : 0.0;
  }
  void add(bool hit) {
    hits += hit ? 1 : 0;
    ++of;
  }
  void merge(const Share& other) {
    hits += other.hits;
    of += other.of;
  }
};

struct Interval {
  double low = 0;
  double high = 1;

  double half_width() const { return (high - low) / 2; }
};

inline constexpr double normal_95 = 1.959963984540054;  ///< both sides of the normal distribution
inline constexpr double normal_99 = 2.5758293035489;

/// Wilson's score interval of a probability (Wilson 1927), by default of 95 %. It stays inside of 0
/// to 1 and is of use when all runs agree: 0 of 0 gives 0 to 1.
Interval wilson(const Share& share, double z = normal_95);

}  // namespace drdrill::study
