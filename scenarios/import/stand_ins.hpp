#pragma once

#include "scenarios/import/inventory.hpp"

/// Components that no manifest has: a small one stands in for each, so that the platform can be
/// drilled at all, and says so. Those that an operator makes of a custom resource get its size and
/// its Services' names. Internal to the importers.
namespace drdrill::importing {

void add_stand_ins(Inventory& inventory);

/// Adds a Service for a workload that has none.
void add_service(Inventory& inventory, const std::string& name, const kube::Workload& workload,
                 int port, bool load_balancer);

}  // namespace drdrill::importing
