#include "sim/base/distribution.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace drdrill {
namespace {

std::string number(double value) {
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.6g", value);
  return buffer.data();
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
  const std::string u = unit.empty() ? "" : " " + std::string(unit);
  std::string name(shape_name(d.shape));
  switch (d.shape) {
    case Shape::constant:
      return number(d.a) + u;
    case Shape::uniform:
      return name + " " + number(d.a) + " to " + number(d.b) + u;
    case Shape::exponential:
      return name + " mean " + number(d.a) + u;
    case Shape::lognormal:
      return name + " median " + number(d.a) + u + ", sigma " + number(d.b);
    case Shape::triangular:
      return name + " " + number(d.a) + ", " + number(d.b) + ", " + number(d.c) + u;
    case Shape::erlang:
      return name + " mean " + number(d.a) + u + ", " + number(d.b) + " stages";
    case Shape::weibull:
      return name + " scale " + number(d.a) + u + ", shape " + number(d.b);
  }
  return name;
}

}  // namespace drdrill
