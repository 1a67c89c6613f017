#pragma once

#include "scenarios/import/inventory.hpp"

/// NetworkPolicies name what their authors have; without these, a namespace that denies what it
/// does not name would cut off whatever stands in. Internal to the importers.
namespace drdrill::importing {

/// For each NetworkPolicy that touches a namespace with stand-ins, one for the same pods and
/// directions that lets stand-ins through: pods that nothing isolates stay so.
void add_stand_in_policies(Inventory& inventory);

}  // namespace drdrill::importing
