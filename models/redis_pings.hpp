#pragma once

#include <cstddef>

#include "sim/base/random.hpp"
#include "sim/base/time.hpp"

/// Whom a server of a Redis Cluster pings, and when (cluster.c, clusterCron): once a second, of
/// five nodes picked at random, the one that it has not heard of for longest; and whoever it has
/// not heard of for half the node timeout. In a small cluster the first comes round sooner than a
/// long timeout's half, in a large one it does not.
namespace drdrill::models {

struct PingSchedule {
  Duration node_timeout{};
  Duration cron_period{};
  std::size_t nodes = 2;  ///< of the cluster, itself among them
};

/// How long after a node has died, at any time, one of the others sends it the ping that stays
/// without an answer. At most half the node timeout and two periods.
Duration next_ping(const PingSchedule& schedule, RandomStream& stream);

}  // namespace drdrill::models
