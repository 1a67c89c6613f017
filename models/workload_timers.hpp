#pragma once

#include "sim/drill/platform.hpp"

/// The timers that a workload's own manifest sets, as parameters that notes can name: only where
/// the platform file says which line of which manifest they come from.
namespace drdrill::models {

struct TimerIds {
  ParameterId readiness = ParameterId::none;
  ParameterId liveness = ParameterId::none;
  ParameterId grace = ParameterId::none;
};

inline TimerIds timers_of(const PlatformSpec& platform, const WorkloadModel& workload) {
  if (workload.cluster != 0) return {};
  const std::string name = workload.ns + "/" + workload.workload;
  return {platform.parameters.find(name + ".readiness"),
          platform.parameters.find(name + ".liveness"), platform.parameters.find(name + ".grace")};
}

}  // namespace drdrill::models
