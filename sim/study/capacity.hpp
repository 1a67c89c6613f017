#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/drill/platform.hpp"
#include "sim/drill/scenario.hpp"

/// What each service of a platform still carries after each loss, how long it takes until people
/// are back (simulated; nobody acts), and what carrying so many participants takes and costs.
///
/// A loss is that of the node or zone where most pods of the service run when all is well. For
/// replicas that are needed, pods are taken to be spread evenly over the nodes that they may use,
/// and there are as many nodes as they need.
namespace drdrill::study {

struct CapacityOptions {
  std::uint64_t seed = 1;
  std::uint32_t replications = 20;  ///< of each loss
  unsigned threads = 0;
};

/// How long something takes, over the runs of one loss that could be judged.
struct ReturnTime {
  std::optional<Duration> median;  ///< nothing where a run did not end, or none was judged
  std::optional<Duration> p95;
  std::uint32_t judged = 0;
  std::uint32_t not_back = 0;    ///< runs of these in which it was not over after an hour
  std::uint32_t untouched = 0;   ///< runs in which the loss had nothing to do with it
  std::uint32_t not_judged = 0;  ///< runs that say nothing about it
  std::string why_not;           ///< the first reason of the first of these
};

/// Replicas, the nodes that they take, and what those cost.
struct Need {
  int replicas = 0;  ///< 0: no number of them is enough, or no capacity is known
  int nodes = 0;
  std::optional<double> usd_per_month;
};

struct Loss {
  Target target;
  int pods_left = 0;
  std::optional<std::int64_t> carries;  ///< participants; nothing where no capacity is known
  ReturnTime service;                   ///< until the component works again; 0: never broke
  ReturnTime rejoin;                    ///< until 99.5 % of participants have media again
  Need needed;                          ///< to carry the load nevertheless
};

struct ServiceCapacity {
  std::string workload;
  ComponentId component = ComponentId::platform;
  int replicas = 0;
  int nodes = 0;            ///< that it may run on
  int pods_per_node = 1;    ///< that fit by what they request
  std::int64_t places = 0;  ///< participants of one pod; 0: no capacity is known
  std::string basis;        ///< where that comes from: "50 participants a pod, stated"
  /// More pods carry more; false for stores, of which one pod leads.
  bool scales = true;
  std::string pool;
  std::optional<double> usd_per_node;
  std::vector<Loss> losses;  ///< one node, a zone, a region

  Need present;
  Need needed;                          ///< for the load that was asked for
  std::array<Need, 24> needed_by_hour;  ///< over the day
};

struct StandbyCost {
  std::string cluster;
  int nodes = 0;
  std::optional<double> usd_per_month;    ///< nothing while a pool has no unit cost
  std::vector<std::string> without_cost;  ///< those pools
};

struct Capacity {
  std::string platform;
  std::int64_t participants = 0;
  CapacityOptions options;
  std::vector<ServiceCapacity> services;
  std::vector<StandbyCost> standby;
};

/// `platform` bears the load to look at. Throws InputError where the models refuse a loss.
Capacity capacity_of(const PlatformSpec& platform, const CapacityOptions& options);

/// Where pods may be put: so many nodes in so many zones, so many pods on each.
struct Ground {
  int nodes = 1;
  int zones = 1;
  int pods_per_node = 1;

  /// As many nodes as there are, or as the pods need.
  int nodes_for(int pods) const;
};
/// The fewest pods of which `needed` are left when the node, or the zone, with most of them is
/// lost; 0 when no number is enough.
int pods_to_lose_a_node(int needed, const Ground& ground);
int pods_to_lose_a_zone(int needed, const Ground& ground);

}  // namespace drdrill::study
