#pragma once

#include <string_view>

namespace drdrill::cli {

/// Where shipped scenarios lie, as the build knows it: in the sources, and once installed.
extern const std::string_view source_scenarios;
extern const std::string_view installed_scenarios;

}  // namespace drdrill::cli
