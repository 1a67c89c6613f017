#pragma once

#include <string>
#include <vector>

#include "sim/base/reader.hpp"
#include "sim/drill/platform.hpp"

/// The sections of a platform file that are not Kubernetes. Internal to the loaders.
namespace drdrill {

/// Everything but clusters, parameters and costs; clusters are read already.
void read_sections(Reader& root, PlatformSpec& platform);

void read_costs(Reader& root, PlatformSpec& platform, const std::vector<std::string>& pools);

}  // namespace drdrill
