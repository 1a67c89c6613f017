#include <algorithm>

#include "models/redis.hpp"

/// What CLUSTER NODES, SLOTS and INFO print.
namespace drdrill::models {

int Redis::covered(const Server& s) const {
  int slots = 0;
  for (std::size_t r = 0; r < ranges_.size(); ++r)
    if (s.shares[r].owner != none) slots += ranges_[r].slots() - s.shares[r].holes;
  return slots;
}

std::string Redis::node_text(const Server& s, int identity) const {
  const Identity& node = who(identity);
  const bool link = identity == s.identity || is_linked(s, identity);
  const std::string port = std::to_string(at(node.server).config.port);
  std::string text = node.id + " " + s.address[static_cast<std::size_t>(identity)] + ":" + port +
                     "@" + std::to_string(at(node.server).config.port + 10000) + " ";
  text += identity == s.identity ? "myself," : "";
  text += node.master == none ? "master" : "slave";
  text += has_majority(s) && node.failed ? ",fail" : "";
  text += " " + (node.master == none ? "-" : who(node.master).id) + " 0 0 " +
          std::to_string(node.epoch) + (link ? " connected" : " disconnected");
  for (std::size_t r = 0; r < ranges_.size(); ++r) {
    const auto owns = [&](std::size_t range) { return s.shares[range].owner == identity; };
    if (!owns(r) || (r > 0 && owns(r - 1))) continue;
    std::size_t last = r;
    while (last + 1 < ranges_.size() && owns(last + 1)) ++last;
    text += " " + std::to_string(ranges_[r].first);
    if (ranges_[last].last > ranges_[r].first) text += "-" + std::to_string(ranges_[last].last);
  }
  if (identity == s.identity)
    for (const redis::OpenSlot& open : s.open)
      text += " [" + std::to_string(open.slot) + (open.migrating ? "->-" : "-<-") +
              who(open.other).id + "]";
  return text;
}

std::string Redis::nodes_text(const Server& s) const {
  std::string text;
  for (std::size_t i = 0; i < identities_used_; ++i)
    if (knows(s, static_cast<int>(i)))
      text += (text.empty() ? "" : "\n") + node_text(s, static_cast<int>(i));
  return text;
}

/// Of each stretch of slots with one owner: first, last, and the owner's and its replicas'
/// addresses.
std::string Redis::slots_text(const Server& s) const {
  std::string text;
  const auto node = [&](int identity) {
    return "\n" + s.address[static_cast<std::size_t>(identity)] + "\n" +
           std::to_string(at(who(identity).server).config.port) + "\n" + who(identity).id;
  };
  for (std::size_t r = 0; r < ranges_.size();) {
    const int owner = s.shares[r].owner;
    std::size_t last = r;
    while (last + 1 < ranges_.size() && s.shares[last + 1].owner == owner) ++last;
    if (owner != none) {
      text += (text.empty() ? "" : "\n") + std::to_string(ranges_[r].first) + "\n" +
              std::to_string(ranges_[last].last) + node(owner);
      for (std::size_t i = 0; i < identities_used_; ++i)
        if (identities_[i].master == owner && is_linked(s, static_cast<int>(i)))
          text += node(static_cast<int>(i));
    }
    r = last + 1;
  }
  return text;
}

std::string Redis::info_text(const Server& s) const {
  const auto known_nodes =
      std::count_if(s.address.begin(), s.address.end(), [](const auto& a) { return !a.empty(); });
  int failed = 0;
  for (std::size_t r = 0; r < ranges_.size(); ++r)
    if (s.shares[r].owner != none && has_majority(s) && who(s.shares[r].owner).failed)
      failed += ranges_[r].slots();
  const int all = covered(s);
  return "cluster_state:" + std::string(state_ok(s) ? "ok" : "fail") +
         "\ncluster_slots_assigned:" + std::to_string(all) +
         "\ncluster_slots_ok:" + std::to_string(all - failed) +
         "\ncluster_slots_pfail:0\ncluster_slots_fail:" + std::to_string(failed) +
         "\ncluster_known_nodes:" + std::to_string(known_nodes) +
         "\ncluster_size:" + std::to_string(masters_seen_by(s).all) +
         "\ncluster_current_epoch:" + std::to_string(epoch_) +
         "\ncluster_my_epoch:" + std::to_string(self(s).epoch);
}

}  // namespace drdrill::models
