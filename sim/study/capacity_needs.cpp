#include <algorithm>

#include "sim/study/capacity.hpp"

namespace drdrill::study {
namespace {

int ceil_of(std::int64_t whole, std::int64_t parts) {
  return static_cast<int>((whole + parts - 1) / parts);
}

/// The fewest pods of which `needed` are left when those of `lost` of all nodes are gone. More pods
/// never leave fewer, so the first number that is enough is the least.
template <class Lost>
int pods_to_lose(int needed, const Ground& ground, Lost lost) {
  for (int pods = needed; pods <= 4 * needed + 4 * ground.pods_per_node; ++pods) {
    const int nodes = ground.nodes_for(pods);
    const int gone = std::min(lost(nodes), nodes);
    if (pods - std::min(pods, ceil_of(std::int64_t{pods} * gone, nodes)) >= needed) return pods;
  }
  return 0;
}

}  // namespace

int Ground::nodes_for(int pods) const {
  return std::max({1, nodes, ceil_of(pods, std::max(1, pods_per_node))});
}

int pods_to_lose_a_node(int needed, const Ground& ground) {
  // Where there is one node, a second one is the first thing to add.
  const Ground at_least_two{std::max(2, ground.nodes), ground.zones, ground.pods_per_node};
  return pods_to_lose(needed, at_least_two, [](int) { return 1; });
}

int pods_to_lose_a_zone(int needed, const Ground& ground) {
  if (ground.zones < 2) return 0;
  return pods_to_lose(needed, ground, [&](int nodes) { return ceil_of(nodes, ground.zones); });
}

}  // namespace drdrill::study
