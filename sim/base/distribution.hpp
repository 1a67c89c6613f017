#pragma once

#include <string>
#include <string_view>

/// A distribution as a file states it. Drawing from it is the engine's business (samplers); this
/// header only says what it is and what its exact moments are.
namespace drdrill {

enum class Shape {
  constant,     ///< a = the value
  uniform,      ///< a = low, b = high
  exponential,  ///< a = mean
  lognormal,    ///< a = median, b = sigma of the logarithm
  triangular,   ///< a = low, b = mode, c = high
  erlang,       ///< a = mean, b = number of stages (whole)
  weibull,      ///< a = scale, b = shape
};

/// Values are in seconds where the parameter is a time, otherwise in the parameter's own unit.
/// Every distribution here is non-negative.
struct Distribution {
  Shape shape = Shape::constant;
  double a = 0;
  double b = 0;
  double c = 0;

  bool operator==(const Distribution&) const = default;
};

constexpr Distribution constant(double value) {
  return {Shape::constant, value, 0, 0};
}

std::string_view shape_name(Shape shape);

/// The exact mean; for the Weibull by the gamma function.
double mean(const Distribution& d);

/// "40 s", "uniform 0 to 10 s", "1 GiB", "300 MB/s"; `unit` is put behind figures, and "B" scaled.
std::string describe(const Distribution& d, std::string_view unit);

}  // namespace drdrill
