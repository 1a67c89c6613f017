#pragma once

#include "sim/base/reader.hpp"
#include "sim/drill/platform.hpp"

/// Kubernetes objects of a platform file, with the `model` that a workload may bear. Internal to
/// the loaders.
namespace drdrill {

/// Reads the array "objects" into the last cluster of `platform`.
void read_objects(Reader& cluster, PlatformSpec& platform);

}  // namespace drdrill
