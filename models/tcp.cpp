#include "models/tcp.hpp"

#include <algorithm>
#include <string>

namespace drdrill::models {
namespace {

constexpr double most_retries = 255;  // what the sysctl takes

/// In whole ticks, rounded up.
std::int64_t in_ticks(Duration time, Duration tick) {
  return (time + tick - Duration(1)) / tick;
}

}  // namespace

Duration model_timeout(int retransmissions, Duration first, Duration most) {
  Duration sum{};
  Duration wait = first;
  for (int i = 0; i <= retransmissions; ++i) {
    sum += std::min(wait, most);
    if (wait < most) wait *= 2;
  }
  return sum;
}

std::int64_t timer_granularity(std::int64_t ticks) {
  constexpr std::int64_t places = 63;  // of a level
  std::int64_t granularity = 1;
  while (ticks >= places * granularity) granularity *= 8;
  return granularity;
}

Retransmissions::Retransmissions(Context& context, int cluster)
    : context_(context),
      retries_(context.draws["tcp.retries2"]),
      least_(context.draws["tcp.rto_min"]),
      most_(context.draws["tcp.rto_max"]),
      round_trip_(context.draws["tcp.round_trip"]),
      tick_(context.draws["tcp.tick"]),
      phases_(0, 0, StreamName("tcp timers " + std::to_string(cluster))) {}

void Retransmissions::reset() {
  phases_.restart(context_.seed, context_.replication);
}

void Retransmissions::begin() {
  const Duration tick = std::max(tick_.time(), Duration(1));
  const Duration least = least_.time();
  const Duration most = most_.time();
  const int retries = static_cast<int>(nearest_whole(std::min(retries_.value(), most_retries)));
  const Duration limit = model_timeout(retries, least, most);
  std::int64_t wait = std::max<std::int64_t>(in_ticks(round_trip_.time() + least, tick), 1);
  const std::int64_t longest = std::max<std::int64_t>(in_ticks(most, tick), 1);
  sent_.clear();
  Duration passed{};
  do {
    const double late = phases_.uniform() * static_cast<double>(timer_granularity(wait));
    passed += wait * tick + from_seconds(late * to_seconds(tick));
    sent_.push_back(passed);
    wait = std::min(2 * wait, longest);
  } while (passed < limit);
}

Duration Retransmissions::next(Duration passed) const {
  const auto found = std::lower_bound(sent_.begin(), sent_.end(), passed);
  return found == sent_.end() ? sent_.back() : *found;
}

}  // namespace drdrill::models
