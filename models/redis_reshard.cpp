#include <cmath>

#include "models/redis_task.hpp"

/// redis-cli --cluster reshard and rebalance.
namespace drdrill::models {

/// Each source gives in proportion to what it has (redis-cli.c, clusterManagerComputeReshardTable).
shell::Result RedisTask::reshard() {
  if (!is_sound())
    return says(health() + "\n*** Please fix your cluster problems before resharding", 1);
  if (call.slots <= 0 || call.to.empty() || call.from.empty())
    return {0, "", "redis-cli: resharding that asks is not known here\n", false};
  const PodRef target = redis.with_id(seed(), call.to);
  const auto all = masters();
  const auto is_master = [&](PodRef pod) {
    return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.pod == pod; });
  };
  if (!is_master(target))
    return says(
        "*** The specified node (" + call.to + ") is not known or not a master, please retry.", 1);
  std::vector<Redis::Figures> sources;
  std::string_view ids = call.from;
  while (call.from != "all" && !ids.empty()) {
    const std::string id(ids.substr(0, ids.find(',')));
    ids.remove_prefix(std::min(id.size() + 1, ids.size()));
    const PodRef source = redis.with_id(seed(), id);
    if (!is_master(source))
      return says("*** The specified node (" + id + ") is not known or not a master, please retry.",
                  1);
    sources.push_back(redis.figures(seed(), source));
  }
  if (call.from == "all")
    for (const Redis::Figures& master : all)
      if (master.pod != target) sources.push_back(master);
  std::stable_sort(sources.begin(), sources.end(),
                   [](const auto& a, const auto& b) { return a.slots > b.slots; });
  int there = 0;
  for (const Redis::Figures& source : sources) there += source.slots;
  if (there == 0) return says("*** No source nodes given, operation aborted.", 1);
  // It shows a plan and asks, and nobody answers.
  if (!call.yes) return says("Do you want to proceed with the proposed reshard plan (yes/no)? ", 1);
  changes();
  int left = std::min(call.slots, there);
  std::string text = "Ready to move " + std::to_string(left) + " slots.";
  for (std::size_t i = 0; i < sources.size() && left > 0; ++i) {
    const double part = static_cast<double>(std::min(call.slots, there)) * sources[i].slots / there;
    const int whole = static_cast<int>(part);
    const int given = std::min(left, i == 0 && whole < part ? whole + 1 : whole);
    redis.move_slots(sources[i].pod, target, given);
    left -= given;
    takes += commands.redis_slot_move() * given;
  }
  return says(text);
}

/// Masters with more than their share give, others take, until each has it.
shell::Result RedisTask::rebalance() {
  if (!is_sound())
    return says(health() + "\n*** Please fix your cluster problems before rebalancing", 1);
  std::vector<Redis::Figures> all = masters();
  if (!call.empty_masters)
    all.erase(
        std::remove_if(all.begin(), all.end(), [](const auto& each) { return each.slots == 0; }),
        all.end());
  const int share = all_slots / static_cast<int>(all.size());
  constexpr double threshold = 0.02;
  const bool needed = std::any_of(all.begin(), all.end(), [&](const Redis::Figures& each) {
    return std::abs(each.slots - share) > threshold * share;
  });
  if (!needed) return says("*** No rebalancing needed! All nodes are within the 2.00% threshold.");
  changes();
  std::string text = ">>> Rebalancing across " + std::to_string(all.size()) + " nodes.";
  for (Redis::Figures& taker : all)
    for (Redis::Figures& giver : all) {
      const int moved = std::min(giver.slots - share, share - taker.slots);
      if (moved <= 0) continue;
      redis.move_slots(giver.pod, taker.pod, moved);
      giver.slots -= moved;
      taker.slots += moved;
      takes += commands.redis_slot_move() * moved;
      text += "\nMoving " + std::to_string(moved) + " slots from " + redis.address_of(giver.pod) +
              " to " + redis.address_of(taker.pod);
    }
  return says(text);
}

}  // namespace drdrill::models
