#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

/// Many non-negative whole numbers (nanoseconds, counts), and their quantiles. Merging is exact:
/// any split of the numbers, added in any order and merged in any order, gives an equal series.
///
/// Up to a million numbers the numbers themselves are kept. Beyond, they are counted in buckets of
/// fixed limits, 128 to each power of two, so that a quantile is low by at most 1/128 (0.8 %); the
/// least and the greatest stay exact. Buckets are the same for all series, so they merge exactly
/// too.
namespace drdrill::study {

class Series {
 public:
  static constexpr std::uint64_t kept = 1'000'000;

  void add(std::int64_t value);
  /// A value that is known only to be larger than all others: what never ended.
  void add_infinite() { ++infinite_; }
  void merge(const Series& other);

  /// Infinite ones included.
  std::uint64_t count() const { return finite_ + infinite_; }
  std::uint64_t infinite() const { return infinite_; }
  /// The least value that at least the share `p` of all does not pass; nothing when that is an
  /// infinite one, or when there are none (ask count()). p in (0, 1].
  std::optional<std::int64_t> quantile(double p) const;
  std::optional<std::int64_t> least() const;
  std::optional<std::int64_t> greatest() const;  ///< of the finite ones
  /// Of the finite ones; 0 when there are none. Exact to the rounding of the division.
  double mean() const;

  /// For writing it down and reading it again: the values, or the buckets.
  bool sketched() const { return !buckets_.empty(); }
  const std::vector<std::int64_t>& sorted() const;
  const std::map<std::uint32_t, std::uint64_t>& buckets() const { return buckets_; }

  struct Totals {
    std::uint64_t finite = 0;
    std::uint64_t infinite = 0;
    std::int64_t least = 0;
    std::int64_t greatest = 0;
    std::uint64_t sum_high = 0;  ///< the sum is sum_high * 2^32 + sum_low
    std::uint64_t sum_low = 0;
    bool operator==(const Totals&) const = default;
  };
  Totals totals() const;
  static Series restored(const Totals& totals, std::vector<std::int64_t> values,
                         std::map<std::uint32_t, std::uint64_t> buckets);

 private:
  void sketch();
  void count_in(std::int64_t value);
  std::optional<std::int64_t> at_rank(std::uint64_t rank) const;  ///< from 1

  mutable std::vector<std::int64_t> values_;
  mutable bool sorted_ = true;
  std::map<std::uint32_t, std::uint64_t> buckets_;
  std::uint64_t finite_ = 0;
  std::uint64_t infinite_ = 0;
  std::int64_t least_ = 0;
  std::int64_t greatest_ = 0;
  std::uint64_t sum_high_ = 0;
  std::uint64_t sum_low_ = 0;
};

/// The bucket that a value is counted in, and the least value of a bucket.
std::uint32_t bucket_of(std::int64_t value);
std::int64_t floor_of(std::uint32_t bucket);

}  // namespace drdrill::study
