#pragma once

#include <array>
#include <vector>

#include "sim/drill/component.hpp"
#include "sim/drill/platform.hpp"

/// Which component needs which, as a graph.
namespace drdrill::models {

class Topology {
 public:
  explicit Topology(const std::vector<DependencySpec>& dependencies);

  /// `set` and everything that depends on one of it, directly or not.
  ComponentSet dependents(ComponentSet set) const;

 private:
  std::array<ComponentSet, component_count> dependents_;  // by component, itself included
};

}  // namespace drdrill::models
