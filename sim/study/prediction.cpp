#include "sim/study/prediction.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/simulated_world.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::study {
namespace {

constexpr double normal_999 = 3.2905;  // the 99.95th percentile

/// The value that the share `p` of the sorted ones does not pass.
double quantile(const std::vector<double>& sorted, double p) {
  const auto place = static_cast<std::size_t>(p * static_cast<double>(sorted.size()));
  return sorted[std::min(place, sorted.size() - 1)];
}

bool began(const Journal& journal) {
  return std::any_of(journal.entries.begin(), journal.entries.end(), [](const JournalEntry& e) {
    const auto* stage = std::get_if<StageBegan>(&e.what);
    return stage && stage->stage == StageBegan::Stage::drill;
  });
}

/// Mean and deviation of what happened, and how sure they are. The deviation's interval is that of
/// the mean of squares, by the delta method, so it holds for any distribution.
void add_moments(const std::vector<double>& sorted, Prediction& out) {
  const auto n = static_cast<double>(out.runs - out.missing);
  if (n < 2) return;
  double sum = 0, squares = 0, fourths = 0;
  for (double x : sorted)
    if (std::isfinite(x)) sum += x;
  out.mean = sum / n;
  for (double x : sorted) {
    if (!std::isfinite(x)) continue;
    const double square = (x - out.mean) * (x - out.mean);
    squares += square;
    fourths += square * square;
  }
  const double variance = squares / (n - 1);
  out.deviation = std::sqrt(variance);
  out.mean_half_width = normal_999 * out.deviation / std::sqrt(n);
  const double of_variance = std::max(fourths / n - variance * variance, 0.0);
  if (variance > 0)
    out.deviation_half_width = normal_999 * std::sqrt(of_variance / n) / (2 * out.deviation);
}

}  // namespace

Prediction predict(const Comparison& comparison, std::uint64_t seed, std::uint32_t runs,
                   const Progress& progress) {
  Prediction out;
  out.runs = runs;
  if (runs == 0) return out;
  SimulatedWorld world(comparison.platform, comparison.scenario.start);
  DrillRunner runner;
  DrillOptions options;
  options.seed = seed;
  Journal journal;
  std::vector<double> values;
  for (std::uint32_t run = 0; run < runs; ++run) {
    options.replication = run;
    world.reset(seed, run);
    runner.run(comparison.scenario, world, options, journal);
    const auto value = measure(journal, comparison.quantity);
    if (!value) ++out.missing;
    if (!value && !began(journal)) ++out.unsteady;
    values.push_back(value.value_or(std::numeric_limits<double>::infinity()));
    if (progress) progress(run + 1, runs);
  }
  std::sort(values.begin(), values.end());
  constexpr double tail = 0.025;
  out.least = values.front();
  out.low = quantile(values, tail);
  out.median = quantile(values, 0.5);
  out.high = quantile(values, 1 - tail);
  out.most = values.back();
  add_moments(values, out);
  out.values = std::move(values);
  return out;
}

}  // namespace drdrill::study
