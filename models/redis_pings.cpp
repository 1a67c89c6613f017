#include "models/redis_pings.hpp"

#include <algorithm>
#include <vector>

namespace drdrill::models {
namespace {

constexpr std::int64_t runs_a_second = 10;  // a random node is pinged in every tenth run
constexpr int picks = 5;

/// One server's table of the others. Time goes in runs of its cron; node 0 is itself.
class Pinger {
 public:
  Pinger(std::size_t nodes, std::int64_t half_timeout, RandomStream& stream)
      : stream_(stream), half_timeout_(half_timeout), heard_(nodes) {
    for (std::int64_t& age : heard_) age = below(half_timeout + 1);
    run_ = below(runs_a_second);
  }

  /// Runs the cron once. Is the last node pinged? If it answers it has been heard of.
  bool run(bool answers) {
    const std::size_t last = heard_.size() - 1;
    bool pinged = false;
    const auto ping = [&](std::size_t node) {
      pinged = pinged || node == last;
      if (node != last || answers) heard_[node] = 0;
    };
    if (run_++ % runs_a_second == 0) {
      if (const std::size_t oldest = oldest_of_some(); oldest > 0) ping(oldest);
    }
    for (std::size_t node = 1; node < heard_.size(); ++node)
      if (heard_[node] > half_timeout_) ping(node);
    for (std::int64_t& age : heard_) ++age;
    return pinged;
  }

 private:
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(stream_.below(static_cast<std::uint64_t>(n)));
  }

  /// 0 when it picked nobody but itself.
  std::size_t oldest_of_some() {
    std::size_t oldest = 0;
    for (int i = 0; i < picks; ++i) {
      const auto node = static_cast<std::size_t>(stream_.below(heard_.size()));
      if (node > 0 && (oldest == 0 || heard_[node] > heard_[oldest])) oldest = node;
    }
    return oldest;
  }

  RandomStream& stream_;
  std::int64_t half_timeout_;
  std::int64_t run_ = 0;
  std::vector<std::int64_t> heard_;  // runs since each node was heard of
};

}  // namespace

Duration next_ping(const PingSchedule& schedule, RandomStream& stream) {
  const Duration period = std::max(schedule.cron_period, Duration(1));
  const std::int64_t half = schedule.node_timeout / 2 / period;
  Pinger pinger(std::max<std::size_t>(schedule.nodes, 2), half, stream);
  // Two rounds of whatever comes first make the beginning forgotten; then it dies at any time.
  const auto nodes = static_cast<std::int64_t>(schedule.nodes);
  const std::int64_t round = std::min(half + 1, nodes * runs_a_second);
  const std::int64_t death =
      2 * round + static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(round)));
  for (std::int64_t i = 0; i < death; ++i) pinger.run(true);
  std::int64_t runs = 0;
  while (!pinger.run(false)) ++runs;
  return from_seconds((static_cast<double>(runs) + stream.uniform()) * to_seconds(period));
}

}  // namespace drdrill::models
