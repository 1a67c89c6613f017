#pragma once

#include <array>
#include <cmath>
#include <cstddef>

/// Simulated values with an honest interval: forty batches (or groups of replications) give forty
/// values of a statistic, and Student's t gives the interval in which its mean lies with a
/// confidence of 99.9 %.
namespace drdrill::study {

constexpr std::size_t batches = 40;

struct Estimate {
  double mean = 0;
  double half_width = 0;
};

inline Estimate estimate(const std::array<double, batches>& values) {
  constexpr double n = batches;
  constexpr double t = 3.5581;  // the 99.95th percentile with 39 degrees of freedom
  double sum = 0;
  for (double v : values) sum += v;
  const double mean = sum / n;
  double squares = 0;
  for (double v : values) squares += (v - mean) * (v - mean);
  return {mean, t * std::sqrt(squares / (n - 1) / n)};
}

/// Calls `statistic(batch)` for each batch.
template <class Statistic>
Estimate estimate_with(Statistic statistic) {
  std::array<double, batches> values{};
  for (std::size_t i = 0; i < batches; ++i) values[i] = statistic(i);
  return estimate(values);
}

}  // namespace drdrill::study
