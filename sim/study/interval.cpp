#include "sim/study/interval.hpp"

#include <algorithm>
#include <cmath>

namespace drdrill::study {

Interval wilson(const Share& share, double z) {
  if (share.of == 0) return {};
  const auto n = static_cast<double>(share.of);
  const double p = share.value();
  const double squared = z * z;
  const double middle = (p + squared / (2 * n)) / (1 + squared / n);
  const double half = z / (1 + squared / n) * std::sqrt(p * (1 - p) / n + squared / (4 * n * n));
  // When all runs agree one end is exact; the subtraction above may miss it by a rounding.
  return {share.hits == 0 ? 0.0 : std::max(middle - half, 0.0),
          share.hits == share.of ? 1.0 : std::min(middle + half, 1.0)};
}

}  // namespace drdrill::study
