#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "scenarios/import/inventory.hpp"

/// Which workloads requests pass through, by what manifests say: clients are sent to some, and
/// those name the Services of others. Internal to the importers.
namespace drdrill::importing {

class Reached {
 public:
  explicit Reached(const Inventory& inventory);

  /// Why requests come to a workload: "an Ingress leads to it", "\"web\" names its Service"; ""
  /// when nothing says so.
  std::string why(const Item& item) const;
  /// Does it name a Service of another workload?
  bool names_others(const Item& item) const;
  /// How many workloads name a Service of the workload.
  int named_by(const Item& item) const;

 private:
  void read_groups();
  void read_mentions();
  void begin();
  void enter(const std::string& service, const std::string& ns, const std::string& why);
  bool is_only(std::size_t workload, std::size_t group) const;
  void open(std::size_t group, const std::string& why);
  void mention(std::size_t by, const std::string& text);

  const Inventory& inventory_;
  std::set<std::string, std::less<>> services_;  ///< their names
  std::map<const Item*, std::size_t> places_;    ///< of workloads in the inventory
  std::vector<const Item*> workloads_;
  std::vector<std::vector<std::size_t>> behind_;  ///< workloads of each group of Services
  std::vector<bool> opened_;                      ///< groups
  std::vector<std::vector<std::size_t>> names_;   ///< the groups that each names
  std::vector<int> named_by_;
  std::vector<std::string> why_;
  std::vector<std::size_t> open_;
};

}  // namespace drdrill::importing
