#pragma once

#include "scenarios/import/inventory.hpp"

/// Which component model each workload is, by its images, labels, environment and Services, unless
/// the assume file's `models` says. Internal to the importers.
namespace drdrill::importing {

void classify(Inventory& inventory);

/// The workloads of a kind, in the order of the manifests.
std::vector<Item*> workloads_of(Inventory& inventory, WorkloadModel::Kind kind);

/// The container that the model is of: the first whose image is the component's own.
const kube::Container* main_container(const kube::Workload& workload);

}  // namespace drdrill::importing
