#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/platform.hpp"

/// The platform as graphs (Boost.Graph): who needs whom, and what lies in which failure domain.
namespace drdrill::audit {

/// Components that need each other in a circle; each circle once, by name.
std::vector<std::vector<ComponentId>> dependency_cycles(const PlatformSpec& platform);

/// A server or a zone of a cluster whose loss alone takes a service away: every way from clients to
/// it leads through there (a dominator, as Lengauer and Tarjan find them). Places are those of the
/// workload.
struct SinglePoint {
  std::size_t cluster = 0;
  std::string what;  ///< "zone singapore-1", "the only pod of pgbouncer"
  ComponentId component = ComponentId::platform;  ///< that it is a part of
  ComponentSet needed_by;  ///< the components that depend on that one, however far
  SourcePlace place;
};
/// Of every cluster, in the order of the platform file.
std::vector<SinglePoint> single_points(const PlatformSpec& platform);

/// Is it what an importer puts where no manifest has the component?
bool stands_in(const WorkloadModel& model);
bool stands_in(std::string_view workload);

/// Components of which the platform has something of its own, in the first cluster.
ComponentSet own_components(const PlatformSpec& platform);

/// The pool whose nodes a workload goes to, or null.
const NodePoolSpec* pool_of(const ClusterSpec& cluster, const kube::Workload& workload);

}  // namespace drdrill::audit
