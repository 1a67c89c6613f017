#pragma once

#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include "sim/study/estimate.hpp"

namespace drdrill::test {

/// The exact value lies in the interval, and the interval is so narrow (`precision` is the half
/// width over the exact value) that a model that is wrong by twice that much would not pass.
inline void check_covers(const std::string& what, const study::Estimate& e, double exact,
                         double precision) {
  INFO(what << ": " << e.mean << " +- " << e.half_width << ", exact " << exact);
  CHECK(std::abs(e.mean - exact) <= e.half_width);
  CHECK(e.half_width <= precision * exact);
}

}  // namespace drdrill::test
