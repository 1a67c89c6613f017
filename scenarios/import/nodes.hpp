#pragma once

#include <string>
#include <vector>

#include "scenarios/import/inventory.hpp"

/// Regions, zones, node pools and the release: from Node objects, or assumed so that everything
/// fits. Internal to the importers.
namespace drdrill::importing {

struct Place {
  std::string region;
  Value regions;  ///< the section of a platform file
  Value pools;
  std::string release;  ///< "1.32"
};

Place read_nodes(Inventory& inventory);

}  // namespace drdrill::importing
