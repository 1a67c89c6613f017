#pragma once

#include <string>
#include <string_view>

namespace drdrill::cli {

/// Where shipped scenarios lie, as the build knows it: in the sources, and once installed.
extern const std::string_view source_scenarios;
extern const std::string_view installed_scenarios;

/// Where they lie beside the program that runs: PREFIX/bin/drdrill, PREFIX/share/drdrill/scenarios.
/// A package may be installed elsewhere than the build was told.
std::string scenarios_beside_program();

}  // namespace drdrill::cli
