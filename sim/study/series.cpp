#include "sim/study/series.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "sim/base/ensure.hpp"

namespace drdrill::study {
namespace {

constexpr std::uint32_t bits = 7;  // 128 buckets to each power of two
constexpr std::uint64_t low_half = 0xffffffffU;

}  // namespace

std::uint32_t bucket_of(std::int64_t value) {
  const auto v = static_cast<std::uint64_t>(value);
  const auto width = static_cast<std::uint32_t>(std::bit_width(v));
  if (width <= bits) return static_cast<std::uint32_t>(v);
  const std::uint32_t shift = width - bits - 1;
  return (shift << bits) + static_cast<std::uint32_t>(v >> shift);
}

std::int64_t floor_of(std::uint32_t bucket) {
  if (bucket < (2U << bits)) return bucket;
  const std::uint32_t shift = (bucket >> bits) - 1;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(bucket - (shift << bits)) << shift);
}

void Series::add(std::int64_t value) {
  ENSURE(value >= 0, std::to_string(value));
  least_ = finite_ == 0 ? value : std::min(least_, value);
  greatest_ = std::max(greatest_, value);
  sum_low_ += static_cast<std::uint64_t>(value) & low_half;
  sum_high_ += (static_cast<std::uint64_t>(value) >> 32U) + (sum_low_ >> 32U);
  sum_low_ &= low_half;
  ++finite_;
  count_in(value);
  if (!sketched() && finite_ > kept) sketch();
}

void Series::count_in(std::int64_t value) {
  if (sketched()) {
    ++buckets_[bucket_of(value)];
    return;
  }
  sorted_ = values_.empty() || (sorted_ && values_.back() <= value);
  values_.push_back(value);
}

void Series::sketch() {
  for (const std::int64_t value : values_) ++buckets_[bucket_of(value)];
  values_.clear();
  values_.shrink_to_fit();
  sorted_ = true;
}

void Series::merge(const Series& other) {
  if (other.finite_ > 0) {
    least_ = finite_ == 0 ? other.least_ : std::min(least_, other.least_);
    greatest_ = std::max(greatest_, other.greatest_);
  }
  sum_low_ += other.sum_low_;
  sum_high_ += other.sum_high_ + (sum_low_ >> 32U);
  sum_low_ &= low_half;
  finite_ += other.finite_;
  infinite_ += other.infinite_;
  if (!sketched() && (finite_ > kept || other.sketched())) sketch();
  for (const std::int64_t value : other.values_) count_in(value);
  for (const auto& [bucket, count] : other.buckets_) buckets_[bucket] += count;
  if (!sketched() && finite_ > kept) sketch();
}

const std::vector<std::int64_t>& Series::sorted() const {
  if (!sorted_) std::sort(values_.begin(), values_.end());
  sorted_ = true;
  return values_;
}

std::optional<std::int64_t> Series::at_rank(std::uint64_t rank) const {
  if (rank == 0 || rank > finite_) return std::nullopt;
  if (rank == finite_) return greatest_;
  if (!sketched()) {
    return sorted()[rank - 1];
  }
  for (const auto& [bucket, count] : buckets_) {
    if (rank <= count) return std::max(floor_of(bucket), least_);
    rank -= count;
  }
  return greatest_;
}

std::optional<std::int64_t> Series::quantile(double p) const {
  const double wanted = std::ceil(p * static_cast<double>(count()) - 1e-9);
  return at_rank(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted)));
}

std::optional<std::int64_t> Series::least() const {
  return finite_ > 0 ? std::optional(least_) : std::nullopt;
}

std::optional<std::int64_t> Series::greatest() const {
  return finite_ > 0 ? std::optional(greatest_) : std::nullopt;
}

double Series::mean() const {
  if (finite_ == 0) return 0;
  const double sum = static_cast<double>(sum_high_) * 0x1p32 + static_cast<double>(sum_low_);
  return sum / static_cast<double>(finite_);
}

Series::Totals Series::totals() const {
  return {finite_, infinite_, least_, greatest_, sum_high_, sum_low_};
}

Series Series::restored(const Totals& totals, std::vector<std::int64_t> values,
                        std::map<std::uint32_t, std::uint64_t> buckets) {
  Series series;
  series.values_ = std::move(values);
  series.sorted_ = false;
  series.buckets_ = std::move(buckets);
  series.finite_ = totals.finite;
  series.infinite_ = totals.infinite;
  series.least_ = totals.least;
  series.greatest_ = totals.greatest;
  series.sum_high_ = totals.sum_high;
  series.sum_low_ = totals.sum_low;
  return series;
}

}  // namespace drdrill::study
