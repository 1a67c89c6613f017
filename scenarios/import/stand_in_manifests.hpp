#pragma once

#include <string>
#include <vector>

#include "scenarios/import/operators.hpp"
#include "sim/base/value.hpp"

/// The manifests of what stands in for components that no manifest has. Internal to the importers.
namespace drdrill::importing {

struct Shape {
  std::string name;
  std::string image;
  int replicas = 1;
  int port = 80;
  bool stateful = false;
  std::string follows;  ///< the Service of its primary
  std::vector<std::string> args;
  bool archives = false;  ///< it mounts the volume that stands for the store of backups
  std::string data = {};  ///< where a volume of its own is mounted; empty: it has none
};

/// The volume claim that stands for the store of an operator's backups.
inline constexpr const char* store_claim = "assumed-object-storage";

/// A StatefulSet or a Deployment.
Value manifest_of(const Shape& shape);
/// A job that makes base backups, or dumps, in the store.
Value backup_job(const std::string& name, const OperatedPostgres& made,
                 const std::string& schedule);
/// The store's claim and its class: outside of the nodes, and for every pod.
std::vector<Value> store_manifests();

}  // namespace drdrill::importing
