#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

/// Two variants of one thing, replication by replication: is the second one worse, or is that
/// chance? All tests are one-sided, hold for any distribution and for pairs that share random
/// numbers as well as for pairs that do not.
namespace drdrill::study {

/// In the place of a value that is larger than all others: what never ended.
inline constexpr std::int64_t infinite_value = std::numeric_limits<std::int64_t>::max() / 4;

/// The least value that at least the share `p` of all does not pass; p in (0, 1], no empty span.
std::int64_t quantile_of(std::span<const std::int64_t> values, double p);

/// `before[i]` and `after[i]` are the values of replication i.
struct Pairs {
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> after;

  bool differ() const { return before != after; }
};

/// The chance of a quantile of `after` that lies as far above that of `before` as it does, if it
/// made no difference which is which: the two values of each pair are exchanged at random, so many
/// times. Never below 1 / (exchanges + 1). Once twenty exchanges went as far, the rest is not
/// looked at and the chance is that of the ones that were (Besag and Clifford 1991).
double chance_of_rise(const Pairs& pairs, double p, std::uint64_t seed,
                      std::uint32_t exchanges = 9'999);

/// The chance of at least `worse` tails in `of` tosses of a fair coin: the exact sign test (for
/// shares: McNemar's), where `of` pairs differ and `worse` of them to the worse.
double chance_of_signs(std::uint64_t worse, std::uint64_t of);

/// In which the difference of the quantiles (after less before) lies with a confidence of 99 %, by
/// the bootstrap of pairs. Nothing where infinite values make it meaningless.
struct DifferenceInterval {
  std::int64_t low = 0;
  std::int64_t high = 0;
};
std::optional<DifferenceInterval> interval_of_rise(const Pairs& pairs, double p,
                                                   std::uint64_t seed);

/// Holm's correction (1979) for testing many things at once: with the adjusted chances, the
/// probability of one false alarm or more is at most the level that they are held against.
std::vector<double> holm(std::span<const double> chances);

}  // namespace drdrill::study
