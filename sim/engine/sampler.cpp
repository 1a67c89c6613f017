#include "sim/engine/sampler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "sim/base/ensure.hpp"
#include "sim/engine/math.hpp"

namespace drdrill {
namespace {

constexpr double exponential_density(double x) {
  return math::exponential(-x);
}

/// Not normalised: 1 at 0.
constexpr double normal_density(double x) {
  return math::exponential(-0.5 * x * x);
}

constexpr double inverse_exponential_density(double y) {
  return -math::logarithm(y);
}

constexpr double inverse_normal_density(double y) {
  return math::square_root(-2 * math::logarithm(y));
}

/// `tail` is where the tail begins and `area` what each layer holds.
template <class Density, class Inverse>
constexpr Ziggurat build(double tail, double area, Density density, Inverse inverse) {
  Ziggurat z;
  constexpr std::size_t layers = Ziggurat::layers;
  z.x[0] = area / density(tail);
  z.x[1] = tail;
  z.y[1] = density(tail);
  for (std::size_t i = 1; i + 1 < layers; ++i) {
    z.y[i + 1] = z.y[i] + area / z.x[i];
    z.x[i + 1] = inverse(z.y[i + 1]);
  }
  z.x[layers] = 0;
  z.y[layers] = 1;
  for (std::size_t i = 0; i < layers; ++i) z.scaled[i] = z.x[i] * 0x1p-53;
  return z;
}

// Where the tail begins and what each layer holds, for 256 layers, from the paper. The normal
// density is taken without its factor.
constexpr double exponential_tail = 7.69711747013104972;
constexpr double exponential_area = 0.0039496598225815571993;
constexpr double normal_tail = 3.6541528853610087963;
constexpr double normal_area = 0.0049286732339746519;

/// In [0, 1), from the upper 53 bits.
double fraction(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// More bits where one number of the stream is not enough: the SplitMix64 sequence that it starts.
std::uint64_t more_bits(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  return mix_bits(state);
}

/// In (0, 1].
double positive_fraction(std::uint64_t bits) {
  return 1.0 - fraction(bits);
}

/// True when a point at x and a random height of the layer lies under the density.
bool under(const Ziggurat& z, std::size_t layer, double density, std::uint64_t bits) {
  return z.y[layer] + fraction(bits) * (z.y[layer + 1] - z.y[layer]) < density;
}

double normal_beyond_tail(std::uint64_t& state) {
  for (;;) {
    const double x = -math::logarithm(positive_fraction(more_bits(state))) / normal_tail;
    const double y = -math::logarithm(positive_fraction(more_bits(state)));
    if (2 * y > x * x) return normal_tail + x;
  }
}

bool makes_sense(const Distribution& d) {
  switch (d.shape) {
    case Shape::constant:
      return d.a >= 0;
    case Shape::uniform:
      return d.a >= 0 && d.b >= d.a;
    case Shape::exponential:
      return d.a >= 0;
    case Shape::lognormal:
      return d.a >= 0 && d.b >= 0;
    case Shape::triangular:
      return d.a >= 0 && d.b >= d.a && d.c >= d.b;
    case Shape::erlang:
      return d.a >= 0 && d.b >= 1 && d.b <= 1e6 && d.b == static_cast<int>(d.b);
    case Shape::weibull:
      return d.a >= 0 && d.b > 0;
  }
  return false;
}

}  // namespace

constinit const Ziggurat exponential_ziggurat =
    build(exponential_tail, exponential_area, exponential_density, inverse_exponential_density);
constinit const Ziggurat normal_ziggurat =
    build(normal_tail, normal_area, normal_density, inverse_normal_density);

double rare_unit_exponential(std::uint64_t bits) {
  std::uint64_t state = bits;
  double moved = 0;
  for (;;) {
    const std::size_t layer = bits % Ziggurat::layers;
    const double x = exponential_ziggurat.place(bits);
    if (x < exponential_ziggurat.x[layer + 1]) return moved + x;
    if (layer == 0) {
      moved += exponential_tail;  // the tail is the same distribution again
    } else if (under(exponential_ziggurat, layer, exponential_density(x), more_bits(state))) {
      return moved + x;
    }
    bits = more_bits(state);
  }
}

double rare_unit_normal(std::uint64_t bits) {
  std::uint64_t state = bits;
  for (;;) {
    const std::size_t layer = bits % Ziggurat::layers;
    const double sign = (bits & Ziggurat::layers) != 0 ? -1 : 1;
    const double x = normal_ziggurat.place(bits);
    if (x < normal_ziggurat.x[layer + 1]) return sign * x;
    if (layer == 0) return sign * normal_beyond_tail(state);
    if (under(normal_ziggurat, layer, normal_density(x), more_bits(state))) return sign * x;
    bits = more_bits(state);
  }
}

Sampler::Sampler(const Distribution& distribution) : distribution_(distribution) {
  ENSURE(makes_sense(distribution), describe(distribution, ""));
}

double Sampler::draw_other(RandomStream& stream) const {
  const Distribution& d = distribution_;
  switch (d.shape) {
    case Shape::constant:
      return d.a;
    case Shape::uniform:
      return d.a + stream.uniform() * (d.b - d.a);
    case Shape::exponential:
      return d.a * unit_exponential(stream.next());
    case Shape::lognormal:
      return d.a * math::exponential(d.b * unit_normal(stream.next()));
    case Shape::triangular:
      return draw_triangular(stream.uniform());
    case Shape::erlang:
      return draw_erlang(stream);
    case Shape::weibull:
      return d.a * math::power(unit_exponential(stream.next()), 1 / d.b);
  }
  return 0;
}

void Sampler::draw_durations(RandomStream& stream, std::span<Duration> out) const {
  const Distribution& d = distribution_;
  if (d.shape == Shape::constant) {
    std::fill(out.begin(), out.end(), to_duration(d.a));
  } else if (d.shape == Shape::lognormal) {
    for (Duration& each : out)
      each = to_duration(d.a * math::exponential(d.b * unit_normal(stream.next())));
  } else {
    for (Duration& each : out) each = draw_duration(stream);
  }
}

double Sampler::draw_triangular(double u) const {
  const auto& [shape, low, mode, high] = distribution_;
  const double width = high - low;
  const double rising = mode - low;
  if (u * width < rising) return low + std::sqrt(u * width * rising);
  return high - std::sqrt((1 - u) * width * (high - mode));
}

double Sampler::draw_erlang(RandomStream& stream) const {
  double sum = 0;
  for (auto stage = static_cast<int>(distribution_.b); stage > 0; --stage) {
    sum += unit_exponential(stream.next());
  }
  return distribution_.a / distribution_.b * sum;
}

}  // namespace drdrill
