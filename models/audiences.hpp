#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/pod_table.hpp"

namespace drdrill::models {

/// Whose media goes, or last went, through which SFU node: a list for each node, so that what
/// befalls a node costs as much as it has participants.
class Audiences {
 public:
  /// Everybody out of every list.
  void reset(std::size_t participants) {
    links_.assign(participants, Link{});
    nodes_.each([](PodRef, Node& node) { node = Node{}; });
  }
  void move(std::uint32_t who, PodRef to) {
    Link& link = links_[who];
    if (link.node != no_pod) {
      if (link.next != nobody) links_[link.next].previous = link.previous;
      if (link.previous != nobody)
        links_[link.previous].next = link.next;
      else
        nodes_[link.node].first = link.next;
    }
    Node& node = nodes_[to];
    link = {to, std::exchange(node.first, who), nobody};
    if (link.next != nobody) links_[link.next].previous = who;
    node.carried = true;
  }
  /// In order of the participants, so that draws do not depend on who came when. Good until the
  /// next call.
  const std::vector<std::uint32_t>& of(PodRef ref) {
    found_.clear();
    for (std::uint32_t who = nodes_[ref].first; who != nobody; who = links_[who].next)
      found_.push_back(who);
    std::sort(found_.begin(), found_.end());
    return found_;
  }
  /// Calls f(PodRef, carries) for each node with an audience for which carries(PodRef) is not what
  /// it was; it was true when somebody came.
  template <class Carries, class F>
  void each_changed(Carries carries, F f) {
    nodes_.each([&](PodRef ref, Node& node) {
      if (node.first == nobody) return;
      const bool now = carries(ref);
      if (std::exchange(node.carried, now) != now) f(ref, now);
    });
  }
  /// The same of one: is it, with an audience, not what it was?
  bool is_changed(PodRef ref, bool carries) {
    Node& node = nodes_[ref];
    return node.first != nobody && std::exchange(node.carried, carries) != carries;
  }

 private:
  static constexpr std::uint32_t nobody = ~std::uint32_t{0};
  struct Link {
    PodRef node = no_pod;
    std::uint32_t next = nobody;
    std::uint32_t previous = nobody;
  };
  struct Node {
    std::uint32_t first = nobody;
    bool carried = false;
  };

  std::vector<Link> links_;  // by participant
  PodTable<Node> nodes_;
  std::vector<std::uint32_t> found_;
};

}  // namespace drdrill::models
