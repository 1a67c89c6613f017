#pragma once

#include <cstdint>
#include <string>

#include "sim/kube/objects.hpp"

/// Generated names: of the form that Kubernetes makes, the same in every run.
namespace drdrill::kube {

/// Five characters of Kubernetes' name alphabet.
std::string name_suffix(std::uint32_t uid);
/// The pod-template-hash of a revision.
std::string template_hash(const Workload& workload, int revision);
/// "api-5d5c8b7f9-x2x4z", "redis-master-0", "agent-x2x4z".
std::string pod_name(const Workload& workload, int revision, int ordinal, std::uint32_t uid);

}  // namespace drdrill::kube
