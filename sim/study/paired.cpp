#include "sim/study/paired.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/base/random.hpp"

namespace drdrill::study {
namespace {

constexpr std::uint32_t enough_exceptions = 20;
constexpr std::size_t resamples = 399;
constexpr double tail = 0.005;  // of the interval of 99 %

/// How many of `count` sorted values lie at or above the quantile.
std::size_t rank_from_top(std::size_t count, double p) {
  const auto from_below = static_cast<std::size_t>(std::ceil(p * static_cast<double>(count)));
  return count - std::clamp<std::size_t>(from_below, 1, count) + 1;
}

/// All values of both, the largest first.
struct Entry {
  std::int64_t value;
  std::uint32_t pair;
  bool after;
};

std::vector<Entry> descending(const Pairs& pairs) {
  std::vector<Entry> entries;
  entries.reserve(2 * pairs.before.size());
  for (std::uint32_t i = 0; i < pairs.before.size(); ++i) {
    entries.push_back({pairs.before[i], i, false});
    entries.push_back({pairs.after[i], i, true});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.value > b.value; });
  return entries;
}

/// The difference of quantiles when each entry belongs to `after` as `side` says, `weight` times.
template <class Weight, class Side>
std::int64_t rise(const std::vector<Entry>& entries, std::size_t rank, Weight weight, Side side) {
  std::size_t seen[2] = {0, 0};
  std::int64_t values[2] = {0, 0};
  for (const Entry& entry : entries) {
    const std::size_t which = side(entry) ? 1 : 0;
    if (seen[which] >= rank) continue;
    seen[which] += weight(entry);
    if (seen[which] < rank) continue;
    values[which] = entry.value;
    if (seen[1 - which] >= rank) break;
  }
  return values[1] - values[0];
}

std::size_t once(const Entry&) {
  return 1;
}

}  // namespace

std::int64_t quantile_of(std::span<const std::int64_t> values, double p) {
  std::vector<std::int64_t> sorted(values.begin(), values.end());
  const auto place = sorted.end() - static_cast<std::ptrdiff_t>(rank_from_top(sorted.size(), p));
  std::nth_element(sorted.begin(), place, sorted.end());
  return *place;
}

double chance_of_rise(const Pairs& pairs, double p, std::uint64_t seed, std::uint32_t exchanges) {
  const std::size_t count = pairs.before.size();
  if (count == 0 || !pairs.differ()) return 1;
  const auto entries = descending(pairs);
  const std::size_t rank = rank_from_top(count, p);
  const std::int64_t observed = rise(entries, rank, once, [](const Entry& e) { return e.after; });
  if (observed <= 0) return 1;
  RandomStream stream(seed, 0, "exchange");
  std::vector<std::uint64_t> bits((count + 63) / 64);
  std::uint32_t exceptions = 0;
  for (std::uint32_t i = 0; i < exchanges; ++i) {
    for (std::uint64_t& word : bits) word = stream.next();
    const auto side = [&](const Entry& e) {
      return e.after != (((bits[e.pair / 64] >> (e.pair % 64)) & 1U) != 0);
    };
    if (rise(entries, rank, once, side) < observed) continue;
    if (++exceptions == enough_exceptions) return static_cast<double>(exceptions) / (i + 1);
  }
  return (exceptions + 1.0) / (exchanges + 1.0);
}

double chance_of_signs(std::uint64_t worse, std::uint64_t of) {
  if (of == 0 || worse == 0) return 1;
  // The first term by its logarithm, the others by their ratios.
  double log_term = -static_cast<double>(of) * std::log(2.0);
  for (std::uint64_t i = 1; i <= worse; ++i)
    log_term += std::log(static_cast<double>(of - worse + i) / static_cast<double>(i));
  double term = 1, sum = 0;
  for (std::uint64_t k = worse; k <= of; ++k) {
    sum += term;
    term *= static_cast<double>(of - k) / static_cast<double>(k + 1);
  }
  return std::min(1.0, std::exp(log_term) * sum);
}

std::optional<DifferenceInterval> interval_of_rise(const Pairs& pairs, double p,
                                                   std::uint64_t seed) {
  const std::size_t count = pairs.before.size();
  if (count == 0) return std::nullopt;
  const auto entries = descending(pairs);
  const std::size_t rank = rank_from_top(count, p);
  RandomStream stream(seed, 0, "bootstrap");
  std::vector<std::uint32_t> drawn(count);
  std::vector<std::int64_t> rises(resamples);
  for (std::int64_t& value : rises) {
    std::fill(drawn.begin(), drawn.end(), 0U);
    for (std::size_t i = 0; i < count; ++i) ++drawn[stream.below(count)];
    value = rise(
        entries, rank, [&](const Entry& e) { return std::size_t{drawn[e.pair]}; },
        [](const Entry& e) { return e.after; });
  }
  std::sort(rises.begin(), rises.end());
  const auto low = static_cast<std::size_t>(tail * resamples);
  const DifferenceInterval interval{rises[low], rises[resamples - 1 - low]};
  constexpr std::int64_t meaningless = infinite_value / 2;
  if (interval.low < -meaningless || interval.high > meaningless) return std::nullopt;
  return interval;
}

std::vector<double> holm(std::span<const double> chances) {
  std::vector<std::size_t> order(chances.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return chances[a] < chances[b]; });
  std::vector<double> adjusted(chances.size());
  double highest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto left = static_cast<double>(order.size() - i);
    highest = std::max(highest, std::min(1.0, left * chances[order[i]]));
    adjusted[order[i]] = highest;
  }
  return adjusted;
}

}  // namespace drdrill::study
