#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/base/distribution.hpp"
#include "sim/base/random.hpp"
#include "sim/base/time.hpp"

/// Draws from a Distribution. Every draw takes exactly one number of the stream (Erlang: one for
/// each stage; constant: none), so that draw i of a stream is the same whatever the earlier draws
/// came out as, and two variants of a model that share a stream stay in step.
namespace drdrill {

/// Layer i of a ziggurat lies between the heights y[i] and y[i + 1] of a falling density and is
/// x[i] wide; up to x[i + 1] it is inside for certain. The lowest layer holds the tail as well: its
/// width is the one that gives it the area of the others. (Marsaglia and Tsang: "The ziggurat
/// method for generating random variables", Journal of Statistical Software 5, 2000.)
struct Ziggurat {
  static constexpr std::size_t layers = 256;
  std::array<double, layers + 1> x{};
  std::array<double, layers + 1> y{};
  /// x * 2^-53, which is exact: what a whole number below 2^53 is multiplied with.
  std::array<double, layers> scaled{};

  /// The place in the layer, both chosen by `bits`: the lower 8 bits choose the layer, the upper 53
  /// the place. (As a signed number, because processors have no quick conversion of others.)
  double place(std::uint64_t bits) const {
    return static_cast<double>(static_cast<std::int64_t>(bits >> 11)) * scaled[bits % layers];
  }
};
extern const Ziggurat exponential_ziggurat;
extern const Ziggurat normal_ziggurat;

/// The one draw in a hundred that the ziggurats below do not decide at once.
double rare_unit_exponential(std::uint64_t bits);
double rare_unit_normal(std::uint64_t bits);

/// Exponential with mean 1; decided by `bits` alone.
inline double unit_exponential(std::uint64_t bits) {
  const std::size_t layer = bits % Ziggurat::layers;
  const double x = exponential_ziggurat.place(bits);
  if (x < exponential_ziggurat.x[layer + 1]) [[likely]]
    return x;
  return rare_unit_exponential(bits);
}

/// Normal with mean 0 and variance 1; decided by `bits` alone. Bit 8 is the sign.
inline double unit_normal(std::uint64_t bits) {
  const std::size_t layer = bits % Ziggurat::layers;
  const double x = normal_ziggurat.place(bits);
  if (x < normal_ziggurat.x[layer + 1]) [[likely]] {
    // Bit 8 to where the sign is: a branch could not be predicted.
    constexpr int to_sign = 55;
    const std::uint64_t sign = (bits & Ziggurat::layers) << to_sign;
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) ^ sign);
  }
  return rare_unit_normal(bits);
}

class Sampler {
 public:
  /// The parameters must be what Shape says they are (the reader of files checks what users write;
  /// here a violation is a Bug).
  explicit Sampler(const Distribution& distribution);

  /// In the unit of the distribution; never negative.
  double draw(RandomStream& stream) const {
    if (distribution_.shape == Shape::exponential) {
      return distribution_.a * unit_exponential(stream.next());
    }
    return draw_other(stream);
  }

  /// For a distribution in seconds; rounded to whole nanoseconds, saturating, never negative.
  Duration draw_duration(RandomStream& stream) const { return to_duration(draw(stream)); }
  /// As many draws as there is room for, quicker than one by one.
  void draw_durations(RandomStream& stream, std::span<Duration> out) const;

  /// How many numbers of the stream a draw takes.
  std::uint64_t numbers() const {
    if (distribution_.shape == Shape::constant) return 0;
    return distribution_.shape == Shape::erlang ? static_cast<std::uint64_t>(distribution_.b) : 1;
  }

  const Distribution& distribution() const { return distribution_; }

 private:
  static Duration to_duration(double seconds) {
    const double ns = seconds * 1e9;
    if (!(ns < 9.2e18)) [[unlikely]]
      return Duration::max();
    constexpr double half = 0.5;
    return Duration(static_cast<std::int64_t>(ns + half));
  }
  double draw_other(RandomStream& stream) const;
  double draw_triangular(double u) const;
  double draw_erlang(RandomStream& stream) const;

  Distribution distribution_;
};

}  // namespace drdrill
