#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

/// Exponential, logarithm and power from + - * / alone, so that what decides events comes out the
/// same, to the last bit, from every compiler flag, C library and x86-64 machine (the project is
/// built without fused multiply-add). Usable at compile time.
///
/// Worst error seen against libm in long double, over the whole range of results (tests/engine):
/// exponential and logarithm below 1 unit in the last place.
namespace drdrill::math {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

namespace detail {

/// ln 2 in two parts; the first has its lower 32 bits zero, so that small multiples are exact.
inline constexpr double ln2_high = 0x1.62e42feep-1;
inline constexpr double ln2_low = 0x1.a39ef35793c76p-33;
inline constexpr double inverse_ln2 = 0x1.71547652b82fep0;

inline constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

/// `magnitude`, which is not negative, with the sign of x. Without a branch: signs of random
/// numbers cannot be predicted.
constexpr double with_sign_of(double x, double magnitude) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(magnitude) |
                               (std::bit_cast<std::uint64_t>(x) & sign_bit));
}

/// x * 2^k for normal results.
constexpr double scale_by_power_of_two(double x, int k) {
  return x * std::bit_cast<double>(static_cast<std::uint64_t>(1023 + k) << 52);
}

/// e^r - 1 - r for |r| <= ln(2)/2, by its Taylor series up to r^13 (the first term left out is
/// below 2^-57).
constexpr double exp_tail(double r) {
  constexpr std::array<double, 12> inverse_factorial{
      1.0 / 2,         1.0 / 6,          1.0 / 24,          1.0 / 120,
      1.0 / 720,       1.0 / 5040,       1.0 / 40'320,      1.0 / 362'880,
      1.0 / 3'628'800, 1.0 / 39'916'800, 1.0 / 479'001'600, 1.0 / 6'227'020'800};
  const auto& f = inverse_factorial;
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double p0 = (f[0] + r * f[1]) + r2 * (f[2] + r * f[3]);
  const double p1 = (f[4] + r * f[5]) + r2 * (f[6] + r * f[7]);
  const double p2 = (f[8] + r * f[9]) + r2 * (f[10] + r * f[11]);
  return r2 * (p0 + r4 * (p1 + r4 * p2));
}

}  // namespace detail

/// e^x; results below the smallest normal number are 0.
constexpr double exponential(double x) {
  if (x != x) return x;
  if (x > 709.782712893384) return infinity;
  if (x < -708.396418532264) return 0;
  const double scaled = x * detail::inverse_ln2;
  const int k = static_cast<int>(scaled + detail::with_sign_of(scaled, 0.5));
  const double high = x - k * detail::ln2_high;
  const double low = k * detail::ln2_low;
  const double r = high - low;
  const double lost = (high - r) - low;
  const double value = 1 + (r + (lost + detail::exp_tail(r)));
  // Two factors, because 2^1024 is no number but half of it times two is.
  return detail::scale_by_power_of_two(detail::scale_by_power_of_two(value, k / 2), k - k / 2);
}

/// The natural logarithm; minus infinity at 0, not a number below.
constexpr double logarithm(double x) {
  if (!(x > 0)) return x == 0 ? -infinity : not_a_number;
  if (x == infinity) return x;
  int exponent = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    exponent = -54;
  }
  // x = 2^exponent (1 + f) with 1 + f between sqrt(1/2) and sqrt(2).
  constexpr std::uint64_t sqrt_half = 0x3fe6a09e667f3bcdU;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const auto shift = static_cast<std::int64_t>(bits - sqrt_half) >> 52;
  exponent += static_cast<int>(shift);
  const double f = std::bit_cast<double>(bits - (static_cast<std::uint64_t>(shift) << 52)) - 1;
  // With s = f / (2 + f): ln(1 + f) = 2 artanh(s) = 2s + 2s^3/3 + ..., and 2s = f - f^2/2 + s f^2/2
  // keeps the leading term free of the rounding of s.
  const double s = f / (2 + f);
  const double z = s * s;
  const double z2 = z * z;
  const double z4 = z2 * z2;
  const double p0 = (2.0 / 3 + z * (2.0 / 5)) + z2 * (2.0 / 7 + z * (2.0 / 9));
  const double p1 = (2.0 / 11 + z * (2.0 / 13)) + z2 * (2.0 / 15 + z * (2.0 / 17));
  const double p2 = 2.0 / 19 + z * (2.0 / 21);
  const double tail = z * (p0 + z4 * (p1 + z4 * p2));
  const double half_square = 0.5 * f * f;
  const double k = exponent;
  return k * detail::ln2_high -
         ((half_square - (s * (half_square + tail) + k * detail::ln2_low)) - f);
}

/// x^y for x >= 0. The relative error grows with the size of the result's logarithm: it is below
/// (2 + 2 |y ln x|) 2^-53.
constexpr double power(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (y == 1) return x;
  return exponential(y * logarithm(x));
}

/// The square root, to the last bit or one beside it. For tables that are computed at compile time;
/// where a program runs, std::sqrt is exact by IEEE 754 and faster.
constexpr double square_root(double x) {
  if (!(x > 0) || x == infinity) return x == 0 || x == infinity ? x : not_a_number;
  double root = exponential(0.5 * logarithm(x));
  for (int i = 0; i < 2; ++i) root = 0.5 * (root + x / root);
  return root;
}

}  // namespace drdrill::math
