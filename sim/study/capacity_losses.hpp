#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/study/capacity.hpp"
#include "sim/study/replication.hpp"

/// Plays losses in which nobody acts. Internal to the survey of capacities.
namespace drdrill::study {

class Losses {
 public:
  /// Both must outlive it.
  Losses(const PlatformSpec& platform, const CapacityOptions& options)
      : platform_(platform), options_(options) {}

  /// Each loss is played once, whatever is asked about it. Throws InputError when the models refuse
  /// it.
  ReturnTime of(const Target& target, ComponentId component);
  /// The nodes of the workload's pods when all is well, one name a line, asked for as people do.
  std::string nodes_of_pods(const ClusterSpec& cluster, const kube::Workload& workload) const;

 private:
  const std::vector<Outcome>& outcomes_of(const Target& target);
  Scenario scenario_of(const Target& target) const;
  /// The weightiest reason why a run came to no verdict.
  std::string reason_of(const Target& target, std::uint64_t replication) const;

  const PlatformSpec& platform_;
  const CapacityOptions& options_;
  std::map<std::string, std::vector<Outcome>> done_;
};

}  // namespace drdrill::study
