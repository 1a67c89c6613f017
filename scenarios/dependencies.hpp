#pragma once

#include <vector>

#include "sim/base/reader.hpp"
#include "sim/drill/platform.hpp"

/// Which component needs which. Internal to the loaders.
namespace drdrill {

/// Reads the object "dependencies"; a cycle is a problem.
void read_dependencies(Reader& root, std::vector<DependencySpec>& out);

}  // namespace drdrill
