#include "models/link.hpp"

namespace drdrill::models {
namespace {

/// Linux, TCP_RTO_MIN: what the retransmission timeout adds to the round trip.
constexpr Duration least_timeout = std::chrono::milliseconds(200);

}  // namespace

bool comes_through(const Impairment& path, Duration patience) {
  const Duration round_trip = 2 * path.delay;
  if (round_trip >= patience) return false;
  if (path.loss <= 0) return true;
  const double both_arrive = (1 - path.loss) * (1 - path.loss);
  double nothing_came = 1;
  Duration sent = Duration::zero();
  for (Duration timeout = round_trip + least_timeout; sent + round_trip < patience; timeout *= 2) {
    nothing_came *= 1 - both_arrive;
    sent += timeout;
  }
  return nothing_came < 0.5;
}

}  // namespace drdrill::models
