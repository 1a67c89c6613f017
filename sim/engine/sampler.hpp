#pragma once

#include "sim/base/distribution.hpp"
#include "sim/base/random.hpp"
#include "sim/base/time.hpp"

/// Draws from a Distribution. Every draw takes exactly one number of the stream (Erlang: one for
/// each stage; constant: none), so that draw i of a stream is the same whatever the earlier draws
/// came out as, and two variants of a model that share a stream stay in step.
namespace drdrill {

/// Exponential with mean 1, by a ziggurat of 256 layers; decided by `bits` alone.
double unit_exponential(std::uint64_t bits);

/// Normal with mean 0 and variance 1, by a ziggurat of 256 layers; decided by `bits` alone.
double unit_normal(std::uint64_t bits);

class Sampler {
 public:
  /// The parameters must be what Shape says they are (the reader of files checks what users write;
  /// here a violation is a Bug).
  explicit Sampler(const Distribution& distribution);

  /// In the unit of the distribution; never negative.
  double draw(RandomStream& stream) const;

  /// For a distribution in seconds; rounded to whole nanoseconds, saturating, never negative.
  Duration draw_duration(RandomStream& stream) const;

  const Distribution& distribution() const { return distribution_; }

 private:
  double draw_triangular(double u) const;
  double draw_erlang(RandomStream& stream) const;

  Distribution distribution_;
};

}  // namespace drdrill
