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
/// replicas that are needed, pods are taken to be spread evenly over the nodes that they may use.
namespace drdrill::study {

struct CapacityOptions {
  std::uint64_t seed = 1;
  std::uint32_t replications = 20;  ///< of each loss
  unsigned threads = 0;
};

/// How long something takes, over the runs of one loss; nothing where a run did not end.
struct ReturnTime {
  std::optional<Duration> median;
  std::optional<Duration> p95;
  std::uint32_t not_back = 0;  ///< runs in which it was not over after an hour
};

struct Loss {
  Target target;
  int pods_left = 0;
  std::optional<std::int64_t> carries;  ///< participants; nothing where no capacity is stated
  ReturnTime service;                   ///< until the component works again; 0: never broke
  ReturnTime rejoin;                    ///< until 99.5 % of participants have media again
};

struct ServiceCapacity {
  std::string workload;
  ComponentId component = ComponentId::platform;
  int replicas = 0;
  int nodes = 0;   ///< that it may run on
  int places = 0;  ///< participants of one pod; 0: no capacity is stated
  std::string pool;
  std::optional<double> usd_per_node;
  std::vector<Loss> losses;  ///< one node, a zone, a region

  /// For the load that was asked for; 0 where no capacity is stated. The second and third still
  /// carry it when a node, or a zone, is lost.
  int needed = 0;
  int needed_less_node = 0;
  int needed_less_zone = 0;
  std::array<int, 24> needed_by_hour{};
};

struct StandbyCost {
  std::string cluster;
  int nodes = 0;
  double usd_per_month = 0;
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

}  // namespace drdrill::study
