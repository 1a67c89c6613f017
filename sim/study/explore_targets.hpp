#pragma once

#include <optional>
#include <vector>

#include "sim/drill/platform.hpp"
#include "sim/drill/scenario.hpp"
#include "sim/study/explore_cases.hpp"

/// What faults can be done to, one representative for each class of interchangeable targets.
/// Internal to the search.
namespace drdrill::study {

struct TargetClass {
  Target target;                           ///< with a count of 1
  int count = 1;                           ///< how many of them the target's name stands for
  std::optional<ComponentId> component{};  ///< of a pod
  bool is_member = false;                  ///< one pod of a StatefulSet, by its own name
  TargetPlace place{};
};

std::vector<TargetClass> target_classes(const Scenario& scenario, const PlatformSpec& platform);

}  // namespace drdrill::study
