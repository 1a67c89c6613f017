#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kube/objects.hpp"
#include "sim/kube/selector.hpp"

/// Which Services send traffic to which workloads' pods. Internal to the importers.
namespace drdrill::importing {

struct Item;

class Traffic {
 public:
  /// Throws InputError where selectors and labels are made so that comparing them takes for ever.
  explicit Traffic(const std::deque<Item>& items);

  /// In the order of the manifests.
  std::vector<const kube::Service*> services_of(const kube::Workload& workload) const;
  /// Services of one namespace with the same selector are a group; nothing for one that has none.
  std::optional<std::size_t> group_of(std::string_view ns, std::string_view service) const;
  std::size_t groups() const { return groups_.size(); }
  const std::vector<const Item*>& behind(std::size_t group) const {
    return groups_[group].workloads;
  }

 private:
  struct Group {
    const Item* first = nullptr;
    kube::Selector selector;
    std::vector<std::size_t> services;  ///< in services_
    std::vector<const Item*> workloads;
  };
  void add(const Item& item);
  void match(Group& group);

  std::vector<const kube::Service*> services_;
  std::vector<Group> groups_;
  std::map<std::string, std::size_t, std::less<>> by_selector_;            ///< "ns selector"
  std::map<std::string, std::size_t, std::less<>> by_service_;             ///< "ns/name"
  std::map<std::string, std::vector<const Item*>, std::less<>> by_label_;  ///< "ns/key=value"
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_workload_;
  std::size_t compared_ = 0;
};

}  // namespace drdrill::importing
