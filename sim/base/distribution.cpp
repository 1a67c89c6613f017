#include "sim/base/distribution.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace drdrill {
namespace {

std::string number(double value) {
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.6g", value);
  return buffer.data();
}

/// A figure with its prefix: "1 Gi", "300 M", "2.5 ".
struct Prefixed {
  std::string digits;
  std::string_view prefix;
};

/// Exact in the largest binary unit of which `bytes` is a whole number; nothing when it has none.
std::optional<Prefixed> in_binary(double bytes) {
  constexpr std::array<std::string_view, 5> prefixes{"Ki", "Mi", "Gi", "Ti", "Pi"};
  constexpr double step = 1024;
  std::optional<Prefixed> found;
  for (std::string_view prefix : prefixes) {
    bytes /= step;
    if (bytes < 1 || bytes != std::floor(bytes)) break;
    found = {std::to_string(static_cast<std::uint64_t>(bytes)), prefix};
  }
  return found;
}

/// In the decimal unit that leaves one to three digits before the point.
Prefixed in_decimal(double bytes) {
  constexpr std::array<std::string_view, 6> prefixes{"", "k", "M", "G", "T", "P"};
  constexpr double step = 1000;
  constexpr double rounds_up = 999.5;
  std::size_t i = 0;
  for (; bytes >= rounds_up && i + 1 < prefixes.size(); ++i) bytes /= step;
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), bytes < rounds_up ? "%.3g" : "%.0f", bytes);
  return {buffer.data(), prefixes[i]};
}

/// Is "64 M" all there is to say of `bytes`, or was something rounded away?
bool is_exact(const Prefixed& decimal, double bytes) {
  constexpr std::string_view order = "kMGTP";
  double value = std::strtod(decimal.digits.c_str(), nullptr);
  if (!decimal.prefix.empty())
    for (std::size_t i = 0; i <= order.find(decimal.prefix.front()); ++i) value *= 1000;
  return value == bytes;
}

/// "1 GiB", "64 MB", "350 MB": in binary units where these are exact, unless decimal ones are exact
/// too and shorter (64,000,000 is 62500 KiB); else in decimal units with three digits.
std::string byte_words(double bytes, std::string_view unit) {
  const Prefixed decimal = in_decimal(bytes);
  const auto binary = in_binary(bytes);
  const bool shorter = binary && decimal.digits.size() < binary->digits.size();
  const bool take_binary = binary && !(shorter && is_exact(decimal, bytes));
  const Prefixed& best = take_binary ? *binary : decimal;
  return best.digits + " " + std::string(best.prefix) + std::string(unit);
}

/// A figure with its unit behind it.
std::string quantity(double value, std::string_view unit) {
  if (unit.empty()) return number(value);
  if (unit.front() == 'B') return byte_words(value, unit);
  return number(value) + " " + std::string(unit);
}

}  // namespace

std::string_view shape_name(Shape shape) {
  switch (shape) {
    case Shape::constant:
      return "constant";
    case Shape::uniform:
      return "uniform";
    case Shape::exponential:
      return "exponential";
    case Shape::lognormal:
      return "lognormal";
    case Shape::triangular:
      return "triangular";
    case Shape::erlang:
      return "erlang";
    case Shape::weibull:
      return "weibull";
  }
  return "?";
}

double mean(const Distribution& d) {
  switch (d.shape) {
    case Shape::constant:
      return d.a;
    case Shape::uniform:
      return (d.a + d.b) / 2;
    case Shape::exponential:
      return d.a;
    case Shape::lognormal:
      return d.a * std::exp(d.b * d.b / 2);
    case Shape::triangular:
      return (d.a + d.b + d.c) / 3;
    case Shape::erlang:
      return d.a;
    case Shape::weibull:
      return d.a * std::tgamma(1 + 1 / d.b);
  }
  return 0;
}

std::string describe(const Distribution& d, std::string_view unit) {
  // Sizes have prefixes of their own, so each has its unit; other figures share the last one's.
  const bool bytes = !unit.empty() && unit.front() == 'B';
  const auto plain = [&](double value) { return quantity(value, bytes ? unit : ""); };
  const auto full = [&](double value) { return quantity(value, unit); };
  std::string name(shape_name(d.shape));
  switch (d.shape) {
    case Shape::constant:
      return full(d.a);
    case Shape::uniform:
      return name + " " + plain(d.a) + " to " + full(d.b);
    case Shape::exponential:
      return name + " mean " + full(d.a);
    case Shape::lognormal:
      return name + " median " + full(d.a) + ", sigma " + number(d.b);
    case Shape::triangular:
      return name + " " + plain(d.a) + ", " + plain(d.b) + ", " + full(d.c);
    case Shape::erlang:
      return name + " mean " + full(d.a) + ", " + number(d.b) + " stages";
    case Shape::weibull:
      return name + " scale " + full(d.a) + ", shape " + number(d.b);
  }
  return name;
}

}  // namespace drdrill
