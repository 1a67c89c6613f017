#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/import/kubernetes.hpp"
#include "scenarios/import/traffic.hpp"
#include "sim/drill/platform.hpp"
#include "sim/kube/manifest.hpp"

/// What manifests say, object by object. Internal to the importers.
namespace drdrill::importing {

struct Item {
  std::string file;
  Value manifest;         ///< as written, without what the API server adds; secrets without values
  kube::Object object;    ///< the same, read
  WorkloadModel model;    ///< of a workload
  bool modelled = false;  ///< `model` is to be written

  const kube::Meta& meta() const { return kube::meta_of(object); }
  SourcePlace place() const { return {file, manifest.at.line}; }
  SourcePlace place_of(const Value& value) const {
    return {file, value.at.line > 0 ? value.at.line : manifest.at.line};
  }
  const kube::Workload* workload() const { return std::get_if<kube::Workload>(&object); }
  const kube::Service* service() const { return std::get_if<kube::Service>(&object); }
};

struct Inventory {
  std::string home;          ///< the namespace of what names none, and of most of the platform
  std::deque<Item> items;    ///< what points at one stays good when others are added
  std::vector<Value> nodes;  ///< Node objects, which become node pools
  std::vector<ImportRemark> remarks;
  Value assumed;  ///< the assume file; an empty object without one
  std::string assume_file;
  bool redis_cluster = true;           ///< false: one server by itself
  std::vector<std::string> databases;  ///< that an operator's resource names
  std::string postgres_manager;        ///< what `manager` of a platform file takes; empty: none

  /// The assume file's value at a JSON pointer, or null.
  const Value* decided(std::string_view pointer) const;
  void remark(ImportRemark::Kind kind, SourcePlace place, std::string words,
              std::string decides = {});
  /// The Services of the workload's namespace that send traffic to its pods.
  std::vector<const kube::Service*> services_of(const kube::Workload& workload) const;
  /// Good until an item is added.
  const Traffic& traffic() const;
  /// How many variables of containers speak of it.
  int mentions(std::string_view name) const;
  const Item* find(std::string_view kind, std::string_view ns, std::string_view name) const;
  void add(Item item);

 private:
  std::map<std::string, const Item*, std::less<>> by_name_;  ///< "Kind ns/name"
  mutable std::shared_ptr<const Traffic> traffic_;           ///< made when it is asked for
  mutable std::size_t seen_by_traffic_ = 0;                  ///< items
};

/// Collects documents; `finish` reads them.
class Collector {
 public:
  Collector(Inventory& inventory, Problems& problems)
      : inventory_(inventory), problems_(problems) {}

  /// False when nothing more is taken.
  bool take(const std::string& file, Value document);
  void finish();

 private:
  struct Taken {
    std::string file;
    Value manifest;
  };
  bool is_of_interest(const Taken& taken);
  void keep(Taken taken);
  void choose_home();
  void read(Taken taken);

  Inventory& inventory_;
  Problems& problems_;
  std::vector<Taken> taken_;
  std::size_t values_ = 0;
  std::size_t seen_ = 0;
  bool full_ = false;
};

}  // namespace drdrill::importing
