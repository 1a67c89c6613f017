#include "models/topology.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/transitive_closure.hpp>

namespace drdrill::models {

Topology::Topology(const std::vector<DependencySpec>& dependencies) {
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
  Graph needed_by(component_count);
  for (const DependencySpec& dependency : dependencies)
    boost::add_edge(index_of(dependency.on), index_of(dependency.from), needed_by);
  Graph closure;
  boost::transitive_closure(needed_by, closure);
  for (std::size_t i = 0; i < component_count; ++i) {
    dependents_[i].add(static_cast<ComponentId>(i));
    const auto [first, last] = boost::adjacent_vertices(i, closure);
    for (auto it = first; it != last; ++it) dependents_[i].add(static_cast<ComponentId>(*it));
  }
}

ComponentSet Topology::dependents(ComponentSet set) const {
  ComponentSet all = set;
  for (std::size_t i = 0; i < component_count; ++i)
    if (set.has(static_cast<ComponentId>(i))) all = all | dependents_[i];
  return all;
}

}  // namespace drdrill::models
