#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/engine/sampler.hpp"
#include "sim/study/estimate.hpp"

namespace drdrill::study {

/// Forty batches of draws of anything that is made from a stream, and estimates of what their
/// distribution is like.
class Sample {
 public:
  static constexpr std::size_t draws = 20'000;  // in each batch

  template <class Draw>
  Sample(std::uint64_t seed, std::string_view name, Draw draw) {
    RandomStream stream(seed, 0, name);
    for (auto& batch : values_) {
      batch.resize(draws);
      for (double& x : batch) x = draw(stream);
      std::sort(batch.begin(), batch.end());
    }
  }

  Sample(std::uint64_t seed, std::string_view name, const Distribution& d)
      : Sample(seed, name, [s = Sampler(d)](RandomStream& stream) { return s.draw(stream); }) {}

  Estimate mean() const {
    return estimate_with([this](std::size_t i) { return mean_of(values_[i]); });
  }

  Estimate deviation() const {
    return estimate_with([this](std::size_t i) {
      const double m = mean_of(values_[i]);
      double squares = 0;
      for (double x : values_[i]) squares += (x - m) * (x - m);
      return std::sqrt(squares / (draws - 1));
    });
  }

  /// The probability of more than `limit`, and of at most `limit`.
  Estimate above(double limit) const {
    return estimate_with([this, limit](std::size_t i) { return share_above(values_[i], limit); });
  }
  Estimate up_to(double limit) const {
    return estimate_with(
        [this, limit](std::size_t i) { return 1 - share_above(values_[i], limit); });
  }

  Estimate quantile(double p) const {
    return estimate_with(
        [this, p](std::size_t i) { return values_[i][static_cast<std::size_t>(p * draws)]; });
  }

 private:
  static double mean_of(const std::vector<double>& x) {
    double sum = 0;
    for (double value : x) sum += value;
    return sum / static_cast<double>(x.size());
  }

  static double share_above(const std::vector<double>& sorted, double limit) {
    const auto first = std::upper_bound(sorted.begin(), sorted.end(), limit);
    return static_cast<double>(sorted.end() - first) / draws;
  }

  std::array<std::vector<double>, batches> values_;
};

}  // namespace drdrill::study
