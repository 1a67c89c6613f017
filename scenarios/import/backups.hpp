#pragma once

#include <string>
#include <vector>

#include "scenarios/import/inventory.hpp"

/// Backups, from CronJobs and the scripts that they run. Internal to the importers.
namespace drdrill::importing {

struct Backups {
  Value backups;                       ///< the section of a platform file
  Value buckets;                       ///< those that scripts name
  std::vector<std::string> databases;  ///< that scripts name
};

Backups read_backups(Inventory& inventory, const std::string& region);

}  // namespace drdrill::importing
